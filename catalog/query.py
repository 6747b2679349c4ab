"""What did the customer describe? The words of a text as search reads them, Arabizi and meaning included.

Two small models help when they are installed (`catalog.small_models`). Both are optional, and a search
never waits long for them. What the converter writes is for matching only: it is never shown to anybody.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog

from catalog.small_models import Meaning, convert_arabizi, embed_question
from catalog.words import Word, read_words, tokens
from text.language import language_tag

log = structlog.get_logger(__name__)

# For both models together; a customer waits for the whole turn.
LONGEST_SECONDS = 1.5


@dataclass(frozen=True)
class Query:
    """A customer's words, ready to be searched with."""

    words: tuple[Word, ...] = ()
    # None without an embedder, or when it took too long.
    meaning: Meaning | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for: a blank text, or signs only."""
        return not self.words


def read_query_words(text: str) -> Query:
    """The words of `text` as they stand: no model, no waiting."""
    return Query(read_words(text))


async def read_query(text: str) -> Query:
    """Read a customer's text with all there is.

    Whatever a model does wrong is logged, and the text is read without it; so is what takes longer than
    LONGEST_SECONDS.
    """
    query = read_query_words(text)
    if query.is_empty:
        return query
    converted: list[str] = []
    meaning: Meaning | None = None
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            if language_tag(text) == "arabizi":
                converted = await convert_arabizi(tokens(text)) or []
            meaning = await embed_question(" ".join(converted) or text)
    except Exception as error:  # search goes on with the words it has
        log.warning("query.without_models", error=repr(error), is_converted=bool(converted))
    return Query(read_words(text, converted), meaning)


async def warm_up() -> None:
    """Load the models before the first customer needs them, however long it takes; never raises.

    Run it as a background task where `read_query` will be called.
    """
    try:
        await convert_arabizi(["kursi"])
        await embed_question("chair")
    except Exception as error:  # the first customer's search tries again, and says so too
        log.warning("query.not_warm", error=repr(error))
