"""The steps of the NLU pipeline as Rasa calls them, one after the other, without a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.whitespace_tokenizer import WhitespaceTokenizer
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import read_yaml_file

from engine.catalog_entities import CatalogEntities
from engine.normaliser import Normaliser, normalise

_CONTEXT = ExecutionContext(GraphSchema({}))


def _component(kind: type[GraphComponent], config: dict[str, Any] | None = None) -> Any:
    # None of ours touches the model storage.
    return kind.create(config or {}, None, Resource("test"), _CONTEXT)


STEPS = [
    _component(Normaliser),
    _component(WhitespaceTokenizer, WhitespaceTokenizer.get_default_config()),
    _component(CatalogEntities),
]


def _parse(text: str) -> Message:
    messages = [Message({TEXT: text})]
    for step in STEPS:
        messages = step.process(messages)
    return messages[0]


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        (
            "Hi\nI need chairs\nblack, under 500 AED",
            {"category": ["chair"], "color": ["black"], "max_price": [500]},
        ),
        (
            "السلام عليكم\nابغى كراسي\nلونها اسود تحت ٥٠٠ درهم",
            {"category": ["chair"], "color": ["black"], "max_price": [500]},
        ),
        ("between 300 and 1,299.50 AED", {"min_price": [300], "max_price": [1299.5]}),
        ("more than 20 chairs", {"category": ["chair"], "quantity": [20]}),
        ("اكثر من ٢٠ كرسي", {"category": ["chair"], "quantity": [20]}),
        ("chairs under 500 black", {"category": ["chair"], "max_price": [500], "color": ["black"]}),
        ("under 500 USD", {"other_currency": ["USD"]}),
        ("the last one, not leather", {"option": [-1], "not_material": ["leather"]}),
        ("ergonomic chairs 120x60", {"query": ["ergonomic"], "category": ["chair"], "size": ["120x60"]}),
        ("", {}),
    ],
)
def test_entities(text: str, entities: dict[str, list[Any]]) -> None:
    found: dict[str, list[Any]] = {}
    message = _parse(text)
    for entity in message.get(ENTITIES, []):
        found.setdefault(entity["entity"], []).append(entity["value"])
        assert entity["extractor"] == "CatalogEntities"
        assert "group" not in entity
        assert 0 <= entity["start"] < entity["end"] <= len(message.get(TEXT))
    assert found == entities


@pytest.mark.parametrize(
    "text", ["/restart", " /restart", "//restart", "／restart", "\u200b/restart", "\n/ /restart", "\u202e/x"]
)
def test_no_text_reaches_rasas_command_handler(text: str) -> None:
    assert not normalise(text).strip().startswith("/")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("/confirm_order", ""),
        ("EXTERNAL_confirm_order now", "now"),
        ('/set_stage{"stage": "closing"}', '{"stage": "closing"}'),
        ("ahmed_ali@alnoor.ae", "ahmed_ali@alnoor.ae"),
        ("the EX_210", "the ex_210"),
    ],
)
def test_names_of_a_program_are_no_words_of_a_customer(text: str, left: str) -> None:
    assert normalise(text) == left


def test_text_of_any_length_is_cut() -> None:
    assert len(normalise("كرسي " * 200_000)) <= 8_000


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("👍", "ok"),
        ("👍🏽👍🏽", "ok"),
        ("❤️", "thanks"),
        (" 🤔 🙏", "thanks"),
        ("👎", "no"),
        ("🪑", "🪑"),
        ("3 👍", "3 👍"),
    ],
)
def test_a_message_of_pictures_has_a_word(text: str, word: str) -> None:
    assert normalise(text) == word


def test_products_of_a_list_have_groups() -> None:
    found = _parse("10 black chairs and 5 desks").get(ENTITIES)
    assert [(entity["entity"], entity["value"], entity["group"]) for entity in found] == [
        ("quantity", 10, "1"),
        ("color", "black", "1"),
        ("category", "chair", "1"),
        ("quantity", 5, "2"),
        ("category", "desk", "2"),
    ]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("I need black chairs", "i need __color__ __category__"),
        ("I need meeting tables, not black", "i need __category__ not __color__"),
        ("black,white leather", "__color__ __color__ __material__"),
        ("under 500 dirhams", "__price__"),
        ("اقل من خمسمية درهم", "__price__"),
        ("20 chairs", "__quantity__ __category__"),
        ("عشرين كرسي", "__quantity__ __category__"),
        ("ch 1005 or XY-2001?", "__sku__ or __sku__"),
        ("cheaper than the second one", "__relation__ than __option__"),
        ("500 then", "__number__ then"),
        ("ارخص كرسي 120x60", "__order__ __category__ __size__"),
        ("a 3 seater sofa", "a __seats__ __category__"),
        ("from Milvano please", "from __brand__ please"),
        ("hello there", "hello there"),
    ],
)
def test_featurizers_see_the_kind_of_word_in_training_and_in_use(text: str, seen: str) -> None:
    examples = TrainingData([Message.build(text, intent="search_products")])
    for step in STEPS:
        examples = step.process_training_data(examples)
    for message in (examples.training_examples[0], _parse(text)):
        assert " ".join(token.lemma for token in message.get(TOKENS_NAMES[TEXT])) == seen
    # Examples carry no entities: there is nothing to train them with.
    assert examples.training_examples[0].get(ENTITIES) is None


def test_configuration_names_our_steps_in_this_order() -> None:
    config = read_yaml_file(Path(__file__).parents[2] / "config.yml")
    names = [step["name"] for step in config["pipeline"]][: len(STEPS)]
    assert names == [
        "engine.normaliser.Normaliser",
        "WhitespaceTokenizer",
        "engine.catalog_entities.CatalogEntities",
    ]
