"""What designers' YAML has to keep, as functions that say what is wrong; no line means all is well."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from actions.company_fact import TOPIC_PREFIX
from actions.turn import REGISTRY
from app.actions import import_actions
from app.settings import PROJECT_ROOT
from catalog.filters import SearchFilters, wished_conditions
from catalog.refinement import ORDER_OF_RELATION
from catalog.sides import SideLimit
from offscript.price_fence import Held, check_wording
from text.amounts import find_amounts
from text.fold import fold
from text.gulf_wording import modern_standard_word

import_actions()

ARABIC_LETTER = re.compile("[\u0621-\u064a]")
LETTER = re.compile(r"[^\W\d_]")
PLACEHOLDER = re.compile(r"{(\w+)}")
QUESTION = re.compile("[?؟]")
# What shows a price, and so has to say that VAT comes on top.
PRICED = {"product_lines", "product_line", "price", "basket_lines", "request_lines_told", "compared", "total"}
PART_PREFIX = "utter_part_"
# A search that wishes everything there is to wish: what may be given up for the nearest.
_WISHES = SearchFilters(
    quantity=1,
    min_price=Decimal(1),
    max_price=Decimal(2),
    colors=("red",),
    materials=("wood",),
    brands=("any",),
    size=(1,),
    max_size=(SideLimit("height", 2),),
    min_size=(SideLimit("height", 1),),
    seats=1,
)
GIVEN_UP = {*wished_conditions(_WISHES), "text"}
LANGUAGES = ("en", "ar")
# What stories go by: how far the sale is, and how far a form.
STAGE_SLOTS = {"stage", "quote_step", "need_step", "order_answer"}


@dataclass(frozen=True)
class House:
    """The documents that belong together."""

    domain: dict[str, Any]
    rules: list[dict[str, Any]]
    stories: list[dict[str, Any]]
    seller: dict[str, Any]
    # Source of the actions, which name responses.
    actions: str


def read_house(root: Path = PROJECT_ROOT) -> House:
    """The repository's own documents."""

    def document(path: Path) -> dict[str, Any]:
        read: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        return read

    return House(
        domain=document(root / "domain.yml"),
        rules=[
            rule
            for path in sorted((root / "data" / "rules").glob("*.yml"))
            for rule in document(path)["rules"]
        ],
        stories=[
            story
            for path in sorted((root / "data" / "stories").glob("*.yml"))
            for story in document(path)["stories"]
        ],
        seller=document(root / "data" / "seller.yml"),
        actions="\n".join(
            path.read_text(encoding="utf-8") for path in sorted((root / "actions").glob("*.py"))
        ),
    )


