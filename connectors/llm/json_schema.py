"""Whether a model's JSON fits the schema it was asked for: as much of JSON Schema as we and pydantic write.

A server's promise to keep a schema is only that (`text-and-documents.md` §6). A keyword this cannot check
is refused rather than passed over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_NOTES = frozenset({"title", "description", "default", "examples", "$defs", "$schema"})
_CHECKED = frozenset(
    "type enum const properties required additionalProperties items anyOf $ref minimum maximum minLength "
    "maxLength minItems maxItems pattern".split()
)
_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def misfit(value: object, schema: Mapping[str, Any]) -> str | None:
    """Where the value does not fit and by which keyword, never what it is; None when it fits.

    Raises:
        ValueError: for a schema with a keyword or a reference that is not known here.
    """
    return _misfit(value, schema, schema, "$")


def _misfit(value: object, schema: Mapping[str, Any], root: Mapping[str, Any], place: str) -> str | None:
    if unknown := sorted(set(schema) - _NOTES - _CHECKED):
        raise ValueError(f"the schema at {place} uses {', '.join(unknown)}, which cannot be checked here")
    if "$ref" in schema and (found := _misfit(value, _referred(schema["$ref"], root), root, place)):
        return found
    if "anyOf" in schema and all(_misfit(value, choice, root, place) for choice in schema["anyOf"]):
        return f"{place}: anyOf"
    if broken := next((word for word in _CHECKED & set(schema) if _breaks(word, value, schema[word])), None):
        return f"{place}: {broken}"
    if isinstance(value, dict):
        return _misfit_of_object(value, schema, root, place)
    if isinstance(value, list) and "items" in schema:
        found_in = (_misfit(item, schema["items"], root, f"{place}[{n}]") for n, item in enumerate(value))
        return next(filter(None, found_in), None)
    return None


def _misfit_of_object(
    value: Mapping[str, object], schema: Mapping[str, Any], root: Mapping[str, Any], place: str
) -> str | None:
    properties: Mapping[str, Any] = schema.get("properties", {})
    if set(schema.get("required", ())) - set(value):
        return f"{place}: required"
    others = schema.get("additionalProperties", True)
    for name, item in value.items():
        if name in properties:
            found = _misfit(item, properties[name], root, f"{place}.{name}")
        elif isinstance(others, Mapping):
            found = _misfit(item, others, root, f"{place}.*")
        else:
            # The name is the model's own word and is not repeated.
            found = None if others else f"{place}: additionalProperties"
        if found:
            return found
    return None


def _breaks(word: str, value: object, wanted: Any) -> bool:
    match word:
        case "type":
            return not any(_is(value, name) for name in ([wanted] if isinstance(wanted, str) else wanted))
        case "enum":
            return not any(_equal(value, choice) for choice in wanted)
        case "const":
            return not _equal(value, wanted)
        case "minimum" | "maximum" if _is(value, "number"):
            assert isinstance(value, int | float)
            return value < float(wanted) if word == "minimum" else value > float(wanted)
        case "minLength" | "minItems" if _is(value, "string" if word == "minLength" else "array"):
            assert isinstance(value, Sequence)
            return len(value) < int(wanted)
        case "maxLength" | "maxItems" if _is(value, "string" if word == "maxLength" else "array"):
            assert isinstance(value, Sequence)
            return len(value) > int(wanted)
        case "pattern":
            return isinstance(value, str) and re.search(wanted, value) is None
    return False


def _is(value: object, name: str) -> bool:
    # In Python True is an integer, in JSON it is not.
    return isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def _equal(value: object, wanted: object) -> bool:
    return value == wanted and isinstance(value, bool) == isinstance(wanted, bool)


def _referred(reference: str, root: Mapping[str, Any]) -> Mapping[str, Any]:
    name = reference.removeprefix("#/$defs/")
    found = root.get("$defs", {}).get(name)
    if not isinstance(found, Mapping):
        raise ValueError(f"the schema refers to {reference}, and only what is under #/$defs/ can be found")
    return found
