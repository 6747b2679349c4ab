"""NLU step that says what a customer wants: a linear classifier over words, sounds and meaning.

Chosen by measurement over Rasa's own (docs/decisions/0008-intent-classifier.md). Its output is that of
Rasa's classifiers, so `FallbackClassifier` works behind it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers import LABEL_RANKING_LENGTH
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.special import softmax
from sklearn.svm import LinearSVC

from engine.intent_features import FeatureState, IntentFeatures, Seen
from engine.questions import questions

# Both measured by cross-validation. Less regularisation believes single examples, more forgets them.
_REGULARISATION = 1.0
# What makes margins of the classifier into confidences: with it, of 100 answers at 0.7 some 70 are right.
_SHARPNESS = 5.0
_MARGIN = "out_of_scope_margin"
_SEVERAL = "several"
ALSO_ASKED = "also_asked"
# A part of a message counts as a question of its own from here on. Chosen on 27 double questions, of which 23
# are found, and 55 single ones that go on behind an "and" or a comma, of which 2 are taken for two.
_LEAST_OF_A_PART = 0.6
# A longer text is no pair of questions.
_LONGEST_QUESTIONS = 300
_OUT_OF_SCOPE = "out_of_scope"
_TERMS_FILE = "terms.json"
_NUMBERS_FILE = "numbers.npz"


class NoExamplesError(ValueError):
    """There are fewer than two intents with examples to tell apart."""


class IntentModel:
    """The trained part: the features, and of each feature a weight for every intent."""

    def __init__(
        self, intents: list[str], features: IntentFeatures, weights: NDArray[Any], offsets: NDArray[Any]
    ) -> None:
        self.intents = intents
        self.features = features
        self.weights = weights
        self.offsets = offsets

    @classmethod
    def learn(cls, messages: Sequence[Seen], intents: list[str]) -> IntentModel:
        """Learn from the examples and the intent of each; raises NoExamplesError."""
        if len(set(intents)) < 2:
            raise NoExamplesError(
                "The intent classifier needs examples of two intents at least; write some under data/nlu"
            )
        features = IntentFeatures.learn(messages)
        machine = LinearSVC(C=_REGULARISATION, tol=1e-3, random_state=0)
        machine.fit(features.rows(messages), intents)
        weights, offsets = machine.coef_, machine.intercept_
        if len(machine.classes_) == 2:
            # One set of weights serves both: what speaks for the second speaks against the first.
            weights, offsets = np.vstack([-weights, weights]), np.concatenate([-offsets, offsets])
        # One row a feature: a message has few of them, and reads only theirs.
        by_feature = np.ascontiguousarray(weights.T, dtype=np.float32)
        return cls(list(machine.classes_), features, by_feature, offsets)

    def confidences(self, messages: Sequence[Seen], out_of_scope_margin: float = 0.0) -> NDArray[Any]:
        """For each message the probability of every intent; zeros where not one word or piece is known."""
        rows = self.features.rows(messages)
        # Only the weights of what occurs: `rows @ weights` first makes all of them into float64, which takes
        # a quarter of a turn.
        margins = np.stack(
            [
                rows.data[start:end] @ self.weights[rows.indices[start:end]]
                for start, end in zip(rows.indptr[:-1], rows.indptr[1:], strict=True)
            ]
        )
        handicap = [out_of_scope_margin if intent == _OUT_OF_SCOPE else 0.0 for intent in self.intents]
        found: NDArray[Any] = softmax(_SHARPNESS * (margins + self.offsets + handicap), axis=1)
        found[np.diff(rows.indptr) == 0] = 0.0
        return found


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, GraphComponent):
    """Sets `intent` and `intent_ranking` of each message.

    Stands behind the tokenizer and `CatalogEntities`, whose masks it sees in place of catalog words, and
    behind the embedder where there is one. A message of which it knows no word and no piece gets no
    intent, at confidence 0.
    """

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: IntentModel | None = None,
    ) -> None:
        self._margin: float = config[_MARGIN]
        self._several: str = config[_SEVERAL]
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def required_components(cls) -> list[type]:
        """What has to stand before it in the pipeline."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`out_of_scope_margin`: how far an intent has to lie above out_of_scope to be believed.

        `several`: intents that begin so may be meant two at a time; empty: none of them.
        """
        return {_MARGIN: 0.0, _SEVERAL: ""}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """Build the component for training."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        """Build the component from the model; raises ValueError when the model holds none."""
        with model_storage.read_from(resource) as directory:
            saved = json.loads((directory / _TERMS_FILE).read_text(encoding="utf-8"))
            with np.load(directory / _NUMBERS_FILE, allow_pickle=False) as numbers:
                weights = [numbers[f"idf_{view}"] for view in range(len(saved["terms"]))]
                features = IntentFeatures.restore(FeatureState(saved["terms"], weights, numbers["mean"]))
                model = IntentModel(saved["intents"], features, numbers["weights"], numbers["offsets"])
        return cls(config, model_storage, resource, model)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples and keep what was learnt in the model; raises NoExamplesError."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        self._model = IntentModel.learn(
            [_seen(example) for example in examples], [example.get(INTENT) for example in examples]
        )
        self._persist(self._model)
        return self._resource

    def _persist(self, model: IntentModel) -> None:
        state = model.features.state()
        with self._storage.write_to(self._resource) as directory:
            saved = {"intents": model.intents, "terms": state.terms}
            (directory / _TERMS_FILE).write_text(json.dumps(saved, ensure_ascii=False), encoding="utf-8")
            np.savez(
                directory / _NUMBERS_FILE,
                weights=model.weights,
                offsets=model.offsets,
                mean=state.mean,
                **{f"idf_{view}": weights for view, weights in enumerate(state.weights)},
            )

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent of each message, with the ten likeliest beside it."""
        assert self._model is not None, "Rasa loads or trains a component before it uses it"
        if not messages:
            return messages
        confidences = self._model.confidences([_seen(message) for message in messages], self._margin)
        for message, row in zip(messages, confidences, strict=True):
            ranking = self._ranking(self._model.intents, row)
            likeliest = ranking[0] if ranking else {INTENT_NAME_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0}
            message.set(INTENT, likeliest, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            others = self._also_asked(self._model, message)
            message.set(ALSO_ASKED, others, add_to_output=True)
            if others:
                # Two that are both meant are no doubt about which.
                sure = sum(
                    one[PREDICTED_CONFIDENCE_KEY]
                    for one in ranking
                    if one[INTENT_NAME_KEY] in (likeliest[INTENT_NAME_KEY], *others)
                )
                likeliest = {**likeliest, PREDICTED_CONFIDENCE_KEY: min(sure, 1.0)}
                clear = [likeliest, *_without(ranking, others)[1:]]
                message.set(INTENT, clear[0], add_to_output=True)
                message.set(INTENT_RANKING_KEY, clear, add_to_output=True)
        return messages

    def _also_asked(self, model: IntentModel, message: Message) -> list[str]:
        """The other frequent questions of a message that asks two: by the words of its parts alone."""
        intent = message.get(INTENT)[INTENT_NAME_KEY]
        text = message.get(TEXT)
        if not self._several or not str(intent).startswith(self._several) or len(text) > _LONGEST_QUESTIONS:
            return []
        tokens = message.get(TOKENS_NAMES[TEXT]) or []
        parts = [
            tuple(token.lemma for token in tokens if start <= token.start < end)
            for start, end in questions(text)
        ]
        # Embedding each part would cost as much as the whole message again.
        seen = [Seen(words, model.features.mean) for words in parts if words]
        if not seen:
            return []
        rows = model.confidences(seen, self._margin)
        asked = [model.intents[int(row.argmax())] for row in rows if row.max() >= _LEAST_OF_A_PART]
        others = [name for name in asked if name.startswith(self._several) and name != intent]
        return list(dict.fromkeys(others))

    @staticmethod
    def _ranking(intents: list[str], row: NDArray[Any]) -> list[dict[str, Any]]:
        if not row.any():
            return []
        # Stable, so that equal confidences keep the order of the intents' names.
        best = np.argsort(-row, kind="stable")[:LABEL_RANKING_LENGTH]
        return [
            {INTENT_NAME_KEY: intents[index], PREDICTED_CONFIDENCE_KEY: float(row[index])} for index in best
        ]


def _without(ranking: list[dict[str, Any]], names: Sequence[str]) -> list[dict[str, Any]]:
    return [one for one in ranking if one[INTENT_NAME_KEY] not in names]


def _seen(message: Message) -> Seen:
    tokens = message.get(TOKENS_NAMES[TEXT]) or []
    _, meaning = message.get_dense_features(TEXT)
    return Seen(tuple(token.lemma for token in tokens), meaning.features[0] if meaning else None)
