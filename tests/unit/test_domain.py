"""What designers write in YAML keeps the house's promises, and a broken promise is noticed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
import yaml

from app.settings import PROJECT_ROOT
from tests.unit.domain_checks import CHECKS, House, language, read_house
from text.language import language_tag

HOUSE = read_house()
CONFIG: dict[str, Any] = yaml.safe_load((PROJECT_ROOT / "config.yml").read_text(encoding="utf-8"))
MEDIA = ("voice", "image", "video", "document", "location", "contact", "sticker", "unsupported")

STORIES: list[dict[str, Any]] = yaml.safe_load(
    (PROJECT_ROOT / "tests" / "test_stories.yml").read_text(encoding="utf-8")
)["stories"]
# Buttons of ours and what the worker names: nobody types these.
BUTTONS = ("ask_categories", "ask_cheaper", "confirm_detail", "deny_detail")
NOT_TYPED = {*BUTTONS, "nlu_fallback", *(f"send_{kind}" for kind in MEDIA)}
ANNOTATION = re.compile(r"\[([^\]]+)\](?:\(\w+\)|\{[^}]+\})")


def complaints(house: House) -> list[str]:
    return [complaint for check in CHECKS for complaint in check(house)]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_house_keeps_its_promises(check: Callable[[House], Any]) -> None:
    assert list(check(HOUSE)) == []


def wording(house: House, name: str, spoken: str) -> dict[str, Any]:
    found: dict[str, Any]
    [found] = [one for one in house.domain["responses"][name] if language(one) == spoken]
    return found


def say(name: str, spoken: str, text: str) -> Callable[[House], None]:
    return lambda house: wording(house, name, spoken).update(text=text)


@pytest.mark.parametrize(
    ("plant", "complaint"),
    [
        (lambda it: it.domain["responses"]["utter_thanks"].pop(), "utter_thanks: needs one wording"),
        (lambda it: it.domain["responses"]["utter_thanks"].reverse(), "utter_thanks: needs one wording"),
        (lambda it: it.domain["responses"]["utter_thanks"][1].pop("condition"), "utter_thanks: needs one"),
        (say("utter_thanks", "ar", "Thanks"), "utter_thanks: the Arabic wording has no Arabic letter"),
        (say("utter_thanks", "en", "شكرا"), "utter_thanks: Arabic letters in the English"),
        (
            say("utter_thanks", "en", "Thanks, {name}"),
            "utter_thanks: the wordings have different placeholders",
        ),
        (
            lambda it: wording(it, "utter_fallback", "en")["buttons"].pop(),
            "utter_fallback: the wordings have",
        ),
        (
            lambda it: wording(it, "utter_thanks", "en").update(channel="wazzup"),
            "utter_thanks: bound to a channel",
        ),
        (say("utter_goodbye", "en", "Bye! Chairs from AED 150."), "utter_goodbye: a number is typed in"),
        (
            say("utter_goodbye", "en", "Chairs from two hundred dirhams."),
            "utter_goodbye: an amount is typed in",
        ),
        (say("utter_goodbye", "ar", "عندنا كراسي بخمسمية درهم."), "utter_goodbye: an amount is typed in"),
        (say("utter_goodbye", "ar", "عندنا ٢٠ كرسي."), "utter_goodbye: a number is typed in"),
        (say("utter_goodbye", "en", "Delivery is free today."), "utter_goodbye: something given away"),
        (say("utter_goodbye", "ar", "التركيب ببلاش اليوم."), "utter_goodbye: something given away"),
        (say("utter_goodbye", "en", "Ten per cent off today."), "utter_goodbye: a percentage is typed in"),
        (say("utter_goodbye", "ar", "خصم عشرة بالمية."), "utter_goodbye: a percentage is typed in"),
        (say("utter_goodbye", "en", "Chairs from two hundred."), "utter_goodbye: the number 'two hundred'"),
        (say("utter_goodbye", "en", "Open again on 2 December."), "utter_goodbye: a number is typed in"),
        (
            lambda it: it.seller["facts"]["delivery"].update(en="Free delivery above 500 AED."),
            "facts.delivery: an amount is typed in",
        ),
        (say("utter_goodbye", "ar", "هل تريد شي ثاني؟"), "utter_goodbye: هل is Modern Standard"),
        (say("utter_goodbye", "ar", "وسوف نرد عليك."), "utter_goodbye: وسوف is Modern Standard"),
        (
            lambda it: it.seller["facts"]["hours"].update(ar="المعرض مفتوح الآن"),
            "facts.hours: الآن is Modern Standard",
        ),
        (say("utter_goodbye", "en", "Bye? Really?"), "utter_goodbye: asks more than one question"),
        (say("utter_prices", "en", "{product_lines}"), "utter_prices: shows product_lines and does not say"),
        (
            lambda it: wording(it, "utter_fallback", "en")["buttons"][0].update(
                title="Show me all the products"
            ),
            "is longer than 20 characters",
        ),
        (
            lambda it: wording(it, "utter_fallback", "en")["buttons"][0].update(payload="/ask_moon"),
            "utter_fallback: the button 'Show products' leads nowhere",
        ),
        (lambda it: it.domain["intents"].append("ask_moon"), "intent ask_moon has 0 ways at stage greeting"),
        (lambda it: it.rules.append(it.rules[0]), "has 2 rules instead of one"),
        (lambda it: it.domain["intents"].remove("greet"), "is for the unknown intent greet"),
        (lambda it: it.rules[0]["steps"][-1].update(action="utter_moon"), "does the unknown utter_moon"),
        (lambda it: it.seller["facts"].pop("vat"), "faq_vat has no fact in seller.yml"),
        (
            lambda it: it.seller["facts"].update(parking={"en": "Free.", "ar": "ببلاش."}),
            "nobody asks for the fact behind faq_parking",
        ),
        (lambda it: it.domain["actions"].append("action_moon"), "action_moon is in the domain and not in"),
        (lambda it: it.domain["actions"].remove("action_cancel"), "action_cancel is in actions/ and not"),
        (lambda it: it.domain["responses"].pop("utter_stock"), "utter_stock is said and not in the domain"),
        (
            lambda it: it.domain["responses"].pop("utter_part_given_up_size"),
            "utter_part_given_up_size is said and not in the domain",
        ),
        (
            lambda it: it.domain["responses"].update(utter_moon=it.domain["responses"]["utter_stock"]),
            "utter_moon is in the domain and nobody says it",
        ),
        (
            lambda it: it.domain["slots"]["category"].update(influence_conversation=True),
            "category influences the conversation",
        ),
        (
            lambda it: it.domain["slots"]["category"].update(mappings=[{"type": "from_entity"}]),
            "slot category is filled by Rasa itself",
        ),
    ],
)
def test_a_broken_promise_is_noticed(plant: Callable[[House], object], complaint: str) -> None:
    house = replace(
        HOUSE, domain=deepcopy(HOUSE.domain), rules=deepcopy(HOUSE.rules), seller=deepcopy(HOUSE.seller)
    )
    plant(house)
    assert [found for found in complaints(house) if complaint in found]


@pytest.mark.parametrize("kind", MEDIA)
def test_every_kind_of_media_is_answered(kind: str) -> None:
    assert f"send_{kind}" in HOUSE.domain["intents"]
    assert f"utter_{kind}_received" in HOUSE.domain["responses"]


@pytest.mark.parametrize("spoken", ["en", "ar"])
def test_greeting_names_the_seller(spoken: str) -> None:
    assert HOUSE.seller["name"][spoken] in wording(HOUSE, "utter_greet", spoken)["text"]


def test_sessions_never_expire_by_time() -> None:
    assert HOUSE.domain["session_config"] == {
        "session_expiration_time": 0,
        "carry_over_slots_to_new_session": True,
    }


def test_what_is_not_covered_ends_the_turn() -> None:
    (rules,) = [policy for policy in CONFIG["policies"] if policy["name"] == "RulePolicy"]
    assert rules["core_fallback_action_name"] == "action_default_fallback"
    assert CONFIG["assistant_id"] == "majlis"


def test_every_intent_is_tried_with_customers_words() -> None:
    tried = {step["intent"] for story in STORIES for step in story["steps"] if "intent" in step}
    assert set(HOUSE.domain["intents"]) - NOT_TYPED - tried == set()
    assert len(STORIES) >= 40


def test_stories_are_written_in_each_of_the_four_ways() -> None:
    ways = Counter(
        language_tag(ANNOTATION.sub(r"\1", step["user"]))
        for story in STORIES
        for step in story["steps"]
        if "user" in step
    )
    assert min(ways[way] for way in ("en", "ar", "arabizi", "mixed")) >= 8, ways
