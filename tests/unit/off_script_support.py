"""A chat's briefing and a model's answers, for tests that ask no model."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from offscript.briefing import Briefing
from offscript.ports import ModelAnswer

BRIEFING = Briefing(
    message="under <AMOUNT_1> please",
    history=(),
    summary="",
    stage="selecting",
    language="en",
    categories=("chair", "desk"),
    colors=("black", "white"),
    materials=("mesh",),
    brands=("Nordika",),
    shown=({"option": 1, "sku": "EX-210"}, {"option": 3, "sku": "EX-230"}),
    chosen=({"sku": "DSK-1260", "quantity": 2},),
)
NOTHING_SAID: dict[str, Any] = {
    "decision": "intent",
    "intent": "search_products",
    "category": None,
    "color": [],
    "not_color": [],
    "material": [],
    "brand": None,
    "sku": None,
    "description": None,
    "quantity": None,
    "seats": None,
    "option": None,
    "min_price": None,
    "max_price": None,
}


def briefing(**changes: Any) -> Briefing:
    """A chat in which a list of three stands on the screen, its second line without a product."""
    return replace(BRIEFING, **changes)


def sorted_as(**said: Any) -> dict[str, Any]:
    """A triage's JSON: a search, but for what is given."""
    return NOTHING_SAID | said


def wrote(text: str | dict[str, Any]) -> ModelAnswer:
    """A model's answer."""
    written = text if isinstance(text, str) else json.dumps(text)
    return ModelAnswer(written, (), "made/first", "Sandbox", 100, 20, None, 300)
