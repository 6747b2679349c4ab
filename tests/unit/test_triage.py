"""A triage's JSON is checked against the lists the model was given (offscript.triage)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from app.settings import PROJECT_ROOT
from offscript.intents import TRIAGE_INTENTS
from offscript.ports import ModelUnavailable, Reason
from offscript.prompt_files import read_prompt
from offscript.triage import Decision, Triage, read_reply
from tests.integration.action_support import domain
from tests.unit.off_script_support import NOTHING_SAID, briefing, sorted_as, wrote

AMOUNTS = {"<AMOUNT_1>": "500", "<AMOUNT_2>": "900"}


def read(**said: Any) -> Triage:
    return read_reply(wrote(sorted_as(**said)), briefing(), AMOUNTS)


def entities(**said: Any) -> dict[str, Any]:
    """Entities by name; a list for a name that comes twice."""
    found: dict[str, Any] = {}
    for entity in read(**said).entities:
        name, value = entity["entity"], entity["value"]
        found[name] = [*found[name], value] if name in found else [value]
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def test_what_stands_on_the_lists_gets_through() -> None:
    assert entities(
        category="chair",
        color=["black", "white"],
        not_color=["white"],
        material=["mesh"],
        brand="Nordika",
        sku="EX-210",
        description=" for back pain ",
        quantity=12,
        seats=4,
    ) == {
        "category": "chair",
        "color": ["black", "white"],
        "not_color": "white",
        "material": "mesh",
        "brand": "Nordika",
        "sku": "EX-210",
        "query": "for back pain",
        "quantity": 12,
        "seats": 4,
    }


@pytest.mark.parametrize(
    "said",
    [
        {"category": "spaceship"},
        {"category": "Chair"},
        {"color": ["golden"]},
        {"not_color": ["golden"]},
        {"material": ["unobtainium"]},
        {"brand": "Others"},
        {"sku": "EX-999"},
        {"description": "  "},
        {"quantity": 0},
        {"quantity": -3},
        {"quantity": 100_001},
        {"seats": 0},
        {"option": 0},
        {"option": 2},
        {"option": 4},
        {"option": -2},
        {"max_price": "500"},
        {"max_price": "<AMOUNT_9>"},
        {"max_price": "AMOUNT_1"},
        {"max_price": "<AMOUNT_1> "},
        {"max_price": "500 AED"},
        {"min_price": "<PHONE_1>"},
        {"min_price": ""},
    ],
    ids=str,
)
def test_what_does_not_is_left_out_and_the_rest_stays(said: Mapping[str, Any]) -> None:
    assert entities(**{"brand": "Nordika", **said}) == ({} if "brand" in said else {"brand": "Nordika"})


def test_a_limit_is_the_amount_behind_a_token_of_this_message() -> None:
    assert entities(min_price="<AMOUNT_1>", max_price="<AMOUNT_2>") == {
        "min_price": "500",
        "max_price": "900",
    }


def test_an_amount_that_is_not_in_dirhams_is_no_limit() -> None:
    # Whoever reads the message gives the tokens in dirhams only.
    triage = read_reply(wrote(sorted_as(max_price="<AMOUNT_1>")), briefing(), {})
    assert triage.entities == ()


@pytest.mark.parametrize("option", [1, 3, -1])
def test_an_option_is_a_place_with_a_product_or_the_last(option: int) -> None:
    assert entities(option=option) == {"option": option}


def test_a_product_of_the_basket_may_be_named_too() -> None:
    assert entities(sku="DSK-1260") == {"sku": "DSK-1260"}


def test_a_description_is_not_endless() -> None:
    assert len(entities(description="soft " * 200)["query"]) == 120


@pytest.mark.parametrize("decision", ["answer", "human", "spam"])
def test_without_an_intent_nothing_is_named(decision: str) -> None:
    triage = read(decision=decision, intent="opt_out", category="chair")
    assert (triage.decision, triage.intent, triage.entities) == (Decision(decision), None, ())


@pytest.mark.parametrize(
    "intent", ["confirm_order", "opt_in", "nlu_fallback", "confirm_detail", "drop tables", "", None]
)
def test_an_intent_that_is_not_on_the_list_is_no_answer(intent: str | None) -> None:
    with pytest.raises(ModelUnavailable) as refused:
        read(intent=intent)
    assert refused.value.reason is Reason.UNUSABLE


WITHOUT_COLOR = {name: value for name, value in NOTHING_SAID.items() if name != "color"}


@pytest.mark.parametrize(
    "written",
    [
        "",
        "null",
        "[]",
        "search_products",
        '"intent"',
        "{}",
        json.dumps(NOTHING_SAID)[:-1],
        json.dumps(NOTHING_SAID) + " That is all.",
        "```json\n" + json.dumps(NOTHING_SAID) + "\n```",
        json.dumps([NOTHING_SAID]),
        json.dumps(WITHOUT_COLOR),
        json.dumps(sorted_as(stage="closing")),
        json.dumps(sorted_as(decision="discount")),
        json.dumps(sorted_as(decision=None)),
        json.dumps(sorted_as(intent=["search_products"])),
        json.dumps(sorted_as(color="black")),
        json.dumps(sorted_as(color=[7])),
        json.dumps(sorted_as(quantity="12")),
        json.dumps(sorted_as(quantity=1.5)),
        json.dumps(sorted_as(quantity=True)),
        json.dumps(sorted_as(max_price=500)),
        json.dumps(sorted_as(quantity=float("nan"))),
    ],
)
def test_what_is_not_of_the_asked_form_is_no_answer(written: str) -> None:
    with pytest.raises(ModelUnavailable) as refused:
        read_reply(wrote(written), briefing(), AMOUNTS)
    assert refused.value.reason is Reason.UNUSABLE


def test_the_reason_names_places_and_none_of_the_words() -> None:
    with pytest.raises(ModelUnavailable) as refused:
        read(quantity="call Khalid", secret_note="0501234567")
    assert "quantity" in refused.value.detail
    assert "Khalid" not in refused.value.detail
    assert "0501234567" not in refused.value.detail


def test_a_reading_carries_the_version_of_its_prompt() -> None:
    assert read().prompt_version == read_prompt("triage").version
    assert read(decision="answer").prompt_version == read_prompt("triage").version


def test_the_intents_are_those_of_the_domain_and_none_of_those_that_only_customers_say() -> None:
    known = {name if isinstance(name, str) else next(iter(name)) for name in domain()["intents"]}
    assert set(TRIAGE_INTENTS) <= known
    assert not {"confirm_order", "opt_in", "confirm_detail", "deny_detail"} & set(TRIAGE_INTENTS)


def test_entities_are_those_of_the_domain() -> None:
    known = {name if isinstance(name, str) else next(iter(name)) for name in domain()["entities"]}
    said = entities(
        category="chair",
        color=["black"],
        not_color=["white"],
        material=["mesh"],
        brand="Nordika",
        sku="EX-210",
        description="soft",
        quantity=1,
        seats=1,
        option=1,
        min_price="<AMOUNT_1>",
        max_price="<AMOUNT_1>",
    )
    assert len(said) == 12
    assert set(said) <= known, f"see {PROJECT_ROOT / 'domain.yml'}"
