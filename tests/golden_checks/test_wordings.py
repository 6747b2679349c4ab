"""No wording of domain.yml and no fact of seller.yml breaks a rule, alone or in a chat with a quote."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
import yaml

from app.seller import load_seller
from app.settings import PROJECT_ROOT
from quality.checks import violations
from quality.observed import Reply
from quality.transcript import SpokenTurn, Transcript
from tests.golden_checks.chats import clean_chats

SELLER = load_seller()
CHAT = clean_chats()[0]
QUOTED = next(chat for chat in clean_chats() if chat.name == "en, a whole sale")
# What asks for a detail that a quote needs.
ASKED_FOR = {
    topic: {f"utter_ask_quote_form_{topic}", f"utter_remind_{topic}"}
    for topic in ("company", "contact_name", "email")
}
CUSTOMER = {"en": "I need black chairs please", "ar": "ابي كراسي سودا"}
DOMAIN: dict[str, Any] = yaml.safe_load((PROJECT_ROOT / "domain.yml").read_text(encoding="utf-8"))
WORDINGS = [
    (name, wording["condition"][0]["value"], wording["text"])
    for name, wordings in DOMAIN["responses"].items()
    for wording in wordings
]


def said(language: str, text: str) -> Transcript:
    """A chat in which this is the only reply."""
    turn = SpokenTurn((CUSTOMER[language],), (Reply(text),))
    return replace(CHAT, turns=(turn,), sent=(), wrote_at=())


def after_a_quote(language: str, text: str) -> Transcript:
    """A chat with a quote, whose company, name and address the customer told, and this reply in the end."""
    quote = QUOTED.quotes[0]
    told = SpokenTurn((", ".join(QUOTED.facts.values()), CUSTOMER[language]), ())
    last = SpokenTurn(("ok" if language == "en" else "تمام",), (Reply(text),))
    assert QUOTED.facts.keys() == ASKED_FOR.keys()
    return replace(QUOTED, turns=(told, last), sent=(), wrote_at=(), quotes=(quote,))


def filled(text: str, language: str, **more: str) -> str:
    """Placeholders with values that say nothing."""
    values = {"vat_percent": "5", "seller": getattr(SELLER.name, language), "product_lines": "1. X", **more}
    return re.sub(r"\{(\w+)\}", lambda place: values.get(place[1], "X"), text)


def test_no_wording_raises_an_alarm() -> None:
    alarms = {
        (name, language, found.rule, found.problem)
        for name, language, text in WORDINGS
        for found in violations(said(language, filled(text, language)))
    }

    assert alarms == set()
    assert len(WORDINGS) > 100


def test_in_a_chat_with_a_quote_only_what_asks_for_a_known_detail_raises_one() -> None:
    quote = QUOTED.quotes[0]
    row = quote.lines[0]
    product = f"{row.name_en} ({row.sku}) – AED {row.rate}"
    values = {
        "number": quote.number, "total": f"AED {quote.totals.total}", "lines": f"1. 5 × {row.name_en}",
        "product_lines": f"1. {product}", "basket_lines": f"1. {product}, quantity 5",
    }  # fmt: skip
    alarms = {
        (found.rule, name, language)
        for name, language, text in WORDINGS
        for found in violations(after_a_quote(language, filled(text, language, **values)))
        # The products have their English names in Arabic wordings here.
        if found.rule != 2
    }

    assert alarms == {
        (6, name, language) for names in ASKED_FOR.values() for name in names for language in ("en", "ar")
    }


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("topic", sorted(SELLER.facts))
def test_no_fact_of_the_seller_raises_an_alarm(topic: str, language: str) -> None:
    fact = SELLER.fact(topic, "en" if language == "en" else "ar")

    assert violations(said(language, fact or "")) == []
