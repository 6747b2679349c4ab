"""NLU step that finds what a message says about products: catalog words, amounts, products of a list.

It also hides the catalog's words from the featurizers behind it: they see the kind of word
("__category__"), not the word. So the classifier learns "do you have <category>" instead of furniture,
and a catalog of lamps is understood by the same model.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_GROUP,
    ENTITY_ATTRIBUTE_ROLE,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from engine.entities import Entity
from engine.reading import Mask, read_message
from engine.spans import first_from
from engine.vocabulary import VocabularyLoader


# A featurizer in Rasa's eyes, because only those also see the training examples.
@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=False)
class CatalogEntities(GraphComponent, EntityExtractorMixin):
    """Adds the entities of `engine.reading`; their values are the catalog's own keys, AED and centimetres.

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
            _hide(example, read_message(example.get(TEXT) or "", vocabulary).masks)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities of each message to those found before, and hide their words."""
        vocabulary = self._loader.current
        for message in messages:
            reading = read_message(message.get(TEXT) or "", vocabulary)
            _hide(message, reading.masks)
            found = self.add_extractor_name([_as_rasa(entity) for entity in reading.entities])
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages


def _as_rasa(entity: Entity) -> dict[str, Any]:
    fields: dict[str, Any] = {
        ENTITY_ATTRIBUTE_TYPE: entity.name,
        ENTITY_ATTRIBUTE_VALUE: entity.value,
        ENTITY_ATTRIBUTE_START: entity.start,
        ENTITY_ATTRIBUTE_END: entity.end,
    }
    if entity.group is not None:
        fields[ENTITY_ATTRIBUTE_GROUP] = entity.group
    if entity.role is not None:
        fields[ENTITY_ATTRIBUTE_ROLE] = entity.role
    return fields


def _hide(message: Message, masks: tuple[Mask, ...]) -> None:
    """Put one token in the place of each masked stretch; its lemma, which featurizers read, is the kind.

    One for the whole stretch, so that "meeting table" and "chair", "500" and "five hundred dirhams" look
    the same.
    """
    tokens: list[Token] = message.get(TOKENS_NAMES[TEXT])
    if not tokens or not masks:
        return
    text = message.get(TEXT)
    kept = []
    for token in tokens:
        # Masks do not overlap, so only the last one that begins before the token's end can cover it.
        before = first_from(masks, token.end) - 1
        if before < 0 or masks[before].end <= token.start:
            kept.append(token)
    hidden = [
        Token(text[mask.start : mask.end], mask.start, mask.end, lemma=f"__{mask.kind}__") for mask in masks
    ]
    message.set(TOKENS_NAMES[TEXT], sorted([*kept, *hidden], key=lambda token: token.start))
