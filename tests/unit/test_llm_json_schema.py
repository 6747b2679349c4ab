"""Our check of a model's JSON: what fits, what does not, and what it refuses to pass over."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field

from connectors.llm.json_schema import misfit


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid")
    colour: Colour | None
    pieces: int = Field(ge=1, le=500)


class Wish(BaseModel):
    model_config = ConfigDict(extra="forbid")
    lines: list[Line] = Field(min_length=1, max_length=3)
    note: str = Field(max_length=5, pattern="^[a-z]*$")
    width: float | None


WISH = Wish.model_json_schema()
GOOD: dict[str, Any] = {"lines": [{"colour": "red", "pieces": 2}], "note": "soft", "width": 1.5}


def test_what_pydantic_accepts_fits() -> None:
    for changes in (
        {},
        {"width": None},
        {"width": 2},
        {"note": ""},
        {"lines": [{"colour": None, "pieces": 500}] * 3},
    ):
        assert misfit(GOOD | changes, WISH) is None
        Wish.model_validate(GOOD | changes)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"lines": []}, "$.lines: minItems"),
        ({"lines": GOOD["lines"] * 4}, "$.lines: maxItems"),
        ({"lines": {}}, "$.lines: type"),
        ({"lines": [{"colour": "green", "pieces": 2}]}, "$.lines[0].colour: anyOf"),
        ({"lines": [{"colour": "red", "pieces": 0}]}, "$.lines[0].pieces: minimum"),
        ({"lines": [{"colour": "red", "pieces": 501}]}, "$.lines[0].pieces: maximum"),
        ({"lines": [{"colour": "red", "pieces": True}]}, "$.lines[0].pieces: type"),
        ({"lines": [{"colour": "red", "pieces": 1.5}]}, "$.lines[0].pieces: type"),
        ({"lines": [{"colour": "red"}]}, "$.lines[0]: required"),
        ({"note": "softer"}, "$.note: maxLength"),
        ({"note": "SOFT"}, "$.note: pattern"),
        ({"note": None}, "$.note: type"),
        ({"price": 5}, "$: additionalProperties"),
    ],
)
def test_a_misfit_is_named_by_its_place(changes: dict[str, Any], expected: str) -> None:
    assert misfit(GOOD | changes, WISH) == expected


def test_other_keywords_are_checked_too() -> None:
    assert misfit(True, {"const": 1}) == "$: const"
    assert misfit("b", {"enum": ["a"]}) == "$: enum"
    assert misfit("", {"type": "string", "minLength": 1}) == "$: minLength"
    assert misfit({"a": "x"}, {"type": "object", "additionalProperties": {"type": "integer"}}) == "$.*: type"
    assert misfit(None, {"type": ["string", "null"]}) is None


@pytest.mark.parametrize(
    "schema", [{"not": {}}, {"$ref": "#/$defs/Absent"}, {"$ref": "https://example.com/x"}]
)
def test_what_cannot_be_checked_is_an_error_and_never_a_pass(schema: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="schema"):
        misfit({}, schema)
