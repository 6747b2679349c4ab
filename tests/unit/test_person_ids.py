"""Whom a number means, and what is recognised as his in bytes that nobody could read."""

from __future__ import annotations

import pytest

from app.person import PersonUnknown, chat_ids_of, phone_of
from connectors.wazzup.payloads import without_chats
from tests.support import CHAT_ID, OTHER_CHAT_ID, message, status, webhook
from turns.erasing import names_one_of
from turns.person_mark import PersonMark


@pytest.mark.parametrize(
    ("written", "chat_id"),
    [
        ("+971 50 123 4567", "971501234567"),
        ("0501234567", "971501234567"),
        ("(050) 123-4567", "971501234567"),
        ("00971501234567", "971501234567"),
        ("971501234567", "971501234567"),
        ("\u2066+971501234567\u2069", "971501234567"),
        ("+966 55 123 4567", "966551234567"),
        ("966551234567", "966551234567"),
        ("some.body_1", "some.body_1"),
    ],
)
def test_a_number_is_known_in_its_usual_spellings(written: str, chat_id: str) -> None:
    assert chat_id in chat_ids_of(written)


@pytest.mark.parametrize("written", ["", "  ", "12", "+", "two words"])
def test_what_is_nobodys_number_is_refused(written: str) -> None:
    with pytest.raises(PersonUnknown):
        chat_ids_of(written)


def test_a_name_in_a_channel_is_no_phone_number() -> None:
    assert phone_of("some.body_1") is None
    assert phone_of("050 123 4567") == "+971501234567"


@pytest.mark.parametrize(
    ("raw", "is_his"),
    [
        (b'{"chatId": "971501234567"', True),
        (b"call +971 50 123-4567 now", True),
        (b'"9715012345678"', False),
        (b'"1971501234567"', False),
        (b"nothing", False),
    ],
)
def test_a_number_is_found_in_bytes_as_a_whole_only(raw: bytes, is_his: bool) -> None:
    assert names_one_of(raw, (CHAT_ID,)) is is_his


@pytest.mark.parametrize(
    ("raw", "is_his"),
    [
        (b'{"chatId": "some.body_1", "text": "hi"', True),
        (b'{"chatId":"some.body_1"', True),
        (b'{"chatId": "someXbody_1"', False),
        (b'{"chatId": "some.body_12"', False),
        (b'{"text": "I know some.body_1"', False),
    ],
)
def test_a_name_in_a_channel_is_found_in_bytes_only_where_its_message_is(raw: bytes, is_his: bool) -> None:
    assert names_one_of(raw, ("some.body_1",)) is is_his


def test_a_body_without_his_messages_stays_as_it_was() -> None:
    for body in (
        webhook(message("x", chat_id=OTHER_CHAT_ID)),
        webhook(statuses=[status("m", "read")]),
        b"no json",
    ):
        assert without_chats(body, {CHAT_ID}) is body


def test_only_his_messages_are_taken_out_of_a_body() -> None:
    hers = message("hers", chat_id=OTHER_CHAT_ID)
    mixed = webhook(message("his"), hers, statuses=[status("m", "read")])
    assert without_chats(mixed, {CHAT_ID}) == webhook(hers, statuses=[status("m", "read")])
    assert without_chats(webhook(message("his")), {CHAT_ID}) is None


def test_a_mark_is_another_one_with_another_secret() -> None:
    marks = {PersonMark(secret).of(CHAT_ID) for secret in ("one", "two", "one")}
    assert len(marks) == 2
    assert not any(CHAT_ID in mark for mark in marks)
    with pytest.raises(ValueError, match="INTERNAL_SECRET is empty"):
        PersonMark("")


def test_a_chat_id_that_is_no_text_is_nobodys() -> None:
    odd = webhook(message("hi", chatId=["971501234567"]))
    assert without_chats(odd, {CHAT_ID}) is odd
