"""A pipeline such as config.yml's, trained and asked step by step in one process.

The steps are Rasa's and ours, made through Rasa's own registry, trained, stored and loaded as Rasa does it;
only the graph runner around them is left out, which would do everything anew for each of some thirty
trainings. What learns nothing is run once a line and shared by all of them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from tests.benchmarks.nlu_data import OUT_OF_SCOPE_INTENT, Line

Step = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What the pipeline made of a line."""

    # The likeliest intent, also where the fallback stepped in: as `rasa test nlu` counts.
    intent: str | None
    # Whether the customer gets an answer for what is not understood or not our business.
    falls_back: bool


def _component(step: Step) -> Any:
    return DefaultV1Recipe._from_registry(step["name"])


def _split(steps: Sequence[Step]) -> tuple[Sequence[Step], Sequence[Step]]:
    """The steps in front of the first one that learns, and the others."""
    first = [_component(step).is_trainable for step in steps].index(True)
    return steps[:first], steps[first:]


def _arguments(step: Step, storage: LocalModelStorage | None, name: str) -> tuple[Any, ...]:
    settings = {key: value for key, value in step.items() if key != "name"}
    config = {**_component(step).clazz.get_default_config(), **settings}
    return config, storage, Resource(name), ExecutionContext(GraphSchema({}), node_name=name)


def _copy(message: Message) -> Message:
    return Message(message.data, set(message.output_properties), features=list(message.features))


class Prepared:
    """Lines that went through the steps that learn nothing, by the methods that Rasa runs in training."""

    def __init__(self, steps: Sequence[Step], lines: Iterable[Line]) -> None:
        self.lines = list(lines)
        data = TrainingData([Message({TEXT: line.text, INTENT: line.intent}) for line in self.lines])
        for step in _split(steps)[0]:
            component = _component(step).clazz.create(*_arguments(step, None, step["name"]))
            if hasattr(component, "process_training_data"):
                data = component.process_training_data(data)
        self._messages = data.training_examples

    def take(self, indices: Iterable[int]) -> list[Message]:
        """Copies of some of the lines."""
        return [_copy(self._messages[index]) for index in indices]


class Pipeline:
    """A trained pipeline."""

    def __init__(self, steps: Sequence[Step], examples: Sequence[Message]) -> None:
        leading, learning = _split(steps)
        self._leading = [
            _component(step).clazz.create(*_arguments(step, None, step["name"])) for step in leading
        ]
        self._learning = []
        data = TrainingData(list(examples))
        with tempfile.TemporaryDirectory() as folder:
            storage = LocalModelStorage.create(Path(folder))
            for index, step in enumerate(learning):
                registered, arguments = _component(step), _arguments(step, storage, f"step_{index}")
                component = registered.clazz.create(*arguments)
                if registered.is_trainable:
                    component.train(data)
                    component = registered.clazz.load(*arguments)
                if DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER in registered.types:
                    data = component.process_training_data(data)
                self._learning.append(component)

    def ask_prepared(self, messages: list[Message]) -> list[Answer]:
        """What it makes of lines that have been through the steps that learn nothing."""
        for message in messages:
            message.data.pop(INTENT, None)
        for component in self._learning:
            messages = component.process(messages)
        return [_answer(message) for message in messages]

    def ask(self, texts: Iterable[str]) -> list[Answer]:
        """What it makes of lines as customers write them."""
        messages = [Message({TEXT: text}) for text in texts]
        for component in self._leading:
            messages = component.process(messages)
        return self.ask_prepared(messages)


def _answer(message: Message) -> Answer:
    intent = message.get(INTENT)[INTENT_NAME_KEY]
    if intent != DEFAULT_NLU_FALLBACK_INTENT_NAME:
        return Answer(intent, falls_back=intent == OUT_OF_SCOPE_INTENT)
    ranking = message.get(INTENT_RANKING_KEY)
    return Answer(ranking[1][INTENT_NAME_KEY] if len(ranking) > 1 else None, falls_back=True)
