"""What did the customer describe? The words of a text as search reads them, Arabizi and meaning included.

Two small models help when they are installed (`catalog.small_models`). Both are optional, and a search
never waits long for them. What the converter writes is for matching only: it is never shown to anybody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from catalog.small_models import Meaning, convert_arabizi, embed_question
from catalog.words import Word, read_words, tokens
from text.language import language_tag

log = structlog.get_logger(__name__)

# Begins a word that is turned down: "-visitor".
TURNED_DOWN = "-"
Synonyms = Mapping[str, Sequence[str]]

# For both models together; a customer waits for the whole turn.
LONGEST_SECONDS = 1.5


@dataclass(frozen=True)
class Query:
    """A customer's words, ready to be searched with."""

    words: tuple[Word, ...] = ()
    # None without an embedder, or when it took too long.
    meaning: Meaning | None = None
    # Words that the name of no product may hold.
    refused: tuple[Word, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for: a blank text, or signs only."""
        return not self.words


def read_query_words(text: str, synonyms: Synonyms | None = None) -> Query:
    """The words of `text` as they stand: no model, no waiting; `synonyms` are other words for some."""
    wanted, refused = _parted(text)
    return Query(read_words(wanted, (), synonyms), refused=read_words(refused, (), synonyms))


def _parted(text: str) -> tuple[str, str]:
    """What is wanted and what is turned down."""
    words = text.split()
    refused = [word.removeprefix(TURNED_DOWN) for word in words if word.startswith(TURNED_DOWN)]
    return " ".join(word for word in words if not word.startswith(TURNED_DOWN)), " ".join(refused)


async def read_query(text: str, synonyms: Synonyms | None = None) -> Query:
    """Read a customer's text with all there is; `synonyms` are other words for some of its words.

    Whatever a model does wrong is logged, and the text is read without it; so is what takes longer than
    LONGEST_SECONDS.
    """
    query = read_query_words(text, synonyms)
    text = _parted(text)[0]
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
    return replace(query, words=read_words(text, converted, synonyms), meaning=meaning)


async def warm_up() -> None:
    """Load the models before the first customer needs them, however long it takes; never raises.

    Run it as a background task where `read_query` will be called.
    """
    try:
        await convert_arabizi(["kursi"])
        await embed_question("chair")
    except Exception as error:  # the first customer's search tries again, and says so too
        log.warning("query.not_warm", error=repr(error))
