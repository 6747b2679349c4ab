"""What the intent classifier sees of a message: its words, their letters, how both sound, what it means.

Four TF-IDF vectors side by side: words and pairs of words, pieces of words (typing mistakes, endings,
particles written onto a word), and both again over the consonants that Arabic and Arabizi spellings share.
Beside them the sentence vector, when the pipeline has an embedder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from engine.sounds import consonants

_NUMBER = "__number__"
# The length of the sentence vector beside four TF-IDF vectors of length 1; measured.
_MEANING_WEIGHT = 1.2


@dataclass(frozen=True)
class Seen:
    """A message as the featurizers in front have left it."""

    # Folded words; a mask such as __category__ in place of catalog words.
    words: tuple[str, ...]
    # What an embedder in the pipeline made of it; None without one.
    meaning: NDArray[Any] | None = None


@dataclass(frozen=True)
class _View:
    """One way of looking at the words of a message."""

    by_sound: bool
    options: dict[str, Any]


_WORDS = {"analyzer": "word", "token_pattern": r"\S+", "ngram_range": (1, 2)}
# Pieces of at least two letters: the blanks around words alone would make every message a known one.
_VIEWS = (
    _View(by_sound=False, options=_WORDS),
    _View(by_sound=False, options={"analyzer": "char_wb", "ngram_range": (2, 5)}),
    _View(by_sound=True, options=_WORDS),
    _View(by_sound=True, options={"analyzer": "char_wb", "ngram_range": (2, 4)}),
)


def _heard(word: str) -> str:
    return word if word.startswith("__") else consonants(word)


def _text(view: _View, message: Seen) -> str:
    # A number that is left over belongs to no amount; which one it is must not speak for an intent.
    words = [_NUMBER if word.isnumeric() else word for word in message.words]
    return " ".join(map(_heard, words) if view.by_sound else words)


def _vectorizer(view: _View, vocabulary: dict[str, int] | None = None) -> TfidfVectorizer:
    return TfidfVectorizer(
        lowercase=False, sublinear_tf=True, dtype=np.float32, vocabulary=vocabulary, **view.options
    )


@dataclass(frozen=True)
class FeatureState:
    """All that was learnt, as plain lists and arrays."""

    # Per view the terms in the order of their columns, and how telling each is.
    terms: list[list[str]]
    weights: list[NDArray[Any]]
    # The mean of the examples' sentence vectors; empty without an embedder.
    mean: NDArray[Any]


class IntentFeatures:
    """Turns messages into rows of numbers; made by `learn` from examples or by `restore` from a state."""

    def __init__(self, vectorizers: Sequence[TfidfVectorizer], mean: NDArray[Any]) -> None:
        self._vectorizers = vectorizers
        # What a message means of which only the words are known; empty without an embedder.
        self.mean = mean

    @classmethod
    def learn(cls, messages: Sequence[Seen]) -> IntentFeatures:
        """Learn which words and pieces there are, and how telling each of them is."""
        vectorizers = [
            _vectorizer(view).fit([_text(view, message) for message in messages]) for view in _VIEWS
        ]
        meanings = [message.meaning for message in messages if message.meaning is not None]
        mean = np.mean(meanings, axis=0, dtype=np.float32) if meanings else np.empty(0, np.float32)
        learnt = cls(vectorizers, mean)
        # As they will be loaded: sklearn rounds the weights it has learnt otherwise than those it is given.
        return cls.restore(learnt.state())

    @classmethod
    def restore(cls, state: FeatureState) -> IntentFeatures:
        """Build the features from what `state` returned."""
        vectorizers = []
        for view, terms, weights in zip(_VIEWS, state.terms, state.weights, strict=True):
            vectorizer = _vectorizer(view, {term: column for column, term in enumerate(terms)})
            vectorizer.idf_ = weights
            vectorizers.append(vectorizer)
        return cls(vectorizers, state.mean)

    def state(self) -> FeatureState:
        """What `restore` needs."""
        return FeatureState(
            [list(vectorizer.get_feature_names_out()) for vectorizer in self._vectorizers],
            [vectorizer.idf_ for vectorizer in self._vectorizers],
            self.mean,
        )

    def rows(self, messages: Sequence[Seen]) -> csr_matrix:
        """One row a message; it is all zeros for a message in which no word and no piece is known.

        Raises ValueError when it learnt with sentence vectors and the messages have none.
        """
        views = [
            vectorizer.transform([_text(view, message) for message in messages])
            for view, vectorizer in zip(_VIEWS, self._vectorizers, strict=True)
        ]
        words = hstack(views, format="csr")
        if not self.mean.size:
            return words
        known = np.diff(words.indptr) > 0
        return hstack([words, csr_matrix(self._meanings(messages) * known[:, np.newaxis])], format="csr")

    def _meanings(self, messages: Sequence[Seen]) -> NDArray[Any]:
        found = [message.meaning for message in messages if message.meaning is not None]
        if len(found) < len(messages):
            raise ValueError(
                "The intent classifier learnt from sentence vectors and a message comes without one: "
                "train again with the pipeline that is in use"
            )
        # Sentence vectors all point about the same way; what differs is what tells.
        centred = np.stack(found) - self.mean
        lengths = np.linalg.norm(centred, axis=1, keepdims=True)
        scaled: NDArray[Any] = _MEANING_WEIGHT * centred / np.maximum(lengths, np.finfo(np.float32).tiny)
        return scaled
