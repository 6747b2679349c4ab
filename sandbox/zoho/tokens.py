"""Who may come in: the access tokens of one refresh token, with the limits of zoho.md §1.4, on real time."""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.zoho.knobs import ZohoKnobs

LIVE_TOKENS = 10


@dataclass(slots=True)
class _Issued:
    good_until: float
    killed: bool = False


class Throttled(Exception):
    """Too many access tokens were asked for; the accounts server answers "Access Denied"."""


class Tokens:
    """Issues access tokens and remembers which are good."""

    def __init__(self, knobs: ZohoKnobs, now: Callable[[], float] = time.monotonic) -> None:
        self._knobs = knobs
        self._now = now
        self._issued: dict[str, _Issued] = {}
        self._asked: deque[float] = deque()
        self._blocked_until = 0.0
        self.is_revoked = False
        self.issued_count = 0
        self.throttled_count = 0

    def issue(self) -> tuple[str, int]:
        """A new access token and its life in seconds. The eleventh live one kills the oldest.

        Raises Throttled after too many in a window, until that window is over.
        """
        now, window = self._now(), self._knobs.refresh_window_seconds
        while self._asked and now - self._asked[0] >= window:
            self._asked.popleft()
        if len(self._asked) >= self._knobs.refreshes_per_window:
            self._blocked_until = max(self._blocked_until, self._asked[0] + window)
        if self._knobs.access_denied or now < self._blocked_until:
            self.throttled_count += 1
            raise Throttled
        self._asked.append(now)
        token = f"1000.{secrets.token_hex(16)}.{secrets.token_hex(16)}"
        self._issued[token] = _Issued(now + self._knobs.expires_in_seconds)
        for oldest in self.live()[:-LIVE_TOKENS]:
            self._issued[oldest].killed = True
        self.issued_count += 1
        return token, self._knobs.expires_in_seconds

    def is_good(self, token: str) -> bool:
        """Issued here, alive and not killed."""
        issued = self._issued.get(token)
        return issued is not None and not issued.killed and self._now() < issued.good_until

    def live(self) -> list[str]:
        """Good tokens, the oldest first."""
        return [token for token in self._issued if self.is_good(token)]

    def kill(self, token: str) -> None:
        """The token dies before its time."""
        self._issued[token].killed = True

    def revoke(self) -> None:
        """The refresh token is taken back, and with it all that came of it."""
        self.is_revoked = True
        for issued in self._issued.values():
            issued.killed = True

    def clear_limits(self) -> None:
        """Forget how often was asked and any block; tokens in clients' hands stay good."""
        self._asked.clear()
        self._blocked_until = 0.0
        self.is_revoked = False
        self.issued_count = 0
        self.throttled_count = 0
