"""YAML's nodes read with an error that says where, what and how to mend it.

Nodes rather than Python values: they know their line, and `no` stays a word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml


class CaseError(Exception):
    """A file does not have the form of a conversation test; the message names file, line, key and mend."""

    def __init__(self, file: Path, line: int, problem: str) -> None:
        self.file, self.line, self.problem = file, line, problem
        super().__init__(f"{file}:{line}: {problem}")


class Nodes:
    """Reads the nodes of one file; every method raises `CaseError` for what has another form."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def amount(self, key: str, node: yaml.Node) -> Decimal:
        """Dirhams: a decimal number."""
        text = self.text(key, node)
        try:
            return Decimal(text)
        except InvalidOperation as error:
            raise self.error(node, f"{key} is {text!r}; give dirhams such as 500 or 499.50") from error

    def whole(self, key: str, node: yaml.Node, *, least: int = 0) -> int:
        """A whole number."""
        text = self.text(key, node)
        if not re.fullmatch(r"-?\d+", text) or int(text) < least:
            raise self.error(node, f"{key} is {text!r}; give a whole number, {least} or more")
        return int(text)

    def true(self, key: str, node: yaml.Node) -> bool:
        """Only `true` is meant."""
        if self.text(key, node) != "true":
            raise self.error(node, f"{key} can only be true; leave the line out otherwise")
        return True

    def choice[Word: str](self, key: str, node: yaml.Node, known: Sequence[Word]) -> Word:
        """One of the known words."""
        text = self.text(key, node)
        for word in known:
            if word == text:
                return word
        raise self.error(node, f"{key} is {text!r}; use {', '.join(known)}")

    def text(self, key: str, node: yaml.Node) -> str:
        """A text with something in it, without blanks around it."""
        if not isinstance(node, yaml.ScalarNode):
            raise self.error(node, f"{key} is {_shape(node)}; give a text")
        if not node.value.strip():
            raise self.error(node, f"{key} is empty; give a text")
        text: str = node.value
        return text.strip()

    def sequence(self, key: str, node: yaml.Node) -> list[yaml.Node]:
        """A list with at least one item."""
        if not isinstance(node, yaml.SequenceNode):
            raise self.error(node, f"{key} is {_shape(node)}; give a list")
        if not node.value:
            raise self.error(node, f"{key} is an empty list; give at least one item")
        nodes: list[yaml.Node] = node.value
        return nodes

    def mapping(
        self,
        key: str,
        node: yaml.Node,
        *,
        allowed: Sequence[str] | None = None,
        required: Sequence[str] = (),
    ) -> Mapping[str, yaml.Node]:
        """A mapping by key; no other keys than the allowed ones, all of the required ones."""
        if not isinstance(node, yaml.MappingNode):
            hint = f" with the keys {', '.join(allowed)}" if allowed else " such as `name: value`"
            raise self.error(node, f"{key} is {_shape(node)}; give a mapping{hint}")
        content: dict[str, yaml.Node] = {}
        for name_node, value in node.value:
            name = self.text("a key", name_node)
            if name in content:
                raise self.error(name_node, f"{name} is given twice; remove one")
            if allowed is not None and name not in allowed:
                raise self.error(name_node, f"{name} is not known in {key}; use {', '.join(allowed)}")
            content[name] = value
        if missing := [name for name in required if name not in content]:
            raise self.error(node, f"{key} lacks {', '.join(missing)}; add it")
        return content

    def error(self, node: yaml.Node, problem: str) -> CaseError:
        """What is wrong at this node, with its mend."""
        return CaseError(self.file, line_of(node), problem)


def value_of(node: yaml.Node) -> Any:
    """The Python value that YAML makes of a node."""
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(node)
    finally:
        loader.dispose()


def line_of(node: yaml.Node) -> int:
    """Where a node begins, from 1."""
    line: int = node.start_mark.line
    return line + 1


def _shape(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return f"the text {node.value[:40]!r}" if node.value else "empty"
