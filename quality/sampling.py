"""Which chats of a week are reviewed (pure): a fair share of each kind, the same however often it is asked.

The rule: chats are grouped by language, outcome of the sale and whether a person took over. Every group gives
at least one chat, the largest first, while there is room; what room is left goes to the groups by their size
(largest remainder). Within a group the order is that of a hash of the week and the chat's id: the week is the
seed, so nobody picks, and a review that is repeated takes the same chats.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

USUAL_SIZE = 30


@dataclass(frozen=True)
class Candidate:
    """A chat in which a customer wrote in the week."""

    conversation_id: int
    language: str
    outcome: str
    handed_over: bool

    @property
    def group(self) -> tuple[str, str, bool]:
        """What it is chosen for."""
        return self.language, self.outcome, self.handed_over


def choose(chats: Sequence[Candidate], week: date, size: int = USUAL_SIZE) -> list[Candidate]:
    """At most `size` of the chats, by the rule above, in the order of their ids."""
    groups: dict[tuple[str, str, bool], list[Candidate]] = {}
    for chat in sorted(chats, key=lambda chat: _place(week, chat)):
        groups.setdefault(chat.group, []).append(chat)
    shares = _shares({group: len(members) for group, members in groups.items()}, size)
    chosen = [chat for group, share in shares.items() for chat in groups[group][:share]]
    return sorted(chosen, key=lambda chat: chat.conversation_id)


def _place(week: date, chat: Candidate) -> bytes:
    return hashlib.sha256(f"{week.isoformat()} {chat.conversation_id}".encode()).digest()


def _shares(sizes: dict[tuple[str, str, bool], int], size: int) -> dict[tuple[str, str, bool], int]:
    in_order = sorted(sizes, key=lambda group: (-sizes[group], group))
    shares = dict.fromkeys(in_order[:size], 1)
    room = min(size, sum(sizes.values())) - len(shares)
    left = {group: sizes[group] - 1 for group in shares}
    total = sum(left.values())
    if room <= 0 or not total:
        return shares
    exact = {group: room * count / total for group, count in left.items()}
    for group, share in exact.items():
        shares[group] += int(share)
    rest = room - sum(int(share) for share in exact.values())
    by_remainder = sorted(shares, key=lambda group: int(exact[group]) - exact[group])
    for group in by_remainder[:rest]:
        shares[group] += 1
    return shares
