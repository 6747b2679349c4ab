"""May free text be sent to this customer now? (Meta's 24-hour customer service window.)

The window opens when the customer writes and closes 24 hours later; it binds only channels on the
WhatsApp Business API (`wazzup-v3.md` §7, §11). It is asked at send time, never at enqueue time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

WINDOW = timedelta(hours=24)
# The messenger's clock and ours differ, and a message takes time to arrive.
MARGIN = timedelta(minutes=5)
WINDOWED_TRANSPORT = "wapi"
# Those without a window (`wazzup-v3.md` §7).
_FREE_TRANSPORTS = frozenset("whatsapp instagram tgapi telegram viber vk avito max maxbot".split())


def binds(transport: str) -> bool:
    """Whether a channel of this transport has the window; an unknown one is taken for one that has."""
    return transport.casefold() not in _FREE_TRANSPORTS


def is_open(
    *, transport: str, now: datetime, last_customer_message_at: datetime | None, closed_at: datetime | None
) -> bool:
    """Whether free text may go out.

    `closed_at` is when the messenger itself last said that the window is closed; it counts until the
    customer writes again. All times are timezone-aware business times. An unknown transport is taken
    for a windowed one: refusing a message is mended by a person, a breach is not.
    """
    if not binds(transport):
        return True
    if last_customer_message_at is None:
        return False
    if closed_at is not None and closed_at >= last_customer_message_at:
        return False
    return now < last_customer_message_at + WINDOW - MARGIN
