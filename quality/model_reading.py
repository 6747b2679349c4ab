"""The step of a conversation test that scripts the language model's stand-in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from quality.cases import ModelIsScripted
from quality.nodes import Nodes, line_of, value_of

# Every field of a triage's answer has to be there (`offscript.triage`).
_NOTHING: Mapping[str, Any] = {
    **dict.fromkeys(("intent", "category", "brand", "sku", "description", "quantity", "seats", "option")),
    **dict.fromkeys(("min_price", "max_price")),
    **{name: [] for name in ("color", "not_color", "material")},
}
_DECISIONS = ("answer", "human", "spam")
_AWAY: dict[str, Any] = {"fault": "status", "status": 500}


def triage_answer(decision: str, named: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A triage's whole answer, with what it names beside its decision."""
    return {**_NOTHING, **(named or {}), "decision": decision}


class ModelNodes(Nodes):
    """Reads what a model is made to say."""

    def model(self, node: yaml.Node) -> ModelIsScripted:
        """What the step model says."""
        known = ("to", "triage", "answers", "cost")
        content = self.mapping("model", node, allowed=known, required=("to", "triage"))
        to = self.text("to", content["to"])
        try:
            re.compile(to)
        except re.error as error:
            raise self.error(content["to"], f"to is no regular expression ({error})") from error
        # Both models may be asked, and a name in the message may be hidden: by its words, without end.
        triage: dict[str, Any] = {"match": to, "purpose": "triage", "times": 0}
        if "cost" in content:
            triage["cost"] = float(self.amount("cost", content["cost"]))
        entries = [triage | self._triage(content["triage"])]
        if "answers" in content:
            entries += self._answers(to, content["answers"])
        return ModelIsScripted(line_of(node), to, tuple(entries))

    def _triage(self, node: yaml.Node) -> dict[str, Any]:
        if not isinstance(node, yaml.MappingNode):
            said = self.choice("triage", node, (*_DECISIONS, "away"))
            return _AWAY if said == "away" else {"json": triage_answer(said)}
        known = tuple(_NOTHING)
        content = self.mapping("triage", node, allowed=known, required=("intent",))
        named = {name: value_of(value) for name, value in content.items()}
        return {"json": triage_answer("intent", named)}

    def _answers(self, to: str, node: yaml.Node) -> Iterator[dict[str, Any]]:
        """Each is used once, in this order; a mapping is a round of tools by name."""
        for item in self.sequence("answers", node):
            once: dict[str, Any] = {"within": to, "purpose": "answer"}
            if isinstance(item, yaml.MappingNode):
                calls = [
                    {"name": name, "arguments": value_of(value)}
                    for name, value in self.mapping("answers", item).items()
                ]
                yield once | {"tool_calls": calls}
            else:
                yield once | {"text": self.text("answers", item)}
