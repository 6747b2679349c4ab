"""No wording of domain.yml and no fact of seller.yml breaks a rule by itself."""

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


def filled(text: str, language: str) -> str:
    """Placeholders with values that say nothing."""
    values = {"vat_percent": "5", "seller": getattr(SELLER.name, language), "product_lines": "1. X"}
    return re.sub(r"\{(\w+)\}", lambda place: values.get(place[1], "X"), text)


def test_no_wording_raises_an_alarm() -> None:
    alarms = {
        (name, language, found.rule, found.problem)
        for name, language, text in WORDINGS
        for found in violations(said(language, filled(text, language)))
    }

    assert alarms == set()
    assert len(WORDINGS) > 100


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("topic", sorted(SELLER.facts))
def test_no_fact_of_the_seller_raises_an_alarm(topic: str, language: str) -> None:
    fact = SELLER.fact(topic, "en" if language == "en" else "ar")

    assert violations(said(language, fact or "")) == []
