"""Conversation tests read from YAML, with an error that says where, what and how to mend it.

Works on YAML's nodes rather than on Python values: they know their line, and `no` stays a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, get_args

import yaml

from quality.cases import (
    BotExpected,
    Case,
    Constraints,
    Exchange,
    Expectation,
    Need,
    Owner,
    OwnerExpected,
    ProductsExpected,
    Relation,
    Says,
    Silence,
    SlotExpected,
    Taps,
    UtterExpected,
)

# What conversations will be about in time, and nothing answers for yet.
_LATER = ("stage", "pdf", "order", "crm")
_STEPS = ("user", "utter", "bot", "silence", "products", "slot_was_set", "owner")
_WORDS = tuple(item.name for item in fields(Constraints) if str(item.type).startswith("tuple[str"))


class CaseError(Exception):
    """A file does not have the form of a conversation test; the message names file, line, key and mend."""

    def __init__(self, file: Path, line: int, problem: str) -> None:
        self.file, self.line, self.problem = file, line, problem
        super().__init__(f"{file}:{line}: {problem}")


def find_files(path: Path) -> list[Path]:
    """The conversation files at `path`, which is one of them or a folder, in a fixed order."""
    return [path] if path.is_file() else sorted(path.rglob("*.yml"))


def read_file(file: Path) -> list[Case]:
    """All cases of a file.

    Raises:
        CaseError: for the first thing in it that has another form than docs/testers.md describes.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CaseError(file, 1, "the file is not UTF-8; save it as UTF-8") from error
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise CaseError(
            file,
            mark.line + 1 if mark else 1,
            f"this is not YAML: {error.problem or error.context}; look at indents and quotes on this line "
            "and the one above it",
        ) from error
    if root is None:
        raise CaseError(file, 1, "the file is empty; begin it with test_cases:")
    return _Reader(file).cases(root)


