"""Conversation tests read from YAML, with an error that says where, what and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import yaml

from quality.cases import (
    BotExpected,
    Case,
    Constraints,
    Exchange,
    Expectation,
    Happening,
    ManagerReads,
    ModelCallsExpected,
    Need,
    Owner,
    OwnerExpected,
    ProductsExpected,
    Relation,
    Says,
    Silence,
    SlotExpected,
    Step,
    Taps,
    UtterExpected,
)
from quality.model_reading import ModelNodes
from quality.nodes import CaseError, line_of, value_of
from quality.sale_reading import HAPPENINGS, SALE_EXPECTATIONS, SaleNodes

_STEPS = (
    *("user", *HAPPENINGS, "model"),
    *("utter", "bot", "silence", "products", "slot_was_set", "owner", "manager_reads", "model_calls"),
    *SALE_EXPECTATIONS,
)
_WORDS = tuple(item.name for item in fields(Constraints) if str(item.type).startswith("tuple[str"))


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


class _Reader(SaleNodes, ModelNodes):
    """Reads the cases of one file."""

    def cases(self, root: yaml.Node) -> list[Case]:
        top = self.mapping("the file", root, allowed=("test_cases",), required=("test_cases",))
        cases = [self._case(node) for node in self.sequence("test_cases", top["test_cases"])]
        seen: set[str] = set()
        for case in cases:
            if case.name in seen:
                raise CaseError(self.file, case.line, f"two test cases are named {case.name!r}; rename one")
            seen.add(case.name)
        return cases

    def _case(self, node: yaml.Node) -> Case:
        content = self.mapping(
            "a test case", node, allowed=("test_case", "needs", "steps"), required=("test_case", "steps")
        )
        needs: frozenset[Need] = frozenset()
        if "needs" in content:
            needs = frozenset({self.choice("needs", content["needs"], get_args(Need))})
        return Case(
            name=self.text("test_case", content["test_case"]),
            file=self.file,
            line=line_of(node),
            exchanges=tuple(self._exchanges(content["steps"])),
            needs=needs,
        )

    def _exchanges(self, node: yaml.Node) -> Iterator[Exchange]:
        begun: Step | None = None
        expected: list[Expectation] = []
        for step in self.sequence("steps", node):
            key, value = self._step(step)
            if key in {"user", "model"} or (key in HAPPENINGS and begun is not None):
                if begun is not None:
                    yield Exchange(begun, _together(expected))
                begun = self._customer(value) if key == "user" else self._happening(key, value)
                expected = []
            elif begun is None:
                raise self.error(step, f"{key} comes before the first user step; begin with `- user: …`")
            else:
                expected.append(self._expectation(key, value))
        assert begun is not None  # sequence() refuses an empty list
        if not expected:
            raise CaseError(
                self.file,
                begun.line,
                f"nothing is expected after the last {key} step; add what must be said or done (utter, bot, "
                "products, slot_was_set, owner, silence, manager_reads, model_calls, stage, pdf, order or"
                " crm)",
            )
        yield Exchange(begun, _together(expected))

    def _step(self, node: yaml.Node) -> tuple[str, yaml.Node]:
        content = self.mapping("a step", node, allowed=_STEPS)
        if len(content) != 1:
            raise self.error(
                node, f"a step holds {', '.join(content)}; give each its own line that begins with `- `"
            )
        return next(iter(content.items()))

    def _happening(self, key: str, node: yaml.Node) -> Happening:
        return self.model(node) if key == "model" else self.happening(key, node)

    def _customer(self, node: yaml.Node) -> Says | Taps:
        if isinstance(node, yaml.MappingNode):
            tap = self.mapping("user", node, allowed=("tap",), required=("tap",))
            return Taps(line_of(node), self.text("tap", tap["tap"]))
        if isinstance(node, yaml.SequenceNode):
            return Says(line_of(node), tuple(self.text("user", item) for item in self.sequence("user", node)))
        return Says(line_of(node), (self.text("user", node),))

    def _expectation(self, key: str, node: yaml.Node) -> Expectation:
        line = line_of(node)
        if key == "utter":
            return UtterExpected(line, (self.text(key, node),))
        if key == "bot":
            return self._bot(node)
        if key == "silence":
            self.true(key, node)
            return Silence(line)
        if key == "owner":
            return OwnerExpected(line, self.choice(key, node, get_args(Owner)))
        if key == "manager_reads":
            return self._manager_reads(node)
        if key == "slot_was_set":
            return self._slots(node)
        if key == "model_calls":
            return ModelCallsExpected(line, self.whole(key, node))
        if key == "products":
            return self._products(node)
        return self.sale_expectation(key, node)

    def _bot(self, node: yaml.Node) -> BotExpected:
        text = self.text("bot", node)
        if len(text) < 3 or not (text.startswith("/") and text.endswith("/")):
            return BotExpected(line_of(node), text)
        try:
            return BotExpected(line_of(node), text, re.compile(text[1:-1], re.IGNORECASE))
        except re.error as error:
            raise self.error(
                node, f"bot is no regular expression ({error}); escape signs such as ( ? + with \\"
            ) from error

    def _manager_reads(self, node: yaml.Node) -> ManagerReads:
        line, text = line_of(node), self.text("manager_reads", node)
        if text == "nothing":
            return ManagerReads(line, None)
        if len(text) < 3 or not (text.startswith("/") and text.endswith("/")):
            return ManagerReads(line, text)
        pattern = text[1:-1]
        try:
            # A code is letters and digits: what it stands for changes nothing of the expression.
            re.compile(pattern.replace("{code}", "A7K2"))
        except re.error as error:
            raise self.error(
                node, f"manager_reads is no regular expression ({error}); escape signs such as ( ? + with \\"
            ) from error
        return ManagerReads(line, text, pattern)

    def _slots(self, node: yaml.Node) -> SlotExpected:
        items = self.sequence("slot_was_set", node)
        if len(items) != 1:
            raise self.error(node, "slot_was_set lists several slots; write a slot_was_set step for each")
        content = self.mapping("slot_was_set", items[0])
        if len(content) != 1:
            raise self.error(node, "write a slot as `- name: value`")
        ((name, value),) = content.items()
        return SlotExpected(line_of(node), name, value_of(value))

    def _products(self, node: yaml.Node) -> ProductsExpected:
        known = tuple(item.name for item in fields(ProductsExpected) if item.name != "line")
        content = self.mapping("products", node, allowed=known)
        if not content:
            raise self.error(node, f"products is empty; give one of {', '.join(known)}")
        read = {
            "skus": lambda found: tuple(self.text("skus", item) for item in self.sequence("skus", found)),
            "places": lambda found: tuple(
                self.whole("places", item, least=-1) for item in self.sequence("places", found)
            ),
            "count": lambda found: self.whole("count", found),
            "all": lambda found: self._constraints("all", found),
            "some": lambda found: self._constraints("some", found),
            "new": lambda found: self.true("new", found),
            "than_before": self._relations,
        }
        values: dict[str, Any] = {name: read[name](found) for name, found in content.items()}
        return ProductsExpected(line_of(node), **values)

    def _relations(self, node: yaml.Node) -> tuple[Relation, ...]:
        known = get_args(Relation)
        nodes = self.sequence("than_before", node) if isinstance(node, yaml.SequenceNode) else [node]
        return tuple(self.choice("than_before", item, known) for item in nodes)

    def _constraints(self, key: str, node: yaml.Node) -> Constraints:
        known = tuple(item.name for item in fields(Constraints))
        values: dict[str, Any] = {}
        for name, value in self.mapping(key, node, allowed=known).items():
            if name in _WORDS:
                items = self.sequence(name, value) if isinstance(value, yaml.SequenceNode) else [value]
                values[name] = tuple(self.text(name, item) for item in items)
            elif name == "size":
                values[name] = self._size(value)
            elif name in {"min_price", "max_price"}:
                values[name] = self.amount(name, value)
            else:
                values[name] = self.whole(name, value, least=1)
        if not values:
            raise self.error(node, f"{key} is empty; give one of {', '.join(known)}")
        return Constraints(**values)

    def _size(self, node: yaml.Node) -> tuple[int, ...]:
        text = self.text("size", node)
        if not re.fullmatch(r"\d+(x\d+){0,2}", text):
            raise self.error(node, f"size is {text!r}; give centimetres such as 120 or 120x60")
        return tuple(int(part) for part in text.split("x"))


def _together(expected: Sequence[Expectation]) -> tuple[Expectation, ...]:
    """The expectations of a turn, its `utter` steps as one: they name all that was said, in order."""
    utters = [item for item in expected if isinstance(item, UtterExpected)]
    if not utters:
        return tuple(expected)
    whole = UtterExpected(utters[0].line, tuple(name for item in utters for name in item.names))
    return whole, *(item for item in expected if not isinstance(item, UtterExpected))
