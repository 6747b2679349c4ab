"""The fifteen rules as `quality/checklist.yml` has them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import yaml

from quality.checks import CHECKS
from quality.nodes import CaseError, Nodes

DecidedBy = Literal["code", "judge"]
FILE = Path(__file__).with_name("checklist.yml")
_COUNT = 15


@dataclass(frozen=True)
class Rule:
    """One rule; `question` is what the judge is asked, empty where code decides."""

    number: int
    name: str
    rule: str
    decided_by: DecidedBy
    question: str = ""


@dataclass(frozen=True)
class Checklist:
    """All rules in their order; verdicts of two versions are not compared."""

    version: int
    rules: tuple[Rule, ...]

    def __getitem__(self, number: int) -> Rule:
        return self.rules[number - 1]

    @property
    def judged(self) -> tuple[Rule, ...]:
        """The rules that the judge decides."""
        return tuple(rule for rule in self.rules if rule.decided_by == "judge")


@cache
def read_checklist(file: Path = FILE) -> Checklist:
    """The rules of a file.

    Raises:
        CaseError: when it is not fifteen rules in their order, a rule of code has no check, or a rule of the
            judge has no question.
    """
    root = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    nodes = Nodes(file)
    if root is None:
        raise CaseError(file, 1, "the file is empty; begin it with version: 1")
    top = nodes.mapping("the checklist", root, allowed=("version", "rules"), required=("version", "rules"))
    rules = tuple(_rule(nodes, node) for node in nodes.sequence("rules", top["rules"]))
    if [rule.number for rule in rules] != list(range(1, _COUNT + 1)):
        raise nodes.error(top["rules"], f"give the rules 1 to {_COUNT}, in their order")
    return Checklist(nodes.whole("version", top["version"], least=1), rules)


def _rule(nodes: Nodes, node: yaml.Node) -> Rule:
    known = ("number", "name", "rule", "decided_by", "question")
    content = nodes.mapping("a rule", node, allowed=known, required=known[:-1])
    number = nodes.whole("number", content["number"], least=1)
    decided_by = nodes.choice("decided_by", content["decided_by"], get_args(DecidedBy))
    if (decided_by == "judge") != ("question" in content):
        raise nodes.error(node, f"rule {number}: the judge needs a question, and code has no use for one")
    if (decided_by == "code") != (number in CHECKS):
        raise nodes.error(node, f"rule {number}: quality.checks and decided_by do not agree")
    question = nodes.text("question", content["question"]) if "question" in content else ""
    name, rule = (nodes.text(key, content[key]) for key in ("name", "rule"))
    return Rule(number, name, rule, decided_by, question)


__all__ = ["CaseError", "Checklist", "Rule", "read_checklist"]
