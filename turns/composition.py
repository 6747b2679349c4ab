"""From what a customer did to what one turn is about (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from turns.ports import CustomerMessage, ElementKind, Media

MEDIA_INTENT = "send_{}"
# Of more words nothing is read: as much as Rasa reads of a message (`engine.normaliser`), and far more than
# anybody writes in ten seconds. All of it stays in the inbox.
LONGEST_TEXT = 8_000


@dataclass(frozen=True)
class Composition:
    """What a turn takes from the waiting messages.

    `inbox_ids` are consumed by it. `text` is what the customer wrote or said, one line a message. `intent`
    is set where no words need reading. `left_over`: messages still wait for a turn of their own. `spoken`:
    some of the words were heard; `to_confirm`: all were, and nobody acts on them yet.
    """

    inbox_ids: tuple[int, ...]
    text: str
    intent: str | None
    left_over: bool
    spoken: bool = False
    to_confirm: bool = False

    @property
    def is_empty(self) -> bool:
        """Nothing is left to answer, for example after a deletion."""
        return not self.text and self.intent is None


def compose(waiting: Sequence[CustomerMessage]) -> Composition:
    """Put waiting messages (oldest first) together into one turn.

    An edit replaces the words of its message where both still wait, and a deletion takes them away. A
    tapped button is a turn of its own before everything else: joined with other lines, or after another
    answer, it would no longer be the choice that was offered. Words come before media: a burst of words
    and a picture becomes two turns, so that neither is left without an answer, and pictures that come
    together get one answer. Spoken words that have to be confirmed come between the two, together.
    """
    latest: dict[str, CustomerMessage] = {}
    for message in waiting:
        latest[message.external_id] = message
    standing = [message for message in latest.values() if message.kind is not ElementKind.DELETION]
    taps = [message for message in standing if message.tap and message.text is not None]
    words = [message for message in standing if message.text is not None]
    unclear = [message for message in standing if message.text is None and message.to_confirm is not None]
    media = [
        message
        for message in standing
        if message.text is None and message.media is not None and message.to_confirm is None
    ]
    gone = {message.external_id for message in latest.values()} - {
        message.external_id for message in (*words, *unclear, *media)
    }

    taken: set[str] = set(gone)
    spoken = to_confirm = False
    if taps:
        text, intent = taps[0].text or "", None
        taken |= {message.external_id for message in taps if message.text == text}
    elif words:
        taken |= {message.external_id for message in words}
        text, intent = "\n".join(message.text or "" for message in words), None
        spoken = any(message.media is Media.VOICE for message in words)
    elif unclear:
        taken |= {message.external_id for message in unclear}
        text, intent = "\n".join(message.to_confirm or "" for message in unclear), None
        spoken = to_confirm = True
    elif media:
        kind: Media = media[0].media or Media.UNSUPPORTED
        taken |= {message.external_id for message in media if message.media is kind}
        text, intent = "", MEDIA_INTENT.format(kind.value)
    else:
        text, intent = "", None
    consumed = tuple(message.inbox_id for message in waiting if message.external_id in taken)
    left_over = len(consumed) < len(waiting)
    return Composition(consumed, text[:LONGEST_TEXT], intent, left_over, spoken, to_confirm)
