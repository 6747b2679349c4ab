"""What designers write in YAML keeps the house's promises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOMAIN: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
CONFIG: dict[str, Any] = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
SELLER: dict[str, Any] = yaml.safe_load((ROOT / "data" / "seller.yml").read_text(encoding="utf-8"))
ARABIC_LETTER = re.compile("[\u0621-\u064a]")
# Words of Modern Standard Arabic that nobody in the Gulf writes to a customer.
MODERN_STANDARD = re.compile(
    r"(?<!\w)[وف]?(?:سوف|ماذا|لماذا|هل|يرجى|نرجو|الرجاء|عزيزي|عزيزتي|لدينا|ليس|ليست|الآن|أيضا|أيضاً|نود|يسعدنا"
    r"|بإمكانك|بإمكانكم|تريد|تريدون|أين|كيف يمكنني|نحن هنا لخدمتكم|سنقوم|قم ب|لقد|إن كنت|الذي|التي)(?!\w)"
)
MONEY = re.compile(r"\d[\d.,]*\s*(?:aed|dhs?|dirhams?|درهم|دراهم|د\.إ)|(?:aed|dhs?|درهم)\s*\d", re.IGNORECASE)
MEDIA = ("voice", "image", "video", "document", "location", "contact", "sticker", "unsupported")


def _variations() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, variations in DOMAIN["responses"].items():
        for variation in variations:
            yield name, variation


def _language(variation: dict[str, Any]) -> str:
    (condition,) = variation["condition"]
    assert (condition["type"], condition["name"]) == ("slot", "reply_language")
    return str(condition["value"])


def _texts(variation: dict[str, Any]) -> list[str]:
    return [variation["text"], *(button["title"] for button in variation.get("buttons", ()))]


@pytest.mark.parametrize("name", DOMAIN["responses"])
def test_response_has_both_languages(name: str) -> None:
    variations = DOMAIN["responses"][name]
    # One wording a language: with more, Rasa picks at random and tests cannot tell what is said.
    assert [_language(variation) for variation in variations] == ["en", "ar"]
    english, arabic = variations
    assert not any(ARABIC_LETTER.search(text) for text in _texts(english))
    assert all(ARABIC_LETTER.search(text) for text in _texts(arabic))
    placeholders = [set(re.findall(r"{(\w+)}", variation["text"])) for variation in variations]
    assert placeholders[0] == placeholders[1]
    payloads = [[button["payload"] for button in variation.get("buttons", ())] for variation in variations]
    assert payloads[0] == payloads[1]


def test_no_variation_is_bound_to_a_channel() -> None:
    # A variation with a channel and no condition would hide the Arabic wording.
    assert [name for name, variation in _variations() if "channel" in variation] == []


def test_no_price_is_typed_in() -> None:
    assert [
        name for name, variation in _variations() for text in _texts(variation) if MONEY.search(text)
    ] == []


def test_arabic_is_of_the_gulf() -> None:
    found = {
        name: match.group()
        for name, variation in _variations()
        if _language(variation) == "ar"
        for text in _texts(variation)
        if (match := MODERN_STANDARD.search(text))
    }
    assert found == {}


def test_one_question_at_a_time() -> None:
    asked = {name: len(re.findall("[?؟]", variation["text"])) for name, variation in _variations()}
    assert {name: count for name, count in asked.items() if count > 1} == {}


def test_buttons_fit_whatsapp_and_lead_somewhere() -> None:
    ruled = {
        step["intent"]
        for path in sorted((ROOT / "data" / "rules").glob("*.yml"))
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
        for step in rule["steps"]
        if "intent" in step
    }
    for name, variation in _variations():
        buttons = variation.get("buttons", [])
        assert len(buttons) <= 3, name
        for button in buttons:
            assert len(button["title"]) <= 20, (name, button["title"])
            assert button["payload"].removeprefix("/") in ruled, (name, button["payload"])
            assert button["payload"].startswith("/"), (name, button["payload"])


@pytest.mark.parametrize("kind", MEDIA)
def test_every_kind_of_media_is_answered(kind: str) -> None:
    assert f"send_{kind}" in DOMAIN["intents"]
    assert f"utter_{kind}_received" in DOMAIN["responses"]


def test_greeting_names_the_seller() -> None:
    for variation in DOMAIN["responses"]["utter_greet"]:
        assert SELLER["name"][_language(variation)] in variation["text"]


def test_list_says_that_prices_exclude_vat() -> None:
    english, arabic = DOMAIN["responses"]["utter_products"]
    assert "exclude VAT" in english["text"]
    assert "ما تشمل الضريبة" in arabic["text"]


def test_facts_do_not_decide_what_happens_next() -> None:
    settings = [*DOMAIN["slots"].items(), *(item for entity in DOMAIN["entities"] for item in entity.items())]
    assert [name for name, setting in settings if setting["influence_conversation"]] == []


def test_sessions_never_expire_by_time() -> None:
    assert DOMAIN["session_config"] == {
        "session_expiration_time": 0,
        "carry_over_slots_to_new_session": True,
    }


def test_what_is_not_covered_ends_the_turn() -> None:
    (rules,) = [policy for policy in CONFIG["policies"] if policy["name"] == "RulePolicy"]
    assert rules["core_fallback_action_name"] == "action_default_fallback"
    assert CONFIG["assistant_id"] == "majlis"


def _examples(intent: str) -> list[str]:
    examples = []
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            if block["intent"] != intent:
                continue
            if isinstance(block["examples"], str):
                examples += [line.removeprefix("- ").strip() for line in block["examples"].splitlines()]
            else:
                examples += [example["text"].strip() for example in block["examples"]]
    return examples


@pytest.mark.parametrize(
    "intent", ["greet", "thanks", "goodbye", "search_products", "ask_person", "out_of_scope"]
)
def test_intent_has_examples_in_every_way_of_writing(intent: str) -> None:
    examples = _examples(intent)
    arabic = [text for text in examples if ARABIC_LETTER.search(text) and not re.search("[a-zA-Z]", text)]
    latin = [text for text in examples if not ARABIC_LETTER.search(text)]
    mixed = [text for text in examples if ARABIC_LETTER.search(text) and re.search("[a-zA-Z]", text)]
    assert len(arabic) >= 20
    # English and Arabizi share the letters; together with mixed lines there are at least 20 and 10.
    assert len(latin) + len(mixed) >= 30
    assert len(examples) == len(set(examples))
