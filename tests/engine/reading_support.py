"""What one message says, as one line that tests can compare."""

from __future__ import annotations

from engine.normaliser import normalise
from engine.reading import read_message
from engine.vocabulary import build_vocabulary, read_snapshot

FURNITURE = build_vocabulary(read_snapshot())


def facts_of(text: str) -> list[str]:
    """The facts of a message to the furniture seller, as `name=value` or `name=value@group`, sorted."""
    reading = read_message(normalise(text), FURNITURE)
    return sorted(
        f"{entity.name}={entity.value}" + (f"@{entity.group}" if entity.group else "")
        for entity in reading.entities
    )


def check(text: str, facts: str) -> None:
    """Assert that a message says exactly these facts, written `name=value; name=value`."""
    assert facts_of(text) == sorted(fact for fact in facts.split("; ") if fact)
