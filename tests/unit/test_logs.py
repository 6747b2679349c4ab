"""The log chain against hostile input: nothing that a customer wrote or is may come out."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from app.logs import DROPPED, MASKED, configure_logging, scrub, scrub_text

PHONES = [
    "971501234567",
    "+971 50 123 4567",
    "00971-50-123-4567",
    "(050) 123.4567",
    "٠٥٠١٢٣٤٥٦٧",
    "+٩٧١ ٥٠ ١٢٣ ٤٥٦٧",
    "۰۵۰۱۲۳۴۵۶۷",
    "05\u200b01\u200b23\u200b45\u200b67",
    "\u2066+971501234567\u2069",
    "wa.me/971501234567",
    "chat971501234567x",
]


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    output = io.StringIO()
    root = logging.getLogger()
    before = root.handlers, root.level
    configure_logging("worker", output=output)
    yield output
    root.handlers, root.level = before[0], before[1]
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def last_line(lines: io.StringIO) -> dict[str, Any]:
    document = json.loads(lines.getvalue().splitlines()[-1])
    assert isinstance(document, dict)
    return document


def scrubbed(**event: Any) -> dict[str, Any]:
    return dict(scrub(None, "info", event))


@pytest.mark.parametrize("phone", PHONES)
def test_phones_of_any_script_and_spelling_are_masked(phone: str) -> None:
    cleaned = scrub_text(f"delivery to {phone} failed")
    assert sum(character.isdigit() for character in cleaned) == 0
    assert cleaned.startswith("delivery to ")
    assert cleaned.endswith(" failed")


@pytest.mark.parametrize(
    "harmless",
    [
        "turn 123456 of chat 42 took 0.25 s",
        "6f1c9e34-2c1f-4e5e-9a53-0123456789ab",
        "12345678-1234-4234-8234-123456789012",
        "due at 2026-11-22T19:54:01.123456Z",
        "http://127.0.0.1:41235/readyz",
    ],
)
def test_ids_moments_and_small_numbers_stay_readable(harmless: str) -> None:
    assert scrub_text(harmless) == harmless


@pytest.mark.parametrize(
    ("given", "secret"),
    [
        ("POST /webhooks/wazzup?token=abc.DEF-123 refused", "abc.DEF-123"),
        ("Authorization: Bearer abcdef", "abcdef"),
        ("postgresql://majlis:hunter2@db:5432/majlis", "hunter2"),
        ("write to Sara.Khan+sofa@example.co.ae please", "Sara.Khan"),
    ],
)
def test_secrets_and_addresses_inside_a_text_are_masked(given: str, secret: str) -> None:
    assert secret not in scrub_text(given)
    assert MASKED in scrub_text(given)


@pytest.mark.parametrize(
    "key",
    [
        "text", "Text", "message_text", "messageText", "body", "phone", "contact_name", "authorName",
        "chat_id", "chatId",
        "email", "api_key", "apiKey", "Authorization", "caption", "parameters", "x-token",
    ],
)  # fmt: skip
def test_what_stands_under_a_telling_key_is_dropped_at_any_depth(key: str) -> None:
    assert scrubbed(**{key: "سارة"}) == {key: DROPPED}
    assert scrubbed(outer=[{"inner": {key: ["Sara", {"a": 1}]}}]) == {"outer": [{"inner": {key: DROPPED}}]}


def test_ids_and_figures_that_operators_need_stay() -> None:
    event: dict[str, Any] = {"event": "turn.finished", "chat": 42, "turn": 7, "seconds": 0.25}
    event["message"] = "6f1c9e34-2c1f-4e5e-9a53-0123456789ab"
    assert scrubbed(**event) == event


def test_a_sentence_where_an_id_belongs_is_dropped() -> None:
    assert scrubbed(message="I need chairs", chat="سارة") == {"message": DROPPED, "chat": DROPPED}


def test_a_phone_as_a_number_a_key_or_bytes_is_not_shown() -> None:
    event = scrubbed(
        chat=971501234567,
        seen=971501234567.0,
        rows={"971501234567": 1},
        raw=b"971501234567",
        many=(971501234567,),
    )
    assert "971501234567" not in json.dumps(event)


def test_an_object_is_shown_by_its_scrubbed_words() -> None:
    class Customer:
        def __str__(self) -> str:
            return "Customer +971501234567"

    assert scrubbed(who=Customer()) == {"who": f"Customer {MASKED}"}


def test_endless_nesting_ends() -> None:
    nested: dict[str, Any] = {}
    nested["again"] = nested
    assert DROPPED in json.dumps(scrubbed(nested=nested))


def test_an_exception_is_told_by_type_and_place_without_its_words(lines: io.StringIO) -> None:
    try:
        raise ValueError("ابغى كراسي لسارة")
    except ValueError as error:
        try:
            raise RuntimeError("from Sara") from error
        except RuntimeError:
            structlog.get_logger("turns").exception("turn.failed")
    line = last_line(lines)
    assert line["exception"] == ["RuntimeError", "ValueError"]
    assert "test_logs.py" in line["trace"][0]
    assert "سارة" not in lines.getvalue()
    assert "Sara" not in lines.getvalue()


def test_a_lost_connection_says_where(lines: io.StringIO) -> None:
    try:
        raise ConnectionRefusedError(111, "Connection refused")
    except OSError:
        structlog.get_logger("turns").exception("database.away")
    assert "Connection refused" in last_line(lines)["exception"][0]


def test_a_line_carries_process_ids_level_and_time(lines: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(chat=42, turn=7):
        structlog.get_logger("turns.dispatch").info("turn.finished", seconds=0.25)
    line = last_line(lines)
    moment = line.pop("timestamp")
    assert moment.endswith("Z")
    assert line == {
        "event": "turn.finished", "level": "info", "logger": "turns.dispatch", "process": "worker",
        "chat": 42, "turn": 7, "seconds": 0.25,
    }  # fmt: skip


def test_a_library_s_own_record_is_scrubbed_too(lines: io.StringIO) -> None:
    logging.getLogger("sanic.error").error("bad request from %s: %r", "+971 50 123 4567", {"k": 1})
    line = last_line(lines)
    assert line["event"] == f"bad request from {MASKED}: {{'k': 1}}"


def test_addresses_of_requests_are_not_logged_at_all(lines: io.StringIO) -> None:
    logging.getLogger("httpx").info("HTTP Request: GET https://host.example/?token=abc")
    assert lines.getvalue() == ""
