from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier
from rasa.nlu.tokenizers.whitespace_tokenizer import WhitespaceTokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from engine.intent_classifier import LinearIntentClassifier, NoExamplesError

_RESOURCE = Resource("classifier")
_CONTEXT = ExecutionContext(GraphSchema({}), node_name="classifier")
_TOKENIZER = WhitespaceTokenizer.create(
    WhitespaceTokenizer.get_default_config(), None, Resource("tokenizer"), _CONTEXT
)

EXAMPLES = {
    "greet": ["hello there", "good morning", "السلام عليكم", "صباح الخير", "salam 3alaikum", "marhaba"],
    "faq_delivery": [
        "how long is delivery",
        "do you deliver",
        "كم ياخذ التوصيل",
        "توصلون العين",
        "fi tawseel",
    ],
    "ask_price": ["how much is it", "price please", "كم السعر", "بكم هذا", "kam el se3er", "bkam"],
    "out_of_scope": ["who won the match", "tell me a joke", "شو الجو اليوم", "قول نكته", "meno faz"],
}


def _messages(texts: list[str], vectors: bool = False) -> list[Message]:
    messages: list[Message] = _TOKENIZER.process([Message({TEXT: text}) for text in texts])
    if vectors:
        for message in messages:
            vector = np.random.default_rng(len(message.get(TEXT))).random((1, 8), dtype=np.float32)
            message.add_features(Features(vector, FEATURE_TYPE_SENTENCE, TEXT, "test"))
    return messages


def _train(
    folder: Path, examples: dict[str, list[str]], config: dict[str, Any] | None = None, vectors: bool = False
) -> tuple[LinearIntentClassifier, LinearIntentClassifier]:
    """The classifier that was trained, and the one that Rasa loads from what it stored."""
    data = []
    for intent, texts in examples.items():
        for message in _messages(texts, vectors):
            message.set(INTENT, intent)
            data.append(message)
    folder.mkdir(exist_ok=True)
    storage = LocalModelStorage.create(folder)
    arguments = (
        {**LinearIntentClassifier.get_default_config(), **(config or {})},
        storage,
        _RESOURCE,
        _CONTEXT,
    )
    trained = LinearIntentClassifier.create(*arguments)
    assert trained.train(TrainingData(data)) == _RESOURCE
    return trained, LinearIntentClassifier.load(*arguments)


def _rankings(classifier: LinearIntentClassifier, texts: list[str], vectors: bool = False) -> list[Any]:
    return [message.get(INTENT_RANKING_KEY) for message in classifier.process(_messages(texts, vectors))]


TEXTS = ["good evening", "كم التوصيل", "tawsel lel 3ain", "se3er", "how much", "xyz", "price", "١٢"]


@pytest.mark.parametrize("vectors", [False, True])
def test_what_was_stored_answers_as_what_was_trained(tmp_path: Path, vectors: bool) -> None:
    trained, loaded = _train(tmp_path, EXAMPLES, vectors=vectors)
    assert _rankings(loaded, TEXTS, vectors) == _rankings(trained, TEXTS, vectors)
    # Nothing in the model can run code when it is read.
    kinds = {path.suffix for path in tmp_path.rglob("*") if path.is_file()}
    assert kinds == {".json", ".npz"}


def test_training_twice_gives_the_same_model(tmp_path: Path) -> None:
    first, second = (_train(tmp_path / name, EXAMPLES)[1] for name in ("first", "second"))
    assert _rankings(first, TEXTS) == _rankings(second, TEXTS)


def test_one_line_or_many_make_no_difference(tmp_path: Path) -> None:
    _, loaded = _train(tmp_path, EXAMPLES)
    alone = [_rankings(loaded, [text])[0] for text in TEXTS]
    for one, among in zip(alone, _rankings(loaded, TEXTS), strict=True):
        assert [intent["name"] for intent in one] == [intent["name"] for intent in among]
        assert [intent["confidence"] for intent in one] == pytest.approx(
            [intent["confidence"] for intent in among]
        )
    assert loaded.process([]) == []


def test_its_output_is_that_of_rasas_classifiers(tmp_path: Path) -> None:
    _, loaded = _train(tmp_path, EXAMPLES)
    (message,) = loaded.process(_messages(["kam el se3r"]))
    ranking = message.get(INTENT_RANKING_KEY)
    assert message.get(INTENT) == ranking[0]
    assert ranking[0]["name"] == "ask_price"
    assert {intent["name"] for intent in ranking} == set(EXAMPLES)
    confidences = [intent["confidence"] for intent in ranking]
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1)
    assert all(type(confidence) is float for confidence in confidences)
    assert {INTENT, INTENT_RANKING_KEY} <= message.output_properties


