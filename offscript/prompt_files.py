"""Prompts are files in `prompts/`: English text under a version that goes to the ledger with every call."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

PromptName = Literal["triage", "answer", "summary"]

_HEAD = "version: "
_RULE = "\n---\n"


class PromptUnfit(Exception):
    """A prompt's file does not begin with `version: <number>` and a line of three dashes."""


@dataclass(frozen=True)
class Prompt:
    """What a model is told first. `version` is "triage-1-1a2b3c4d": its number, and its text's own mark.

    The mark makes two texts under one number two versions in the ledger.
    """

    text: str
    version: str


@cache
def read_prompt(name: PromptName) -> Prompt:
    """The prompt of this name.

    Raises:
        PromptUnfit: when the file lacks its head.
    """
    content = (files("offscript") / "prompts" / f"{name}.md").read_text(encoding="utf-8")
    head, rule, body = content.partition(_RULE)
    number = head.removeprefix(_HEAD).strip()
    if not rule or not head.startswith(_HEAD) or not number.isdigit():
        raise PromptUnfit(f"offscript/prompts/{name}.md has to begin with 'version: <number>' and '---'")
    text = body.strip()
    mark = hashlib.sha256(text.encode()).hexdigest()[:8]
    return Prompt(text, f"{name}-{number}-{mark}")
