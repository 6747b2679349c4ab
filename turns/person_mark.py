"""What a chat id is known by after its person was erased: a hash that only this house can make (pure)."""

from __future__ import annotations

import hashlib
import hmac

# Other uses of the same secret must not make the same hashes.
_PURPOSE = b"majlis: mark of an erased person, 1"


class PersonMark:
    """Marks chat ids. Without the secret nobody can try out which number a mark was made of.

    Raises:
        ValueError: for an empty secret.
    """

    def __init__(self, internal_secret: str) -> None:
        if not internal_secret:
            raise ValueError("INTERNAL_SECRET is empty: anybody could find the number of a mark by trying")
        self._key = hmac.digest(internal_secret.encode(), _PURPOSE, hashlib.sha256)

    def of(self, chat_id: str) -> str:
        """The mark, always the same for a chat id, on whatever channel."""
        return hmac.digest(self._key, chat_id.encode(), hashlib.sha256).hex()
