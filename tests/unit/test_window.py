"""May free text be sent now? (sales.window)"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sales.window import MARGIN, WINDOW, is_open

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("written_ago", "expected"),
    [
        (timedelta(0), True),
        (WINDOW - MARGIN - SECOND, True),
        (WINDOW - MARGIN, False),
        (WINDOW, False),
        (timedelta(days=30), False),
    ],
)
def test_the_window_closes_five_minutes_before_the_24_hours_are_over(
    written_ago: timedelta, expected: bool
) -> None:
    last = NOW - written_ago
    assert is_open(transport="wapi", now=NOW, last_customer_message_at=last, closed_at=None) is expected


def test_margin_and_window_are_what_the_rules_say() -> None:
    assert (timedelta(hours=24), timedelta(minutes=5)) == (WINDOW, MARGIN)


def test_a_customer_who_never_wrote_has_no_window() -> None:
    assert not is_open(transport="wapi", now=NOW, last_customer_message_at=None, closed_at=None)


@pytest.mark.parametrize(
    ("closed_after_message", "expected"), [(SECOND, False), (timedelta(0), False), (-SECOND, True)]
)
def test_what_the_messenger_closed_stays_closed_until_the_customer_writes_again(
    closed_after_message: timedelta, expected: bool
) -> None:
    last = NOW - timedelta(hours=1)
    open_now = is_open(
        transport="wapi", now=NOW, last_customer_message_at=last, closed_at=last + closed_after_message
    )
    assert open_now is expected


@pytest.mark.parametrize(
    ("transport", "expected"),
    [
        ("whatsapp", True),
        ("telegram", True),
        ("instagram", True),
        ("WhatsApp", True),
        ("wapi", False),
        ("WAPI", False),
        ("", False),
        ("waba", False),
        ("cloud_api", False),
    ],
)
def test_only_the_business_api_has_a_window_and_an_unknown_channel_counts_as_one(
    transport: str, expected: bool
) -> None:
    last = NOW - timedelta(days=2)
    assert is_open(transport=transport, now=NOW, last_customer_message_at=last, closed_at=None) is expected
