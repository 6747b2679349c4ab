"""How often and how long: the request counter, the crmMessageId memory and the 24-hour window."""

from __future__ import annotations

from datetime import datetime, timedelta

CUSTOMER_WINDOW = timedelta(hours=24)


class RequestCounter:
    """Requests per fixed window; the counter starts again when the window is over."""

    def __init__(self) -> None:
        self._window_began: datetime | None = None
        self._count = 0

    def admit(self, now: datetime, *, limit: int, window_seconds: float) -> bool:
        """Count one request; False when it is one too many."""
        if self._window_began is None or now - self._window_began >= timedelta(seconds=window_seconds):
            self._window_began = now
            self._count = 0
        self._count += 1
        return self._count <= limit


class KeyMemory:
    """Which crmMessageIds were used lately.

    One memory for the account: whether Wazzup keeps one per key or per channel is not documented, and
    the sandbox has one of each. An id is held while its first attempt is being handled, so that two at
    once cannot both pass.
    """

    def __init__(self) -> None:
        self._in_hand: set[str] = set()
        self._used_since: dict[str, datetime] = {}

    def take(self, key: str, now: datetime, window_seconds: float) -> bool:
        """Hold an id for a new attempt; False when it is a repeat within the window."""
        used_since = self._used_since.get(key)
        if used_since is not None and now - used_since < timedelta(seconds=window_seconds):
            return False
        if key in self._in_hand:
            return False
        self._in_hand.add(key)
        return True

    def occupy(self, key: str, since: datetime) -> None:
        """The attempt counts: repeats are refused from `since` on."""
        self._in_hand.discard(key)
        self._used_since[key] = since

    def free(self, key: str) -> None:
        """The attempt failed and the id may be used again at once."""
        self._in_hand.discard(key)

    def clear(self) -> None:
        """Forget every id."""
        self._in_hand.clear()
        self._used_since.clear()


class CustomerWindows:
    """When each chat's customer service window closes (`wapi` channels only)."""

    def __init__(self) -> None:
        self._last_message: dict[str, datetime] = {}

    def customer_wrote(self, chat_id: str, at: datetime) -> None:
        """A customer's message opens the window or sets it anew; an older one changes nothing."""
        known = self._last_message.get(chat_id)
        if known is None or at > known:
            self._last_message[chat_id] = at

    def closes_at(self, chat_id: str) -> datetime | None:
        """End of the window, None when the customer never wrote."""
        last = self._last_message.get(chat_id)
        return None if last is None else last + CUSTOMER_WINDOW

    def is_open(self, chat_id: str, now: datetime) -> bool:
        """Whether free text may be sent."""
        closes_at = self.closes_at(chat_id)
        return closes_at is not None and now < closes_at

    def all(self) -> dict[str, datetime]:
        """Chat ids with the end of their windows."""
        return {chat_id: last + CUSTOMER_WINDOW for chat_id, last in self._last_message.items()}

    def clear(self) -> None:
        """Close every window."""
        self._last_message.clear()
