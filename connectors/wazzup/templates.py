"""Wazzup's list of WhatsApp templates, read leniently (`wazzup-v3.md` §8)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from turns.ports import Template

# What a template's text has in the place of a value: numbered, or named in newer ones.
_PLACE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
_NAMES = re.compile(r"\[\[\s*(.*?)\s*\]\]")
# What Wazzup's own code of a template writes before the names of its values.
_CODE_PREFIX = re.compile(r"\s*@template:\s*[0-9a-f-]+", re.IGNORECASE)
_TEXT_PARTS = ("HEADER", "BODY", "FOOTER")


def read_template(entry: object) -> Template | None:
    """One entry of the list; None when it has no guid, for then nothing can be sent with it.

    Whatever else is missing or of another shape makes a template that is not approved or bound to nothing.
    """
    if not isinstance(entry, Mapping):
        return None
    guid = _text(entry, "templateGuid")
    if not guid:
        return None
    components = [item for item in _list(entry, "components") if isinstance(item, Mapping)]
    words, places = _words(components)
    named = _values_named(entry)
    return Template(
        guid=guid.casefold(),
        name=_text(entry, "name"),
        category=_text(entry, "category").casefold(),
        language=_text(entry, "language"),
        status=_text(entry, "status").casefold(),
        channels=frozenset(_channel_ids(entry)),
        variables=places if named is None else named,
        text=words,
        media_header=any(
            _kind(item) == "HEADER" and _text(item, "format").upper() not in {"", "TEXT"}
            for item in components
        ),
    )


def _words(components: list[Mapping[object, object]]) -> tuple[str, int]:
    """What the customer reads, its places numbered through, and how many values there are in all.

    Values come in the order header, body, URL buttons; a place that stands twice takes one.
    """
    places = 0
    parts: dict[str, str] = {}
    for kind in _TEXT_PARTS:
        for item in components:
            if _kind(item) == kind and (words := _text(item, "text").strip()):
                keys = _keys(words)
                numbers = {key: places + place for place, key in enumerate(keys, start=1)}
                parts[kind] = _PLACE.sub(lambda found, at=numbers: f"{{{{{at[found[1]]}}}}}", words)  # type: ignore[misc]
                places += len(keys)
    for item in components:
        for button in _list(item, "buttons"):
            if isinstance(button, Mapping):
                places += len(_keys(_text(button, "url")))
    return "\n".join(parts[kind] for kind in _TEXT_PARTS if kind in parts), places


def _keys(words: str) -> list[str]:
    """The different places of a text, numbered ones by number, named ones as they come."""
    keys = list(dict.fromkeys(_PLACE.findall(words)))
    return sorted(keys, key=int) if all(key.isdecimal() for key in keys) else keys


def _values_named(entry: Mapping[object, object]) -> int | None:
    """How many values the template's own code names; None without such a code."""
    code = _text(entry, "templateCode")
    begins = _CODE_PREFIX.match(code)
    return len(_NAMES.findall(code, begins.end())) if begins else None


def _channel_ids(entry: Mapping[object, object]) -> Iterator[str]:
    for channel in _list(entry, "channels"):
        if isinstance(channel, str):
            yield channel
        elif isinstance(channel, Mapping) and (channel_id := _text(channel, "channelId")):
            yield channel_id


def _kind(component: Mapping[object, object]) -> str:
    return _text(component, "type").upper()


def _text(entry: Mapping[object, object], field: str) -> str:
    value = entry.get(field)
    return value if isinstance(value, str) else ""


def _list(entry: Mapping[object, object], field: str) -> list[object]:
    value = entry.get(field)
    return value if isinstance(value, list) else []
