"""Wazzup's list of templates is read leniently, and its codes are sorted by what they mean."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.wazzup.failures import classify
from connectors.wazzup.templates import read_template
from turns.ports import Failure, Template

GUID = "3d0c7f0e-0000-4000-8000-000000000301"
ENTRY: dict[str, Any] = {
    "templateGuid": GUID,
    "name": "day_3",
    "channels": ["c1"],
    "category": "MARKETING",
    "language": "en",
    "status": "APPROVED",
    "components": [
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "See", "url": "https://s.example/{{1}}"}]},
        {"type": "BODY", "text": "Hello {{1}}, {{2}}. Bye {{1}}."},
        {"type": "HEADER", "format": "TEXT", "text": "Quote {{1}}"},
        {"type": "FOOTER", "text": "Seller"},
    ],
}


def read(**changes: object) -> Template:
    template = read_template({**ENTRY, **changes})
    assert template is not None
    return template


def test_places_are_counted_in_header_body_and_url_buttons_in_this_order() -> None:
    template = read()
    assert template.variables == 4
    assert template.text == "Quote {{1}}\nHello {{2}}, {{3}}. Bye {{2}}.\nSeller"
    assert (template.status, template.category, template.channels) == (
        "approved", "marketing", frozenset({"c1"}),
    )  # fmt: skip


def test_the_templates_own_code_decides_how_many_values_it_takes() -> None:
    assert read(templateCode=f"@template: {GUID} {{ [[name]]; [[quote]] }}").variables == 2
    assert read(templateCode=f"@template: {GUID} {{ }}").variables == 0
    assert read(templateCode="something else").variables == 4


def test_named_places_are_numbered_as_they_come() -> None:
    body = {"type": "BODY", "text": "{{ quote }} for {{name}}, {{quote}}"}
    template = read(components=[body])
    assert (template.text, template.variables) == ("{{1}} for {{2}}, {{1}}", 2)


def test_ten_places_are_in_the_order_of_their_numbers() -> None:
    body = " ".join(f"{{{{{number}}}}}" for number in (10, 2, 1, *range(3, 10)))
    assert read(components=[{"type": "BODY", "text": body}]).text == body


@pytest.mark.parametrize("format_", ["IMAGE", "video", "DOCUMENT"])
def test_a_header_that_is_a_file_is_marked(format_: str) -> None:
    assert read(components=[{"type": "HEADER", "format": format_}]).media_header
    assert not read().media_header


@pytest.mark.parametrize(
    ("field", "value"),
    [("status", None), ("status", 7), ("channels", None), ("channels", {"c1": 1}), ("components", "x"),
     ("components", [None, 1, {"type": 3, "text": [], "buttons": "x"}]), ("templateCode", 5),
     ("language", None), ("category", [])],
)  # fmt: skip
def test_an_odd_shape_stops_nothing(field: str, value: object) -> None:
    template = read(**{field: value})
    if field == "status":
        assert template.status == ""
    if field == "channels":
        assert template.channels == frozenset()


def test_channels_may_be_objects() -> None:
    assert read(channels=[{"channelId": "c1", "plainId": "1"}, "c2", 5]).channels == {"c1", "c2"}


@pytest.mark.parametrize("entry", [None, 5, "x", [], {}, {"templateGuid": ""}, {"templateGuid": 3}])
def test_an_entry_without_a_guid_is_left_out(entry: object) -> None:
    assert read_template(entry) is None


@pytest.mark.parametrize(
    ("code", "description", "failure"),
    [
        ("24_HOURS_EXCEEDED", None, Failure.WINDOW_CLOSED),
        ("24HoursExceeded", "", Failure.WINDOW_CLOSED),
        ("131047", "", Failure.WINDOW_CLOSED),
        ("131049", "", Failure.LIMIT),
        (131049, None, Failure.LIMIT),
        ("GENERAL_ERROR", "(#131049) This message was not delivered", Failure.LIMIT),
        ("UNKNOWN_ERROR", "Message undeliverable: per-user marketing limit", Failure.LIMIT),
        ("GENERAL_ERROR", "… to maintain healthy ecosystem engagement", Failure.LIMIT),
        ("131048", "", Failure.LIMIT),
        ("SPAM", "", Failure.LIMIT),
        ("messagesIsSpam", "", Failure.LIMIT),
        ("131050", "", Failure.FINAL),
        ("SPAM", "131050: user stopped marketing messages", Failure.FINAL),
        ("130472", "", Failure.FINAL),
        ("131026", "", Failure.FINAL),
        ("BAD_CONTACT", "", Failure.FINAL),
        ("TEMPLATE_REJECTED", "", Failure.TEMPLATE),
        ("templateRejected", "", Failure.TEMPLATE),
        ("132015", "Template is paused", Failure.TEMPLATE),
        ("132016", "", Failure.TEMPLATE),
        ("132000", "", Failure.TEMPLATE),
        ("132001", "", Failure.TEMPLATE),
        ("132012", "", Failure.TEMPLATE),
        ("GENERAL_ERROR", "order 9131049123", Failure.OTHER),
        ("GENERAL_ERROR", "", Failure.OTHER),
        (None, None, Failure.OTHER),
        ([1], {"a": 2}, Failure.OTHER),
    ],
)
def test_a_code_says_what_may_be_sent_next(code: object, description: object, failure: Failure) -> None:
    assert classify(code, description) is failure
