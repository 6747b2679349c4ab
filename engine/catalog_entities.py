"""NLU step that finds the catalog's categories, colours and materials in a message.

It also hides them from the featurizers behind it: they see the kind of word ("__category__"), not the
word. So the classifier learns "do you have <category>" instead of furniture, and a catalog of lamps is
understood by the same model.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from engine.matching import Match
from engine.vocabulary import VocabularyLoader


# A featurizer in Rasa's eyes, because only those also see the training examples.
@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=False)
class CatalogEntities(GraphComponent, EntityExtractorMixin):
    """Adds `category`, `color` and `material` entities whose values are the catalog's own keys.

    Stands behind the tokenizer and before the featurizers.
    """

    def __init__(self, loader: VocabularyLoader) -> None:
        self._loader = loader

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CatalogEntities:
        """Build the component for training: with the sample catalog, which the examples speak of."""
        return cls(VocabularyLoader(database_url=None))

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CatalogEntities:
        """Build the component for use: with the catalog of the database, when there is one."""
        return cls(VocabularyLoader.from_environment())

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Hide the catalog's words of the examples from the featurizers."""
        vocabulary = self._loader.current
        for example in training_data.training_examples:
            _hide(example, vocabulary.find(example.get(TEXT) or ""))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities of each message to those found before, and hide their words."""
        vocabulary = self._loader.current
        for message in messages:
            matches = vocabulary.find(message.get(TEXT) or "")
            _hide(message, matches)
            entities: list[dict[str, Any]] = [
                {
                    ENTITY_ATTRIBUTE_TYPE: match.meaning.entity,
                    ENTITY_ATTRIBUTE_VALUE: match.meaning.value,
                    ENTITY_ATTRIBUTE_START: match.start,
                    ENTITY_ATTRIBUTE_END: match.end,
                }
                for match in matches
            ]
            found = self.add_extractor_name(entities)
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages


def _hide(message: Message, matches: list[Match]) -> None:
    """Give the matched tokens the kind of their match as lemma; featurizers read lemmas."""
    for token in message.get(TOKENS_NAMES[TEXT], []):
        for match in matches:
            if token.start < match.end and match.start < token.end:
                token.lemma = f"__{match.meaning.entity}__"
