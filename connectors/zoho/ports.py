"""What the Zoho client needs from the house; `storage.access_token` and `storage.rate_limit` offer it."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Tokens(Protocol):
    """The one access token all processes share."""

    async def current(self) -> str:
        """A token that should be good; raises `storage.ports.TokenUnavailable` when there is none.

        A caller that gives up waiting (is cancelled) does not stop a refresh that is under way.
        """
        ...

    async def refused(self, token: str) -> None:
        """Zoho answered 401 to this token; only if it is still the shared one is another asked for."""
        ...


class Limit(Protocol):
    """A product's call limits, shared by all processes."""

    def slot(self, *, live: bool, patience_seconds: float) -> AbstractAsyncContextManager[None]:
        """A place for one call while the block runs.

        Raises `storage.ports.LimitReached` when the place would come later than `patience_seconds`.
        """
        ...

    async def blocked(self, seconds: float) -> None:
        """Zoho said that it was too much: nobody calls before `seconds` are over."""
        ...