def variations(house: House) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every wording with the name of its response."""
    for name, wordings in house.domain["responses"].items():
        for wording in wordings:
            yield name, wording


def language(wording: dict[str, Any]) -> str:
    """The language a wording is for; "" when it is bound to none."""
    condition = wording.get("condition") or [{}]
    return str(condition[0].get("value", "")) if condition[0].get("name") == "reply_language" else ""


def texts(wording: dict[str, Any]) -> list[str]:
    """Everything a customer reads of a wording."""
    return [wording["text"], *(button["title"] for button in wording.get("buttons", ()))]


def facts(house: House) -> Iterator[tuple[str, str, str]]:
    """Topic, language and words of each fact."""
    for topic, fact in house.seller["facts"].items():
        for spoken, words in fact.items():
            yield f"facts.{topic}", spoken, words


def missing_languages(house: House) -> Iterator[str]:
    """One wording a language: with more, Rasa picks at random and tests cannot tell what is said."""
    for name, wordings in house.domain["responses"].items():
        if tuple(language(wording) for wording in wordings) != LANGUAGES:
            yield f"{name}: needs one wording for en and one for ar, in this order"
            continue
        english, arabic = wordings
        if any(ARABIC_LETTER.search(text) for text in texts(english)):
            yield f"{name}: Arabic letters in the English wording"
        if not all(ARABIC_LETTER.search(text) for text in texts(arabic) if _has_words(text)):
            yield f"{name}: the Arabic wording has no Arabic letter"
        if set(PLACEHOLDER.findall(english["text"])) != set(PLACEHOLDER.findall(arabic["text"])):
            yield f"{name}: the wordings have different placeholders"
        payloads = [[button["payload"] for button in one.get("buttons", ())] for one in wordings]
        if payloads[0] != payloads[1]:
            yield f"{name}: the wordings have different buttons"


def channel_bound(house: House) -> Iterator[str]:
    """A variation with a channel and no condition would hide the Arabic wording."""
    yield from (f"{name}: bound to a channel" for name, wording in variations(house) if "channel" in wording)


def typed_numbers(house: House) -> Iterator[str]:
    """Prices, stock and dates come from the catalog: no digit of any script stands in a response."""
    for name, wording in variations(house):
        for text in texts(wording):
            words = PLACEHOLDER.sub("", text)
            if any(character.isdigit() for character in words):
                yield f"{name}: a number is typed in"
            verdict = check_wording(text)
            if isinstance(verdict, Held):
                yield f"{name}: {verdict.why} is typed in; prices come from the catalog"
    for name, _, words in facts(house):
        if any(amount.currency for amount in find_amounts(fold(words))):
            yield f"{name}: an amount is typed in; prices come from the catalog"


def modern_standard(house: House) -> Iterator[str]:
    """Customers in the Gulf are answered in their own Arabic."""
    arabic = [
        *((name, text) for name, one in variations(house) if language(one) == "ar" for text in texts(one)),
        *((name, words) for name, spoken, words in facts(house) if spoken == "ar"),
        *(("apology", words) for spoken, words in house.seller["apology"].items() if spoken == "ar"),
    ]
    for name, text in arabic:
        found = modern_standard_word(text)
        if found:
            yield f"{name}: {found} is Modern Standard"


def too_many_questions(house: House) -> Iterator[str]:
    """One question at a time."""
    yield from (
        f"{name}: asks more than one question"
        for name, wording in variations(house)
        if len(QUESTION.findall(wording["text"])) > 1
    )


def prices_without_vat(house: House) -> Iterator[str]:
    """A shown price says that it excludes VAT."""
    for name, wording in variations(house):
        priced = PRICED & set(PLACEHOLDER.findall(wording["text"]))
        said = ("VAT",) if language(wording) == "en" else ("الضريبة", "ضريبة")
        if priced and not name.startswith(PART_PREFIX) and not any(word in wording["text"] for word in said):
            yield f"{name}: shows {', '.join(sorted(priced))} and does not say that VAT comes on top"


def bad_buttons(house: House) -> Iterator[str]:
    """Buttons fit WhatsApp (at most 3, of at most 20 characters) and lead to a rule or a story."""
    told = [*house.rules, *house.stories]
    ruled = {step["intent"] for one in told for step in one["steps"] if "intent" in step}
    for name, wording in variations(house):
        buttons = wording.get("buttons", [])
        if len(buttons) > 3:
            yield f"{name}: more than 3 buttons"
        for button in buttons:
            if len(button["title"]) > 20:
                yield f"{name}: the button {button['title']!r} is longer than 20 characters"
            if not button["payload"].startswith("/") or button["payload"][1:] not in ruled:
                yield f"{name}: the button {button['title']!r} leads nowhere"


def intents_without_rule(house: House) -> Iterator[str]:
    """Every intent is answered at any time: by one rule, or at each stage by a rule or by stories."""
    ruled = _ruled_intents(house)
    for intent in house.domain["intents"]:
        if ruled.count(intent) == 1:
            continue
        if ruled.count(intent) > 1:
            yield f"intent {intent} has {ruled.count(intent)} rules instead of one"
            continue
        at_stages = [stage for stage, said in _staged_intents(_answers(house)) if said == intent]
        in_stories = {stage for stage, said in _staged_intents(house.stories) if said == intent}
        for stage in house.domain["slots"]["stage"]["values"]:
            ways = at_stages.count(stage) + (stage in in_stories)
            # A sale passes through closing within one turn.
            if stage != "closing" and ways != 1:
                yield f"intent {intent} has {ways} ways at stage {stage} instead of one"


def rules_without_intent(house: House) -> Iterator[str]:
    """A rule starts with an intent of the domain and ends with what the domain can do or say."""
    able = {*house.domain["actions"], *house.domain["responses"], *house.domain["forms"]}
    able.add("action_deactivate_loop")
    for rule in house.rules:
        for step in rule["steps"]:
            if "intent" in step and step["intent"] not in house.domain["intents"]:
                yield f"rule {rule['rule']!r} is for the unknown intent {step['intent']}"
            if "action" in step and step["action"] not in able:
                yield f"rule {rule['rule']!r} does the unknown {step['action']}"


def questions_without_fact(house: House) -> Iterator[str]:
    """Each faq_<topic> has a fact, and each fact an intent."""
    asked = {intent for intent in house.domain["intents"] if intent.startswith(TOPIC_PREFIX)}
    known = {f"{TOPIC_PREFIX}{topic}" for topic in house.seller["facts"]}
    yield from (f"{intent} has no fact in seller.yml" for intent in sorted(asked - known))
    yield from (f"nobody asks for the fact behind {intent}" for intent in sorted(known - asked))


def actions_without_code(house: House) -> Iterator[str]:
    """The domain's actions are those that Python registers."""
    named = set(house.domain["actions"])
    yield from (f"{name} is in the domain and not in actions/" for name in sorted(named - set(REGISTRY)))
    yield from (f"{name} is in actions/ and not in the domain" for name in sorted(set(REGISTRY) - named))


