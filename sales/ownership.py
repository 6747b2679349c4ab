"""Who answers a chat, the bot or a person, and what a message that left the channel says about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# A manager who fell silent for this long hands the chat back with the customer's next message.
RETURN_AFTER = timedelta(hours=12)
# An echo nobody recognises is judged when our own sends to that chat are settled, or after this long.
JUDGE_ECHO_AFTER = timedelta(seconds=10)


class Owner(StrEnum):
    """Who answers."""

    BOT = "bot"
    PERSON = "person"


@dataclass(frozen=True)
class Ownership:
    """The state of one chat's owner; times are timezone-aware business times."""

    owner: Owner = Owner.BOT
    changed_at: datetime | None = None
    changed_by_turn: int | None = None
    manager_last_message_at: datetime | None = None
    # All chats are persons' for now; no rule gives one of them back.
    is_paused: bool = False
    # Since when it is the bot's again, but for a pause; None where it was never anybody else's, or still is.
    given_back_at: datetime | None = None

    def may_reply(self, turn_id: int | None) -> bool:
        """Whether the bot's replies of `turn_id` may be kept or sent.

        The turn that handed the chat over still says so to the customer.
        """
        if self.owner is Owner.BOT:
            return True
        return turn_id is not None and turn_id == self.changed_by_turn

    def returns(self, now: datetime) -> bool:
        """Whether a new customer message at `now` gives the chat back to the bot."""
        if self.owner is Owner.BOT or self.is_paused:
            return False
        silent_since = max(
            (moment for moment in (self.changed_at, self.manager_last_message_at) if moment is not None),
            default=None,
        )
        return silent_since is not None and now - silent_since >= RETURN_AFTER


class Verdict(StrEnum):
    """What an echo turned out to be."""

    OURS = "ours"
    PERSON = "person"
    # Our own sends are not settled yet: it may still turn out to be ours.
    WAIT = "wait"


def judge_echo(*, matches_ours: bool, by_person: bool, sends_unsettled: bool, age: timedelta) -> Verdict:
    """Decide whose message an echo is (design §3.10).

    `matches_ours`: it matches an outbox row by message id, or, unless a person is known to have written
    it, by text. `age`: how long ago it arrived, by business time.
    """
    if matches_ours:
        return Verdict.OURS
    if by_person:
        return Verdict.PERSON
    if sends_unsettled and age < JUDGE_ECHO_AFTER:
        return Verdict.WAIT
    return Verdict.PERSON
