"""First step of the NLU pipeline: everything after it reads the folded text.

The stored user text stays as it was typed; only the graph's message changes, so entity offsets refer
to the folded text.
"""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from text.fold import fold

# Several long messages; what comes behind cannot change what is wanted, only how long it takes: the
# whole pipeline blocks Rasa's loop, and anybody may send a megabyte.
_LONGEST_TEXT = 8_000
_LEADING_SLASHES = re.compile(r"^[\s/]+")
# "confirm_order", "external_confirm_order", "set_stage": names of a program, which no customer writes, and
# whose parts would be read as if he had.
_IDENTIFIER = re.compile(r"(?<![\w@.])[a-z]+(?:_[a-z]+)+(?![\w@])")
# The tokenizer drops pictures, so that one by itself would be a message without a word.
_SAID_BY_PICTURES = {
    "ok": "👍👌✅✔🆗🤝💯🫡",
    "thanks": "🙏❤🌹💐🤍😊🙂☺😍🥰🌷👏",
    "no": "👎❌✖",
    "hello": "👋",
}
_PICTURE_WORDS = {picture: word for word, pictures in _SAID_BY_PICTURES.items() for picture in pictures}


def normalise(text: str) -> str:
    """Fold the first 8,000 characters of `text` and take the slashes off the beginning.

    A message of nothing but pictures becomes the word of the first one that means something ("👍", "ok").

    Names of a program, such as those of our intents, are left out: typed, they are no wish.

    Rasa's message handler runs behind the pipeline and executes what begins with "/" as an intent
    ("/restart" wipes a customer's slots). Folding turns look-alikes such as the full-width solidus
    into "/", so the guard stands here, after folding, and holds whatever the channel did.
    """
    folded = _IDENTIFIER.sub(" ", _LEADING_SLASHES.sub("", fold(text[:_LONGEST_TEXT]))).strip()
    if any(character.isalnum() for character in folded):
        return folded
    return next((_PICTURE_WORDS[picture] for picture in folded if picture in _PICTURE_WORDS), folded)


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=False)
class Normaliser(GraphComponent):
    """Replaces the text of training examples and messages by its normal form."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Normaliser:
        """Build the component; it has no settings and keeps nothing in the model."""
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Normalise the examples, so that training and use see the same letters."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Normalise the messages in place and return them."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                message.set(TEXT, normalise(text))
        return messages
