"""Is a follow-up due in this chat? The rules of design §4, pure: facts and a moment in, a decision out.

What is followed up is a quote: it reached the customer, it still stands, the sale is at `quoting` or
`negotiating`, and the customer says nothing. (Whoever went back to choosing wants something else than what is
on it.) A silence begins with the customer's last message; on its third and on its seventh day he may be
reminded, each once, if he said before that he wants to be. The steps:

- nothing on days that were missed: when both are due, only the newer one is sent;
- between 9:00 and 20:00 where the customer is, told by his phone number; where that leaves it open, where the
  seller is;
- after a message that the messenger could not deliver, nothing for 24 hours, and that step is not tried again
  (`wazzup-v3.md` §11);
- never after an opt-out, an order, a lost sale, a word of a manager's in this silence or his giving the chat
  back in it, or a refusal of the messenger's for this customer, nor while a person owns the chat.

Days are counted as 24 hours from the last message, so that a change of clocks or a journey moves none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import IntEnum, StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers import timezone as phone_time_zones

from sales.quote import QuoteState
from sales.stages import Outcome, Stage
from sales.templates import TemplatePurpose

OPENS = time(9)
# The first moment at which it is too late.
CLOSES = time(20)
# After a failure such as 131049 (`wazzup-v3.md` §11).
HOLD = timedelta(hours=24)
STAGES = frozenset({Stage.QUOTING, Stage.NEGOTIATING})

_UNKNOWN_ZONE = phone_time_zones.UNKNOWN_TIMEZONE


class Step(IntEnum):
    """The days of a silence on which a customer is reminded."""

    DAY_3 = 3
    DAY_7 = 7

    @property
    def after(self) -> timedelta:
        """How long the silence has lasted then."""
        return timedelta(days=self.value)

    @property
    def purpose(self) -> TemplatePurpose:
        """The template that says it."""
        return TemplatePurpose.FOLLOW_UP_DAY_3 if self is Step.DAY_3 else TemplatePurpose.FOLLOW_UP_DAY_7


class Consent(StrEnum):
    """What the customer last said about being reminded; `asked` is no answer."""

    ASKED = "asked"
    OPTED_IN = "opted_in"
    OPTED_OUT = "opted_out"


class Never(StrEnum):
    """Why nothing is due in this silence, whatever the time; a short name for logs and figures."""

    NO_MESSAGE = "no_message"
    NO_OPT_IN = "no_opt_in"
    OPTED_OUT = "opted_out"
    PERSON = "person"
    ORDERED = "ordered"
    LOST = "lost"
    NO_QUOTE = "no_quote"
    OTHER_STAGE = "other_stage"
    REFUSED = "refused"
    DONE = "done"


@dataclass(frozen=True)
class Later:
    """The next step, and the first moment at which it may go out as things stand."""

    step: Step
    at: datetime


@dataclass(frozen=True)
class Due:
    """This step may go out now."""

    step: Step


@dataclass(frozen=True)
class Silence:
    """Everything a decision looks at; all times are timezone-aware business times."""

    now: datetime
    # The customer's last message; None: he never wrote.
    since: datetime | None
    # Where the customer is.
    zone: ZoneInfo
    consent: Consent | None
    # Whether a person owns the chat, or Majlis is paused.
    is_a_person_s: bool
    # When a manager last wrote here, or gave the chat back.
    manager_was_there_at: datetime | None
    stage: Stage
    outcome: Outcome
    # The newest quote; None: there is none.
    quote: QuoteState | None
    quote_valid_until: datetime | None
    # Steps of this silence that were made and count.
    made: frozenset[Step]
    # The messenger said of one of them that it brings this customer none.
    is_refused: bool
    # Nothing goes out before.
    held_until: datetime | None


def decide(silence: Silence) -> Due | Later | Never:
    """What is due in this silence now."""
    ruled_out = _ruled_out(silence)
    if ruled_out is not None:
        return ruled_out
    assert silence.since is not None  # _ruled_out saw to it
    lasted = silence.now - silence.since
    # The newest step whose day has come, else the first that is to come.
    reached = [step for step in Step if lasted >= step.after]
    step = reached[-1] if reached else Step.DAY_3
    if silence.made and max(silence.made) >= step:
        if step is Step.DAY_7:
            return Never.DONE
        step = Step.DAY_7
    earliest = max(silence.now, silence.since + step.after, silence.held_until or silence.now)
    at = opening(earliest, silence.zone)
    if silence.quote_valid_until is not None and at >= silence.quote_valid_until:
        return Never.NO_QUOTE
    return Due(step) if at == silence.now else Later(step, at)


def _ruled_out(silence: Silence) -> Never | None:
    if silence.since is None:
        return Never.NO_MESSAGE
    if silence.consent is not Consent.OPTED_IN:
        return Never.OPTED_OUT if silence.consent is Consent.OPTED_OUT else Never.NO_OPT_IN
    was_there = silence.manager_was_there_at
    if silence.is_a_person_s or (was_there is not None and was_there >= silence.since):
        return Never.PERSON
    if silence.outcome is Outcome.WON or silence.quote is QuoteState.ACCEPTED:
        return Never.ORDERED
    if silence.outcome is Outcome.LOST:
        return Never.LOST
    if silence.quote is not QuoteState.SENT:
        return Never.NO_QUOTE
    if silence.is_refused:
        return Never.REFUSED
    return None if silence.stage in STAGES else Never.OTHER_STAGE


def opening(moment: datetime, zone: ZoneInfo) -> datetime:
    """The first moment from `moment` on at which it is between 9:00 and 20:00 in `zone`."""
    local = moment.astimezone(zone)
    if OPENS <= local.time() < CLOSES:
        return moment
    day = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
    return datetime.combine(day, OPENS, zone).astimezone(moment.tzinfo)


def zone_of(phone: str | None, seller_zone: str) -> ZoneInfo:
    """Where a customer with this number (E.164) is by the numbering plan of his country.

    The seller's zone for no number, for one of no country, and for one of a country with several zones where
    the number does not say which.
    """
    names = () if phone is None else _zones(phone)
    if len(names) == 1 and names[0] != _UNKNOWN_ZONE:
        try:
            return ZoneInfo(names[0])
        except ZoneInfoNotFoundError:
            # The numbering plan is newer than this machine's zones.
            pass
    return ZoneInfo(seller_zone)


def _zones(phone: str) -> tuple[str, ...]:
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return ()
    return tuple(phone_time_zones.time_zones_for_number(number))
