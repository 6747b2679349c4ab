"""NLU step that finds price limits in AED in a message."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
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

from text.amounts import PriceBound, find_price_bounds

_ENTITY_OF_ROLE = {"minimum": "min_price", "maximum": "max_price"}
_CATEGORY_ENTITY = "category"


def _json_number(bound: PriceBound) -> int | float:
    """A price as JSON carries it; two decimals survive a float unchanged at this size."""
    return int(bound.value) if bound.value == bound.value.to_integral_value() else float(bound.value)


def _counts_products(folded: str, bound: PriceBound, entities: list[dict[str, Any]]) -> bool:
    """Whether a product word follows the number at once: "more than 20 chairs" is a quantity."""
    return any(
        entity[ENTITY_ATTRIBUTE_TYPE] == _CATEGORY_ENTITY
        and folded[bound.end : entity[ENTITY_ATTRIBUTE_START]] == " "
        for entity in entities
    )


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=False)
class Amounts(GraphComponent, EntityExtractorMixin):
    """Adds `min_price` and `max_price` entities; stands behind `CatalogEntities` in the pipeline."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Amounts:
        """Build the component; it has no settings and keeps nothing in the model."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the price limits of each message to the entities found before."""
        for message in messages:
            folded = message.get(TEXT) or ""
            known = message.get(ENTITIES, [])
            entities: list[dict[str, Any]] = [
                {
                    ENTITY_ATTRIBUTE_TYPE: _ENTITY_OF_ROLE[bound.role],
                    ENTITY_ATTRIBUTE_VALUE: _json_number(bound),
                    ENTITY_ATTRIBUTE_START: bound.start,
                    ENTITY_ATTRIBUTE_END: bound.end,
                }
                for bound in find_price_bounds(folded)
                if not _counts_products(folded, bound, known)
            ]
            message.set(ENTITIES, known + self.add_extractor_name(entities), add_to_output=True)
        return messages
