"""When is a customer reminded, and when never? (sales.follow_ups)"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales.follow_ups import (
    CLOSES,
    OPENS,
    Consent,
    Due,
    Later,
    Never,
    Silence,
    Step,
    decide,
    opening,
    zone_of,
)
from sales.quote import QuoteState
from sales.stages import Outcome, Stage

DUBAI = ZoneInfo("Asia/Dubai")
# A Monday, 14:00 in Dubai.
SINCE = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
QUIET = Silence(
    now=SINCE + 3 * DAY,
    since=SINCE,
    zone=DUBAI,
    consent=Consent.OPTED_IN,
    is_a_person_s=False,
    manager_was_there_at=None,
    stage=Stage.QUOTING,
    outcome=Outcome.OPEN,
    quote=QuoteState.SENT,
    quote_valid_until=SINCE + 14 * DAY,
    made=frozenset(),
    is_refused=False,
    held_until=None,
)


def after(lasted: timedelta, **others: object) -> Silence:
    """The quiet chat when the silence has lasted so long."""
    return replace(QUIET, now=SINCE + lasted, **others)  # type: ignore[arg-type]


def in_dubai(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=DUBAI).astimezone(UTC)


def test_nothing_before_the_third_day_is_over() -> None:
    assert decide(after(3 * DAY - SECOND)) == Later(Step.DAY_3, SINCE + 3 * DAY)
    assert decide(after(timedelta(0))) == Later(Step.DAY_3, SINCE + 3 * DAY)
    assert decide(after(3 * DAY)) == Due(Step.DAY_3)


def test_between_the_two_nothing_more() -> None:
    made = frozenset({Step.DAY_3})
    assert decide(after(3 * DAY, made=made)) == Later(Step.DAY_7, SINCE + 7 * DAY)
    assert decide(after(7 * DAY - SECOND, made=made)) == Later(Step.DAY_7, SINCE + 7 * DAY)
    assert decide(after(7 * DAY, made=made)) == Due(Step.DAY_7)


def test_after_both_nothing_more() -> None:
    assert decide(after(9 * DAY, made=frozenset(Step))) is Never.DONE


def test_of_two_that_are_due_only_the_newer_is_sent() -> None:
    assert decide(after(8 * DAY)) == Due(Step.DAY_7)
    assert decide(after(8 * DAY, made=frozenset({Step.DAY_7}))) is Never.DONE


def test_not_before_nine_and_not_from_eight_on() -> None:
    night = replace(QUIET, since=in_dubai(2, 3), now=in_dubai(5, 3))
    assert decide(night) == Later(Step.DAY_3, in_dubai(5, 9))
    assert decide(replace(night, now=in_dubai(5, 9) - SECOND)) == Later(Step.DAY_3, in_dubai(5, 9))
    assert decide(replace(night, now=in_dubai(5, 9))) == Due(Step.DAY_3)
    assert decide(replace(night, now=in_dubai(5, 20) - SECOND)) == Due(Step.DAY_3)
    assert decide(replace(night, now=in_dubai(5, 20))) == Later(Step.DAY_3, in_dubai(6, 9))
    assert decide(replace(night, now=in_dubai(5, 23, 59))) == Later(Step.DAY_3, in_dubai(6, 9))
    assert decide(replace(night, now=in_dubai(6, 0))) == Later(Step.DAY_3, in_dubai(6, 9))


def test_the_hours_are_those_of_the_customer() -> None:
    ten_in_dubai = replace(QUIET, since=in_dubai(2, 10), now=in_dubai(5, 10))
    assert decide(ten_in_dubai) == Due(Step.DAY_3)
    assert decide(replace(ten_in_dubai, zone=ZoneInfo("Europe/Paris"))) == Later(Step.DAY_3, in_dubai(5, 12))


@pytest.mark.parametrize(
    ("night", "opens"),
    [
        # Leap day.
        (datetime(2028, 2, 28, 21, 0), datetime(2028, 2, 29, 9, 0)),
        (datetime(2028, 2, 29, 21, 0), datetime(2028, 3, 1, 9, 0)),
        # The year's end, and both changes of the clocks, the night itself included.
        (datetime(2026, 12, 31, 20, 0), datetime(2027, 1, 1, 9, 0)),
        (datetime(2027, 3, 27, 23, 0), datetime(2027, 3, 28, 9, 0)),
        (datetime(2027, 3, 28, 1, 59), datetime(2027, 3, 28, 9, 0)),
        (datetime(2027, 10, 30, 23, 0), datetime(2027, 10, 31, 9, 0)),
        (datetime(2027, 10, 31, 2, 30), datetime(2027, 10, 31, 9, 0)),
    ],
)
def test_the_next_morning_in_berlin(night: datetime, opens: datetime) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    for fold in (0, 1):
        moment = night.replace(tzinfo=berlin, fold=fold).astimezone(UTC)
        assert opening(moment, berlin) == opens.replace(tzinfo=berlin)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"since": None}, Never.NO_MESSAGE),
        ({"consent": None}, Never.NO_OPT_IN),
        ({"consent": Consent.ASKED}, Never.NO_OPT_IN),
        ({"consent": Consent.OPTED_OUT}, Never.OPTED_OUT),
        ({"is_a_person_s": True}, Never.PERSON),
        ({"manager_was_there_at": SINCE}, Never.PERSON),
        ({"manager_was_there_at": SINCE + DAY}, Never.PERSON),
        ({"outcome": Outcome.WON}, Never.ORDERED),
        ({"quote": QuoteState.ACCEPTED}, Never.ORDERED),
        ({"outcome": Outcome.LOST}, Never.LOST),
        ({"quote": None, "quote_valid_until": None}, Never.NO_QUOTE),
        ({"quote": QuoteState.DRAFT}, Never.NO_QUOTE),
        ({"quote": QuoteState.EXPIRED}, Never.NO_QUOTE),
        ({"quote": QuoteState.WITHDRAWN}, Never.NO_QUOTE),
        ({"quote_valid_until": SINCE + 3 * DAY}, Never.NO_QUOTE),
        ({"stage": Stage.SELECTING}, Never.OTHER_STAGE),
        ({"is_refused": True}, Never.REFUSED),
        ({"stage": Stage.FOLLOW_UP}, Never.OTHER_STAGE),
    ],
)
def test_never(changes: dict[str, object], reason: Never) -> None:
    assert decide(replace(QUIET, **changes)) is reason  # type: ignore[arg-type]


def test_a_manager_s_word_before_this_silence_keeps_nothing_back() -> None:
    assert decide(replace(QUIET, manager_was_there_at=SINCE - SECOND)) == Due(Step.DAY_3)


def test_a_reminder_never_comes_after_its_quote() -> None:
    # At night the quote is still good, and in the morning it is not.
    night = replace(QUIET, since=in_dubai(2, 21), now=in_dubai(5, 21), quote_valid_until=in_dubai(6, 0))
    assert decide(night) is Never.NO_QUOTE


def test_a_hold_delays_the_next_step() -> None:
    held = after(7 * DAY, made=frozenset({Step.DAY_3}), held_until=SINCE + 7 * DAY + timedelta(hours=2))
    assert decide(held) == Later(Step.DAY_7, SINCE + 7 * DAY + timedelta(hours=2))
    assert decide(replace(held, now=SINCE + 7 * DAY + timedelta(hours=2))) == Due(Step.DAY_7)


@pytest.mark.parametrize(
    ("phone", "zone"),
    [
        ("+971501234567", "Asia/Dubai"),
        ("+966501234567", "Asia/Riyadh"),
        ("+919812345678", "Asia/Calcutta"),
        ("+201001234567", "Africa/Cairo"),
        ("+491701234567", "Europe/Berlin"),
        ("+12125551234", "America/New_York"),
        # Several zones, and the number does not say which; no country; no number.
        ("+79161234567", "Asia/Muscat"),
        ("+61412345678", "Asia/Muscat"),
        ("+800123", "Asia/Muscat"),
        ("+0", "Asia/Muscat"),
        (None, "Asia/Muscat"),
    ],
)
def test_where_the_customer_is(phone: str | None, zone: str) -> None:
    assert zone_of(phone, "Asia/Muscat").key == zone


ZONES = st.sampled_from(
    ["Asia/Dubai", "Europe/Berlin", "America/New_York", "Asia/Calcutta", "Africa/Cairo", "Pacific/Auckland",
     "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Kiritimati", "Asia/Kathmandu"]
).map(ZoneInfo)  # fmt: skip
# Leap days and the changes of clocks of some countries lie within.
MOMENTS = st.datetimes(datetime(2027, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC))
EVENTS = st.sampled_from(["", "", "", "", "reply", "opt out", "opt in", "take over", "order", "lost"])
# Whoever ticks: usually every five minutes, sometimes after an outage; and clocks that jump.
WAITS = st.one_of(
    st.timedeltas(timedelta(0), timedelta(hours=9)),
    st.sampled_from([timedelta(minutes=5), timedelta(hours=25), timedelta(hours=-1), timedelta(days=4)]),
)


@given(
    zone=ZONES,
    since=MOMENTS,
    weeks=st.lists(st.tuples(WAITS, EVENTS, st.timedeltas(timedelta(0), timedelta(hours=14))), max_size=120),
)
def test_simulated_weeks(
    zone: ZoneInfo, since: datetime, weeks: list[tuple[timedelta, str, timedelta]]
) -> None:
    """A chat over weeks: what is made is judged once more when it is sent, some time and one event later."""
    chat = replace(QUIET, zone=zone, since=since, now=since, quote_valid_until=since + 60 * DAY)
    sent: list[tuple[datetime | None, Step]] = []
    # What happened since the customer last wrote, and what he last said about reminders.
    happened: set[str] = set()
    consent = "opt in"
    for wait, event, on_its_way in weeks:
        chat = replace(chat, now=chat.now + wait)
        made, silence = decide(chat), chat.since
        chat = happens(chat, event)
        happened = set() if event in WRITES else happened | {event}
        consent = event if event.startswith("opt") else consent
        chat = replace(chat, now=chat.now + on_its_way)
        if not isinstance(made, Due) or chat.since != silence or decide(chat) != made:
            continue
        assert chat.since is not None
        assert not happened & {"take over", "order", "lost"}
        assert consent == "opt in"
        assert event not in WRITES
        assert OPENS <= chat.now.astimezone(zone).time() < CLOSES
        # Also: free text could not have been sent, so it takes a template.
        assert chat.now - chat.since >= made.step.after > timedelta(hours=24)
        assert (chat.since, made.step) not in sent
        sent.append((chat.since, made.step))
        chat = replace(chat, made=chat.made | {made.step})
    for silence in {when for when, _ in sent}:
        steps = [step for when, step in sent if when == silence]
        assert steps == sorted(steps)


WRITES = frozenset({"reply", "opt in", "opt out"})


def happens(chat: Silence, event: str) -> Silence:
    """The chat after this; whoever writes again begins a silence, a sale and a chat with the bot anew."""
    assert chat.since is not None
    match event:
        case "reply" | "opt in" | "opt out":
            # By the messenger's clock, and the newest counts: what jumps back begins no silence.
            since = max(chat.since + SECOND, chat.now)
            said = {"opt in": Consent.OPTED_IN, "opt out": Consent.OPTED_OUT}.get(event, chat.consent)
            return replace(QUIET, now=chat.now, zone=chat.zone, since=since, consent=said,
                           quote_valid_until=chat.quote_valid_until)  # fmt: skip
        case "take over":
            return replace(chat, manager_was_there_at=max(chat.now, chat.since))
        case "order":
            return replace(chat, outcome=Outcome.WON, stage=Stage.FOLLOW_UP, quote=QuoteState.ACCEPTED)
        case "lost":
            return replace(chat, outcome=Outcome.LOST)
    return chat


@given(zone=ZONES, moment=MOMENTS)
def test_the_next_hours_are_the_first_ones(zone: ZoneInfo, moment: datetime) -> None:
    opens = opening(moment, zone)
    local = opens.astimezone(zone)
    assert moment <= opens <= moment + timedelta(hours=14)
    assert OPENS <= local.time() < CLOSES
    assert opens == moment or local.time() == OPENS


@given(zone=ZONES, since=MOMENTS, step=st.sampled_from(Step))
def test_a_chat_that_is_left_alone_gets_both_within_a_day(
    zone: ZoneInfo, since: datetime, step: Step
) -> None:
    """Asked every five minutes, each step comes in the first hours after its day, and no day is left out."""
    made = frozenset(each for each in Step if each < step)
    chat = replace(QUIET, zone=zone, since=since, now=since, made=made, quote_valid_until=since + 60 * DAY)
    later = decide(chat)
    assert isinstance(later, Later)
    assert later.step is step
    assert step.after <= later.at - since <= step.after + timedelta(hours=14)
    assert decide(replace(chat, now=later.at)) == Due(step)
