"""The hard lines, as tests/eval/hard_lines.yml has them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import yaml

from offscript.intents import TRIAGE_INTENTS
from offscript.triage import Decision

Writing = Literal["english", "gulf", "arabizi", "mixed"]
_FILE = Path(__file__).parent / "hard_lines.yml"
_DECISIONS = frozenset(Decision) - {Decision.INTENT}


@dataclass(frozen=True)
class HardLine:
    """A customer's line; each of `expected` is right: an intent's name, or answer, human, spam."""

    text: str
    writing: Writing
    expected: tuple[str, ...]


def read_lines() -> list[HardLine]:
    """All lines.

    Raises:
        ValueError: when one expects what a triage cannot say.
    """
    content = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    lines: list[HardLine] = []
    for writing in get_args(Writing):
        for text, expected in content[writing].items():
            names = tuple(str(expected).split(" or "))
            if unknown := [name for name in names if name not in {*TRIAGE_INTENTS, *_DECISIONS}]:
                raise ValueError(f"{_FILE.name}: {text!r} expects {unknown}; a triage never says that")
            lines.append(HardLine(text, writing, names))
    return lines
