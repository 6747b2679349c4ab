"""What the phone page may see and move of the Majlis that plays against this sandbox.

The sandbox knows nobody; whoever starts it may hand in one of these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


class BackstageAway(Exception):
    """It cannot be seen or moved just now; the text says why, in words for the page."""


class Backstage(Protocol):
    """One Majlis, from behind."""

    @property
    def manager_chat_id(self) -> str:
        """The chat that the managers read and command from; empty: there is none."""

    @property
    def timezone(self) -> str:
        """The zone of the business' clock, as `Asia/Dubai`."""

    @property
    def discount_field(self) -> str:
        """The deal's field in which a manager approves a discount, in per cent."""

    async def rows(self, chat_id: str) -> Rows:
        """The chat's rows by table, newest first; empty lists for a chat that never wrote.

        Raises BackstageAway.
        """

    async def pass_time(self, seconds: float) -> None:
        """Business time jumps ahead. Raises BackstageAway; then nothing moved."""

    async def read_deals(self) -> None:
        """Majlis reads its open deals now and not in two minutes. Raises BackstageAway."""
