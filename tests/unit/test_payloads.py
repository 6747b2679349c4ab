"""Wazzup's webhook bodies, taken apart (connectors.wazzup.payloads)."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from connectors.wazzup.payloads import WazzupBodyReader, is_probe, parse_body
from tests.support import CHANNEL_ID, CHAT_ID, echo, message, status, webhook
from turns.ports import Element, ElementKind, Media

READER = WazzupBodyReader()


def only(body: bytes) -> Element:
    [element] = parse_body(body)
    return element


def read(**fields: object) -> Any:
    """A customer message as a turn reads it."""
    element = only(webhook(message(**{"words": None, **fields})))  # type: ignore[arg-type]
    assert element.body is not None
    return READER.customer_message(1, element.kind, element.external_id, element.tap, element.body)


def test_a_customers_message_becomes_one_element() -> None:
    body = webhook(message("السلام عليكم", message_id="m1", dateTime="2026-11-20T09:16:00.002Z"))
    element = only(body)
    assert (element.kind, element.external_id, element.variant) == (ElementKind.MESSAGE, "m1", "")
    assert (element.channel_id, element.chat_type, element.chat_id) == (CHANNEL_ID, "whatsapp", CHAT_ID)
    assert element.sent_at == datetime(2026, 11, 20, 9, 16, 0, 2_000, tzinfo=UTC)
    assert element.body is not None
    assert element.body["text"] == "السلام عليكم"
    assert (element.tap, element.raw, element.problem) == (False, None, None)


def test_every_element_of_a_mixed_body_is_taken_in_order() -> None:
    body = webhook(
        message(message_id="m1"),
        echo("Hi", message_id="e1"),
        statuses=[status("s1", "sent")],
        channelsUpdates=[{"channelId": CHANNEL_ID, "state": "disabled", "timestamp": 1603977171000}],
    )
    kinds = [(element.kind.value, element.external_id) for element in parse_body(body)]
    assert kinds == [("message", "m1"), ("echo", "e1"), ("status", "s1"), ("channel", CHANNEL_ID)]


def test_an_edit_is_keyed_by_its_content_and_a_deletion_by_its_message() -> None:
    first, same, other, gone = parse_body(
        webhook(
            message("12", message_id="m1", isEdited=True),
            message("12", message_id="m1", isEdited=True, dateTime="2026-11-20T09:16:00Z"),
            message("13", message_id="m1", isEdited=True),
            message("13", message_id="m1", isDeleted=True),
        )
    )
    assert {element.kind for element in (first, same, other)} == {ElementKind.EDIT}
    assert first.variant == same.variant != other.variant
    assert (gone.kind, gone.variant) == (ElementKind.DELETION, "")


def test_an_edited_picture_is_told_from_an_edited_text() -> None:
    picture, words = parse_body(
        webhook(
            message(None, message_id="m1", isEdited=True, type="image", contentUri="https://x.example/a"),
            message("https://x.example/a", message_id="m1", isEdited=True),
        )
    )
    assert picture.variant != words.variant


def test_statuses_are_keyed_by_message_and_status() -> None:
    elements = parse_body(webhook(statuses=[status("m", "sent"), status("m", "read")]))
    assert [(element.external_id, element.variant) for element in elements] == [("m", "sent"), ("m", "read")]


def test_only_a_text_with_our_own_prefix_is_a_tap() -> None:
    tapped, typed, edited = parse_body(
        webhook(message("majlis:/affirm"), message("/affirm"), message("majlis:/affirm", isEdited=True))
    )
    assert [element.tap for element in (tapped, typed, edited)] == [True, False, False]


def test_channel_and_template_events_are_kept_for_themselves_each_change_once() -> None:
    on, off = ({"channelId": "c", "state": state, "timestamp": 1} for state in ("active", "disabled"))
    elements = parse_body(webhook(channelsUpdates=[on, off, on]))
    assert elements[0].variant == elements[2].variant != elements[1].variant
    template = only(json.dumps({"templateStatus": {"templateGuid": "t", "status": "approved"}}).encode())
    assert (template.kind, template.external_id) == (ElementKind.TEMPLATE, "t")


UNUSABLE = {
    "no object": 7,
    "missing messageId": message(messageId=None),
    "empty channelId": message(channelId=""),
    "chatId is a number": message(chatId=971501234567),
    "text is a list": message(text=["x"]),
    "messageId has 1000 characters": message(message_id="x" * 1_000),
    "messageId has 128 Arabic letters": message(message_id="م" * 128),
    "system notice": message("joined", type="system"),
    "nested 100 deep": message(contact=json.loads("[" * 100 + "]" * 100)),
    "nested 900 deep": message(contact=json.loads("[" * 900 + "]" * 900)),
}


@pytest.mark.parametrize("entry", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_an_element_that_cannot_be_used_is_parked_with_its_bytes_and_its_siblings_go_on(entry: Any) -> None:
    body = json.dumps({"messages": [message("before"), entry, message("after")]}).encode()
    before, parked, after = parse_body(body)
    assert (before.kind, after.kind) == (ElementKind.MESSAGE, ElementKind.MESSAGE)
    assert parked.kind is ElementKind.PARKED
    assert parked.problem
    assert parked.raw is not None
    assert json.loads(parked.raw) == entry


def test_a_reason_names_the_field_and_what_was_there() -> None:
    problems = [
        element.problem
        for element in parse_body(webhook(message(messageId=None), message(chatId=7), message(text=[])))
    ]
    assert problems == [
        "messageId is missing, a text was expected",
        "chatId is a int, a text was expected",
        "text is a list, a text was expected",
    ]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"messages":{}}']
)
def test_a_body_that_is_no_webhook_is_kept_whole(body: bytes) -> None:
    element = only(body)
    assert (element.kind, element.raw) == (ElementKind.PARKED, body)
    assert element.problem


def test_the_same_bytes_are_parked_under_the_same_key() -> None:
    assert only(b"[1]").external_id == only(b"[1]").external_id != only(b"[2]").external_id


def test_a_wrong_list_does_not_take_the_others_along() -> None:
    parked, good = parse_body(b'{"messages": 7, "statuses": [{"messageId": "m", "status": "sent"}]}')
    assert (parked.kind, good.kind) == (ElementKind.PARKED, ElementKind.STATUS)


@pytest.mark.parametrize("body", [b"{}", b'{"test": true}', b'{"newEvent": {"x": 1}}', b'{"messages": []}'])
def test_unknown_events_alone_are_nothing_to_store(body: bytes) -> None:
    assert parse_body(body) == []


def test_unknown_fields_and_types_are_normal() -> None:
    element = only(
        webhook(message(None, type="hologram", hologram={"depth": 3}, sandboxUnknownField=[1, None]))
    )
    assert element.kind is ElementKind.MESSAGE


HOSTILE = {
    "NUL": ("a\x00b", "ab"),
    "NUL key": ("plain", "plain"),
    "lone high surrogate": ("a\ud83db", "a\ufffdb"),
    "lone low surrogate": ("a\ude00b", "a\ufffdb"),
    "emoji": ("😀" * 10_000, "😀" * 10_000),
    "1 MB": ("ا" * 500_000, "ا" * 500_000),
    "bidi controls": ("\u202eabc\u2066", "\u202eabc\u2066"),
}


@pytest.mark.parametrize(("given", "kept"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_kept_without_what_no_database_holds(given: str, kept: str) -> None:
    # json.dumps writes escapes, so that NUL and surrogates travel as they do on the wire.
    body = json.dumps({"messages": [{**message(given), "k\x00\ud800": {"x": [given]}}]}).encode()
    element = only(body)
    assert element.body is not None
    assert element.body["text"] == kept
    assert element.body["k\ufffd"] == {"x": [kept]}
    stored = orjson.dumps(element.body)
    assert b"\\u0000" not in stored


def test_invalid_utf8_inside_a_text_does_not_lose_the_message() -> None:
    body = webhook(message("caf?")).replace(b"caf?", b"caf\xe9")
    element = only(body)
    assert element.body is not None
    assert element.body["text"] == "caf\ufffd"


def test_numbers_no_database_holds_become_ones_it_does() -> None:
    body = webhook(message("caf?", big=7)).replace(b"caf?", b"caf\xe9").replace(b": 7", b": " + b"9" * 40)
    element = only(body)
    assert element.body is not None
    assert orjson.loads(orjson.dumps(element.body))["big"] == 1e40


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026-11-20T09:16:00.002Z", datetime(2026, 11, 20, 9, 16, 0, 2_000, tzinfo=UTC)),
        ("2026-11-20T13:16:00+04:00", datetime(2026, 11, 20, 9, 16, tzinfo=UTC)),
        ("2026-11-20T09:16:00", datetime(2026, 11, 20, 9, 16, tzinfo=UTC)),
        ("2026-11-20T09:16:00+23:59", datetime(2026, 11, 19, 9, 17, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("yesterday", None),
        ("", None),
        (1603977171000, None),
        (None, None),
    ],
)
def test_a_time_is_understood_or_left_out_and_never_costs_the_message(
    given: object, expected: object
) -> None:
    element = only(webhook(message(dateTime=given)))
    assert (element.kind, element.sent_at) == (ElementKind.MESSAGE, expected)


def test_whatever_arrives_is_taken_apart_and_can_be_stored() -> None:
    """Thousands of bodies with bytes changed, cut and doubled: never an exception, always storable JSON."""
    dice = random.Random(20261120)
    good = webhook(message("ابغى كراسي 😀"), echo("Hi"), statuses=[status("m", "error", "24_HOURS_EXCEEDED")])
    for _ in range(3_000):
        body = bytearray(good)
        for _ in range(dice.randint(1, 4)):
            place = dice.randrange(len(body))
            body[place : place + dice.choice([0, 1, 1, 40])] = dice.randbytes(dice.choice([0, 1, 2]))
        for element in parse_body(bytes(body)):
            orjson.dumps(element.body)
            assert max(len(element.channel_id), len(element.external_id), len(element.variant)) <= 255


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"test": true}', True),
        (b' {"test":true}\n', True),
        (b'{"test": false}', False),
        (b'{"test": 1}', False),
        (b'{"test": true, "messages": []}', False),
        (b'[{"test": true}]', False),
        (b"", False),
        (b"{", False),
    ],
)
def test_only_the_documented_probe_is_a_probe(body: bytes, expected: bool) -> None:
    assert is_probe(body) is expected


@pytest.mark.parametrize(
    ("fields", "media"),
    [
        ({"type": "image", "contentUri": "https://store.example/a/?filename=a.jpg"}, Media.IMAGE),
        ({"type": "image", "contentUri": "https://store.example/a.was"}, Media.STICKER),
        ({"type": "image", "contentUri": "https://store.example/a.was?filename=b"}, Media.STICKER),
        ({"type": "audio", "contentUri": "https://store.example/a.ogg"}, Media.VOICE),
        ({"type": "video"}, Media.VIDEO),
        ({"type": "document"}, Media.DOCUMENT),
        ({"type": "geo"}, Media.LOCATION),
        ({"type": "vcard"}, Media.CONTACT),
        ({"type": "missing_call"}, Media.UNSUPPORTED),
        ({"type": "hologram"}, Media.UNSUPPORTED),
        ({"type": None}, Media.UNSUPPORTED),
    ],
)
def test_media_are_recognised_for_a_polite_reply(fields: dict[str, Any], media: Media) -> None:
    assert (read(**fields).text, read(**fields).media) == (None, media)


def test_words_count_whatever_carries_them() -> None:
    assert (read(words=" do you have it? ", type="image").text) == "do you have it?"
    assert read(words="hi", type="hologram").media is None


def test_a_blank_text_is_neither_words_nor_media() -> None:
    assert (read(words=" \n").text, read(words=" \n").media) == (None, None)


@pytest.mark.parametrize(
    ("fields", "by_person"),
    [
        ({}, False),
        ({"by_person": True}, True),
        ({"authorId": "42"}, True),
        ({"authorId": ""}, False),
        # The display name alone is set for the API's own sends too.
        ({"authorName": "Majlis"}, False),
    ],
)
def test_an_echo_of_a_known_author_is_a_persons(fields: dict[str, Any], by_person: bool) -> None:
    element = only(webhook(echo("Hello", **fields)))
    assert element.body is not None
    assert READER.echo("e", element.body).by_person is by_person


def test_an_echo_of_a_file_names_its_content() -> None:
    read_back = READER.echo("e", {"contentUri": "https://store.example/q.pdf", "text": ""})
    assert (read_back.text, read_back.content_uri) == (None, "https://store.example/q.pdf")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"status": "read"}, None),
        ({"status": "error", "error": {"error": "24_HOURS_EXCEEDED"}}, "24_HOURS_EXCEEDED"),
        ({"status": "error", "error": {}}, None),
        ({"status": "error", "error": "oops"}, None),
    ],
)
def test_a_status_carries_its_reason(body: dict[str, Any], problem: str | None) -> None:
    change = READER.status("m", body)
    assert (change.message_id, change.status, change.problem) == ("m", body["status"], problem)