class _Reader:
    """Reads the nodes of one file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def cases(self, root: yaml.Node) -> list[Case]:
        top = self._mapping("the file", root, allowed=("test_cases",), required=("test_cases",))
        cases = [self._case(node) for node in self._sequence("test_cases", top["test_cases"])]
        seen: set[str] = set()
        for case in cases:
            if case.name in seen:
                raise CaseError(self._file, case.line, f"two test cases are named {case.name!r}; rename one")
            seen.add(case.name)
        return cases

    def _case(self, node: yaml.Node) -> Case:
        content = self._mapping(
            "a test case", node, allowed=("test_case", "needs", "steps"), required=("test_case", "steps")
        )
        needs: frozenset[Need] = frozenset()
        if "needs" in content:
            needs = frozenset({self._choice("needs", content["needs"], get_args(Need))})
        return Case(
            name=self._text("test_case", content["test_case"]),
            file=self._file,
            line=_line(node),
            exchanges=tuple(self._exchanges(content["steps"])),
            needs=needs,
        )

    def _exchanges(self, node: yaml.Node) -> Iterator[Exchange]:
        customer: Says | Taps | None = None
        expected: list[Expectation] = []
        for step in self._sequence("steps", node):
            key, value = self._step(step)
            if key == "user":
                if customer is not None:
                    yield Exchange(customer, _together(expected))
                customer, expected = self._customer(value), []
            elif customer is None:
                raise self._error(step, f"{key} comes before the first user step; begin with `- user: …`")
            else:
                expected.append(self._expectation(key, value))
        assert customer is not None  # _sequence refuses an empty list
        if not expected:
            raise CaseError(
                self._file,
                customer.line,
                "nothing is expected after the last user step; add what must be said (utter, bot, products, "
                "slot_was_set, owner or silence)",
            )
        yield Exchange(customer, _together(expected))

    def _step(self, node: yaml.Node) -> tuple[str, yaml.Node]:
        content = self._mapping("a step", node, allowed=_STEPS)
        if len(content) != 1:
            raise self._error(
                node, f"a step holds {', '.join(content)}; give each its own line that begins with `- `"
            )
        return next(iter(content.items()))

    def _customer(self, node: yaml.Node) -> Says | Taps:
        if isinstance(node, yaml.MappingNode):
            tap = self._mapping("user", node, allowed=("tap",), required=("tap",))
            return Taps(_line(node), self._text("tap", tap["tap"]))
        if isinstance(node, yaml.SequenceNode):
            return Says(_line(node), tuple(self._text("user", item) for item in self._sequence("user", node)))
        return Says(_line(node), (self._text("user", node),))

    def _expectation(self, key: str, node: yaml.Node) -> Expectation:
        line = _line(node)
        if key == "utter":
            return UtterExpected(line, (self._text(key, node),))
        if key == "bot":
            return self._bot(node)
        if key == "silence":
            self._true(key, node)
            return Silence(line)
        if key == "owner":
            return OwnerExpected(line, self._choice(key, node, get_args(Owner)))
        if key == "slot_was_set":
            return self._slots(node)
        return self._products(node)

    def _bot(self, node: yaml.Node) -> BotExpected:
        text = self._text("bot", node)
        if len(text) < 3 or not (text.startswith("/") and text.endswith("/")):
            return BotExpected(_line(node), text)
        try:
            return BotExpected(_line(node), text, re.compile(text[1:-1], re.IGNORECASE))
        except re.error as error:
            raise self._error(
                node, f"bot is no regular expression ({error}); escape signs such as ( ? + with \\"
            ) from error

    def _slots(self, node: yaml.Node) -> SlotExpected:
        items = self._sequence("slot_was_set", node)
        if len(items) != 1:
            raise self._error(node, "slot_was_set lists several slots; write a slot_was_set step for each")
        content = self._mapping("slot_was_set", items[0])
        if len(content) != 1:
            raise self._error(node, "write a slot as `- name: value`")
        ((name, value),) = content.items()
        return SlotExpected(_line(node), name, _value(value))

    def _products(self, node: yaml.Node) -> ProductsExpected:
        known = tuple(item.name for item in fields(ProductsExpected) if item.name != "line")
        content = self._mapping("products", node, allowed=known)
        if not content:
            raise self._error(node, f"products is empty; give one of {', '.join(known)}")
        read = {
            "skus": lambda found: tuple(self._text("skus", item) for item in self._sequence("skus", found)),
            "places": lambda found: tuple(
                self._whole("places", item, least=-1) for item in self._sequence("places", found)
            ),
            "count": lambda found: self._whole("count", found),
            "all": lambda found: self._constraints("all", found),
            "some": lambda found: self._constraints("some", found),
            "new": lambda found: self._true("new", found),
            "than_before": self._relations,
        }
        values: dict[str, Any] = {name: read[name](found) for name, found in content.items()}
        return ProductsExpected(_line(node), **values)

    def _relations(self, node: yaml.Node) -> tuple[Relation, ...]:
        known = get_args(Relation)
        nodes = self._sequence("than_before", node) if isinstance(node, yaml.SequenceNode) else [node]
        return tuple(self._choice("than_before", item, known) for item in nodes)

    def _constraints(self, key: str, node: yaml.Node) -> Constraints:
        known = tuple(item.name for item in fields(Constraints))
        values: dict[str, Any] = {}
        for name, value in self._mapping(key, node, allowed=known).items():
            if name in _WORDS:
                items = self._sequence(name, value) if isinstance(value, yaml.SequenceNode) else [value]
                values[name] = tuple(self._text(name, item) for item in items)
            elif name == "size":
                values[name] = self._size(value)
            elif name in {"min_price", "max_price"}:
                values[name] = self._amount(name, value)
            else:
                values[name] = self._whole(name, value, least=1)
        if not values:
            raise self._error(node, f"{key} is empty; give one of {', '.join(known)}")
        return Constraints(**values)

    def _size(self, node: yaml.Node) -> tuple[int, ...]:
        text = self._text("size", node)
        if not re.fullmatch(r"\d+(x\d+){0,2}", text):
            raise self._error(node, f"size is {text!r}; give centimetres such as 120 or 120x60")
        return tuple(int(part) for part in text.split("x"))

    def _amount(self, key: str, node: yaml.Node) -> Decimal:
        text = self._text(key, node)
        try:
            return Decimal(text)
        except InvalidOperation as error:
            raise self._error(node, f"{key} is {text!r}; give dirhams such as 500 or 499.50") from error

    def _whole(self, key: str, node: yaml.Node, *, least: int = 0) -> int:
        text = self._text(key, node)
        if not re.fullmatch(r"-?\d+", text) or int(text) < least:
            raise self._error(node, f"{key} is {text!r}; give a whole number, {least} or more")
        return int(text)

    def _true(self, key: str, node: yaml.Node) -> bool:
        if self._text(key, node) != "true":
            raise self._error(node, f"{key} can only be true; leave the line out otherwise")
        return True

    def _choice[Word: str](self, key: str, node: yaml.Node, known: Sequence[Word]) -> Word:
        text = self._text(key, node)
        for word in known:
            if word == text:
                return word
        raise self._error(node, f"{key} is {text!r}; use {', '.join(known)}")

    def _text(self, key: str, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self._error(node, f"{key} is {_shape(node)}; give a text")
        if not node.value.strip():
            raise self._error(node, f"{key} is empty; give a text")
        text: str = node.value
        return text.strip()

    def _sequence(self, key: str, node: yaml.Node) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            raise self._error(node, f"{key} is {_shape(node)}; give a list")
        if not node.value:
            raise self._error(node, f"{key} is an empty list; give at least one item")
        nodes: list[yaml.Node] = node.value
        return nodes

    def _mapping(
        self,
        key: str,
        node: yaml.Node,
        *,
        allowed: Sequence[str] | None = None,
        required: Sequence[str] = (),
    ) -> Mapping[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            hint = f" with the keys {', '.join(allowed)}" if allowed else " such as `name: value`"
            raise self._error(node, f"{key} is {_shape(node)}; give a mapping{hint}")
        content: dict[str, yaml.Node] = {}
        for name_node, value in node.value:
            name = self._text("a key", name_node)
            if name in content:
                raise self._error(name_node, f"{name} is given twice; remove one")
            if name in _LATER and allowed == _STEPS:
                raise self._error(name_node, f"{name} cannot be checked yet; remove this step")
            if allowed is not None and name not in allowed:
                raise self._error(name_node, f"{name} is not known in {key}; use {', '.join(allowed)}")
            content[name] = value
        if missing := [name for name in required if name not in content]:
            raise self._error(node, f"{key} lacks {', '.join(missing)}; add it")
        return content

    def _error(self, node: yaml.Node, problem: str) -> CaseError:
        return CaseError(self._file, _line(node), problem)


def _together(expected: Sequence[Expectation]) -> tuple[Expectation, ...]:
    """The expectations of a turn, its `utter` steps as one: they name all that was said, in order."""
    utters = [item for item in expected if isinstance(item, UtterExpected)]
    if not utters:
        return tuple(expected)
    whole = UtterExpected(utters[0].line, tuple(name for item in utters for name in item.names))
    return whole, *(item for item in expected if not isinstance(item, UtterExpected))


def _value(node: yaml.Node) -> Any:
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _line(node: yaml.Node) -> int:
    line: int = node.start_mark.line
    return line + 1


def _shape(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return f"the text {node.value[:40]!r}" if node.value else "empty"