@pytest.mark.parametrize("text", ["", "🙂", "中文"])
def test_what_holds_nothing_known_falls_back(tmp_path: Path, text: str) -> None:
    _, loaded = _train(tmp_path, EXAMPLES)
    fallback = FallbackClassifier.create({"threshold": 0.3, "ambiguity_threshold": 0.0}, None, None, None)
    (message,) = loaded.process(_messages([text]))
    assert message.get(INTENT) == {"name": None, "confidence": 0.0}
    (message,) = fallback.process([message])
    assert message.get(INTENT)["name"] == "nlu_fallback"


def test_the_margin_makes_it_believe_less(tmp_path: Path) -> None:
    believed = []
    for margin in (0.0, 10.0):
        _, loaded = _train(tmp_path / str(margin), EXAMPLES, {"out_of_scope_margin": margin})
        believed.append([ranking[0]["name"] for ranking in _rankings(loaded, ["how much", "good morning"])])
    assert believed == [["ask_price", "greet"], ["out_of_scope", "out_of_scope"]]


def test_two_intents_are_enough_and_one_is_not(tmp_path: Path) -> None:
    two = {intent: EXAMPLES[intent] for intent in ("greet", "ask_price")}
    _, loaded = _train(tmp_path / "two", two)
    found = [ranking[0]["name"] for ranking in _rankings(loaded, ["hello", "bkam"])]
    assert found == ["greet", "ask_price"]
    with pytest.raises(NoExamplesError, match="two intents"):
        _train(tmp_path / "one", {"greet": EXAMPLES["greet"]})


def test_numbers_say_nothing(tmp_path: Path) -> None:
    _, loaded = _train(tmp_path, {**EXAMPLES, "greet": [*EXAMPLES["greet"], "hello 1005"]})
    first, second = _rankings(loaded, ["1005 please", "977 please"])
    assert first == second


def test_a_model_of_another_pipeline_says_so(tmp_path: Path) -> None:
    _, loaded = _train(tmp_path, EXAMPLES, vectors=True)
    with pytest.raises(ValueError, match="train again"):
        loaded.process(_messages(["hello"]))


_HOURS = {"faq_hours": ["when do you open", "opening hours", "متي تفتحون", "ساعات العمل", "mita tfta7oon"]}


@pytest.mark.parametrize("vectors", [False, True])
@pytest.mark.parametrize(
    ("text", "also"),
    [
        ("do you deliver? when do you open", {"faq_hours", "faq_delivery"}),
        ("توصلون العين ومتي تفتحون", {"faq_hours", "faq_delivery"}),
        ("opening hours and how long is delivery", {"faq_hours", "faq_delivery"}),
        ("do you deliver, do you deliver", {"faq_delivery"}),
        ("how much is it, price please", set()),
        ("do you deliver? " + "and price please " * 30 + "? when do you open", {"faq_delivery"}),
    ],
)
def test_two_frequent_questions_are_both_told(
    tmp_path: Path, text: str, also: set[str], vectors: bool
) -> None:
    _, loaded = _train(tmp_path, {**EXAMPLES, **_HOURS}, {"several": "faq_"}, vectors)
    [message] = loaded.process(_messages([text], vectors))
    intent = message.get(INTENT)["name"]
    asked = set(message.get("also_asked")) | ({intent} if intent.startswith("faq_") else set())
    assert asked == also or (len(text) > 300 and message.get("also_asked") == [])


def test_intents_are_asked_one_at_a_time_unless_told_otherwise(tmp_path: Path) -> None:
    _, loaded = _train(tmp_path, {**EXAMPLES, **_HOURS})
    [message] = loaded.process(_messages(["do you deliver? when do you open"]))
    assert message.get("also_asked") == []


def test_two_that_are_both_meant_are_no_doubt(tmp_path: Path) -> None:
    _, loaded = _train(tmp_path, {**EXAMPLES, **_HOURS}, {"several": "faq_"})
    [message] = loaded.process(_messages(["do you deliver? when do you open"]))
    ranking = message.get(INTENT_RANKING_KEY)
    assert message.get(INTENT) == ranking[0]
    assert set(message.get("also_asked")).isdisjoint(one["name"] for one in ranking)
    alone = _train(tmp_path / "alone", {**EXAMPLES, **_HOURS})[1]
    [doubtful] = alone.process(_messages(["do you deliver? when do you open"]))
    assert message.get(INTENT)["confidence"] > doubtful.get(INTENT)["confidence"]
