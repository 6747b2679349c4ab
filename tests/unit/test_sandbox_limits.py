"""The sandbox's counters, memories and knobs as pure values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.clock import SandboxClock, iso_milliseconds, parse_iso
from sandbox.config import SandboxConfig
from sandbox.wazzup.knobs import KnobError, Knobs, StatusStep
from sandbox.wazzup.limits import CustomerWindows, KeyMemory, RequestCounter
from sandbox.wazzup.voice import silent_voice_note

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
CHANNEL_ID = "b96a353b-06f5-4cac-8413-ba1c3e3f9810"


def _later(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_the_request_counter_is_a_fixed_window() -> None:
    counter = RequestCounter()
    assert [counter.admit(_later(0), limit=2, window_seconds=5) for _ in range(3)] == [True, True, False]
    assert not counter.admit(_later(4.999), limit=2, window_seconds=5)
    assert counter.admit(_later(5), limit=2, window_seconds=5)


def test_a_key_is_free_again_at_second_60_or_when_its_attempt_failed() -> None:
    keys, key = KeyMemory(), "row-1"
    assert keys.take(key, START, 60)
    assert not keys.take(key, START, 60), "held while the first attempt is in hand"
    keys.occupy(key, START)
    assert not keys.take(key, _later(59.9), 60)
    assert keys.take(key, _later(60), 60)
    keys.free(key)
    assert keys.take(key, _later(60), 60)


def test_the_window_runs_24_hours_from_the_latest_message() -> None:
    windows = CustomerWindows()
    assert not windows.is_open("1", START)
    windows.customer_wrote("1", START)
    windows.customer_wrote("1", START - timedelta(hours=3))
    assert windows.closes_at("1") == START + timedelta(hours=24)
    assert windows.is_open("1", START + timedelta(hours=23, minutes=59))
    assert not windows.is_open("1", START + timedelta(hours=24))


def test_documented_defaults_of_the_knobs() -> None:
    knobs = Knobs()
    assert (knobs.rate_limit_requests, knobs.rate_limit_window_seconds) == (500, 5)
    assert (knobs.idempotency_window_seconds, knobs.idempotency_starts_at) == (60, "acceptance")
    assert knobs.failed_attempts_occupy_key is False
    assert (knobs.webhook_retry_seconds, knobs.webhook_duplicates) == ([], 0)
    assert (knobs.webhook_timeout_seconds, knobs.window_refusal) == (30, "status")
    assert knobs.webhook_content_type == "application/json; charset-utf-8"
    assert [step.status for step in knobs.statuses_for("1")] == ["sent", "delivered", "read"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("send_script", ["slow"]),
        ("send_script", ["slow:soon"]),
        ("send_script", ["refuse:"]),
        ("send_script", [{"outcome": "ok", "chat": "1"}]),
        ("send_script", "ok"),
        ("status_script", [{"status": "sent", "after": 1}]),
        ("status_script", [{"status": "sent", "after_seconds": -1}]),
        ("echo", "some"),
        ("rate_limit_requests", True),
        ("webhook_retry_seconds", 3),
        ("sidecar_key", "yes"),
        ("no_such_knob", 1),
    ],
)
def test_a_value_that_a_knob_cannot_take_is_named(name: str, value: object) -> None:
    knobs = Knobs()
    with pytest.raises(KnobError, match=name):
        knobs.update({"echo": "off", name: value} if name != "echo" else {name: value})
    assert knobs == Knobs(), "a refused update changes nothing"


def test_every_knob_takes_its_own_default_back_as_json() -> None:
    knobs = Knobs()
    knobs.update(Knobs().as_json())
    assert knobs == Knobs()


def test_a_send_script_is_used_up_first_match_first() -> None:
    knobs = Knobs()
    knobs.update({"send_script": [{"chat_id": "2", "outcome": "500"}, "429"], "send_default": "slow:0.5"})
    assert [knobs.take_send_outcome(chat_id) for chat_id in ("1", "1", "2", "2")] == [
        "429",
        "slow:0.5",
        "500",
        "slow:0.5",
    ]


def test_a_chat_may_have_its_own_status_script() -> None:
    knobs = Knobs()
    knobs.update({"status_scripts_by_chat": {"2": [{"status": "error", "error": "SPAM"}]}})
    assert knobs.statuses_for("2") == [StatusStep("error", 0.0, "SPAM")]
    assert len(knobs.statuses_for("1")) == 3


def test_the_clock_moves_forward_only_and_prints_milliseconds() -> None:
    clock = SandboxClock(wall=lambda: START.timestamp() + 0.0024)
    clock.advance(3600)
    assert iso_milliseconds(clock.now()) == "2026-11-20T10:00:00.002Z"
    with pytest.raises(ValueError, match="only moves forward"):
        clock.advance(-1)
    with pytest.raises(ValueError, match="no time zone"):
        parse_iso("2026-11-20T10:00:00")


def test_a_voice_note_is_ogg_with_pages_that_add_up() -> None:
    note = silent_voice_note(seconds=3)
    pages = note.split(b"OggS")[1:]
    assert len(pages) == 5
    assert b"OpusHead" in pages[0]
    assert b"OpusTags" in pages[1]
    assert int.from_bytes(pages[-1][2:10], "little") == 3 * 48_000


@pytest.mark.parametrize(
    ("field", "value"), [("api_key", ""), ("transport", "pigeon"), ("channel_id", "main")]
)
def test_a_configuration_that_cannot_work_names_its_field(field: str, value: str) -> None:
    fields: dict[str, Any] = {"api_key": "k", "channel_id": CHANNEL_ID, field: value}
    with pytest.raises(ValueError, match=field):
        SandboxConfig(**fields)