def responses_nobody_says(house: House) -> Iterator[str]:
    """What actions and rules say is in the domain, and the domain holds nothing else."""
    said = set(re.findall(r'"(utter_\w+)"', house.actions))
    said |= {step["action"] for rule in house.rules for step in rule["steps"] if "action" in step}
    said = {name for name in said if name.startswith("utter_")}
    # Rasa asks for the slots of a form by their names.
    for form, one in house.domain["forms"].items():
        asked = {f"ask_{form}_{slot}" for slot in one["required_slots"]}
        said |= {f"utter_{name}" for name in asked if f"action_{name}" not in house.domain["actions"]}
    said |= {f"utter_none_{relation}" for relation in ORDER_OF_RELATION}
    said |= {f"utter_part_given_up_{name}" for name in GIVEN_UP}
    # Rasa says it itself when no rule fits at all.
    said.add("utter_default")
    known = set(house.domain["responses"])
    yield from (f"{name} is said and not in the domain" for name in sorted(said - known))
    yield from (f"{name} is in the domain and nobody says it" for name in sorted(known - said))


def facts_that_decide(house: House) -> Iterator[str]:
    """Intents and stages decide what happens next; entities and facts do not."""
    settings = [
        *house.domain["slots"].items(),
        *(item for entity in house.domain["entities"] for item in entity.items()),
    ]
    yield from (
        f"{name} influences the conversation"
        for name, one in settings
        if one["influence_conversation"] and name not in STAGE_SLOTS
    )


def slots_filled_by_rasa(house: House) -> Iterator[str]:
    """Only actions set slots: what Rasa fills by itself, no refinement has looked at."""
    for name, slot in house.domain["slots"].items():
        if slot["mappings"] != [{"type": "custom"}]:
            yield f"slot {name} is filled by Rasa itself"


CHECKS: tuple[Callable[[House], Iterator[str]], ...] = (
    missing_languages,
    channel_bound,
    typed_numbers,
    modern_standard,
    too_many_questions,
    prices_without_vat,
    bad_buttons,
    intents_without_rule,
    rules_without_intent,
    questions_without_fact,
    actions_without_code,
    responses_nobody_says,
    facts_that_decide,
    slots_filled_by_rasa,
)


def _has_words(text: str) -> bool:
    return bool(LETTER.search(PLACEHOLDER.sub("", text)))


def _answers(house: House) -> list[dict[str, Any]]:
    """The rules that answer; one that goes on into a form by what its action set is no answer of its own."""
    return [rule for rule in house.rules if not any("active_loop" in step for step in rule["steps"])]


def _ruled_intents(house: House) -> list[str]:
    """The intent of each rule that holds whatever the stage or the form is."""
    return [
        step["intent"]
        for rule in _answers(house)
        if "condition" not in rule
        for step in rule["steps"]
        if "intent" in step
    ]


def _staged_intents(told: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Stage and intent of each rule or story that begins with both."""
    found = []
    for one in told:
        steps = [*one.get("condition", ()), *one["steps"]]
        facts = [fact for step in steps if "slot_was_set" in step for fact in step["slot_was_set"]]
        intents = [step["intent"] for step in steps if "intent" in step]
        stages = [fact["stage"] for fact in facts if "stage" in fact]
        if stages and intents:
            found.append((stages[0], intents[0]))
    return found
