"""The steps of a sale in a conversation test: what happens beside the chat, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import time, timedelta
from decimal import Decimal
from typing import Any, get_args

import yaml

from quality.cases import (
    CrmExpected,
    DealEnd,
    Happening,
    HistoryGrows,
    HouseEvent,
    HouseIs,
    ItemChanges,
    Kind,
    ManagerActs,
    ManagerWrites,
    OrderExpected,
    OrderState,
    Outcome,
    PdfExpected,
    QuoteLanguage,
    RecordsExpected,
    SaleExpected,
    Stage,
    StageExpected,
    TimePasses,
    ZohoEvent,
    ZohoIs,
)
from quality.nodes import Nodes, line_of

HAPPENINGS = ("clock", "manager", "manager_writes", "house", "zoho", "history")
SALE_EXPECTATIONS = ("stage", "pdf", "order", "crm")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


class SaleNodes(Nodes):
    """Reads the steps of a sale."""

    def happening(self, key: str, node: yaml.Node) -> Happening:
        """What the steps clock, manager, manager_writes, house, zoho and history say."""
        read: Mapping[str, Callable[[yaml.Node], Happening]] = {
            "clock": self._clock,
            "manager": self._manager,
            "manager_writes": self._manager_writes,
            "house": lambda found: HouseIs(line_of(found), self.choice("house", found, get_args(HouseEvent))),
            "zoho": self._zoho,
            "history": lambda found: HistoryGrows(line_of(found), self.whole("history", found, least=1)),
        }
        return read[key](node)

    def sale_expectation(self, key: str, node: yaml.Node) -> SaleExpected:
        """What the steps stage, pdf, order and crm say."""
        read: Mapping[str, Callable[[yaml.Node], SaleExpected]] = {
            "stage": self._stage,
            "pdf": self._pdf,
            "order": self._order,
            "crm": self._crm,
        }
        return read[key](node)

    def _clock(self, node: yaml.Node) -> TimePasses:
        text = self.text("clock", node)
        found = re.fullmatch(r"\+([1-9]\d{0,3})([dhm])(?: ([01]\d|2[0-3]):([0-5]\d))?", text)
        if found is None:
            raise self.error(
                node, f"clock is {text!r}; give a jump ahead such as +15d, +3h or +20m, or +3d 10:00"
            )
        to = None if found[3] is None else time(int(found[3]), int(found[4]))
        return TimePasses(line_of(node), timedelta(**{_UNITS[found[2]]: int(found[1])}), to)

    def _manager(self, node: yaml.Node) -> ManagerActs:
        known = ("approves_discount", "closes_deal", "answers")
        content = self.mapping("manager", node, allowed=known)
        if len(content) != 1:
            raise self.error(
                node, f"give manager one of {', '.join(known)}; a second one is a step of its own"
            )
        if "approves_discount" in content:
            percent = self._percent("approves_discount", content["approves_discount"])
            return ManagerActs(line_of(node), approves_discount=percent)
        if "answers" in content:
            return ManagerActs(line_of(node), answers=self.text("answers", content["answers"]))
        return ManagerActs(
            line_of(node), closes_deal=self.choice("closes_deal", content["closes_deal"], get_args(DealEnd))
        )

    def _manager_writes(self, node: yaml.Node) -> ManagerWrites:
        if isinstance(node, yaml.SequenceNode):
            texts = (self.text("manager_writes", item) for item in self.sequence("manager_writes", node))
            return ManagerWrites(line_of(node), tuple(texts))
        return ManagerWrites(line_of(node), (self.text("manager_writes", node),))

    def _zoho(self, node: yaml.Node) -> ZohoIs | ItemChanges:
        if not isinstance(node, yaml.MappingNode):
            return ZohoIs(line_of(node), self.choice("zoho", node, get_args(ZohoEvent)))
        content = self.mapping("zoho", node, allowed=("item", "price", "stock"), required=("item",))
        if len(content) == 1:
            raise self.error(node, "zoho changes nothing of the item; give price or stock")
        price, stock = content.get("price"), content.get("stock")
        return ItemChanges(
            line_of(node),
            self.whole("item", content["item"], least=1),
            None if price is None else self._price_change(price),
            None if stock is None else self.whole("stock", stock),
        )

    def _price_change(self, node: yaml.Node) -> Decimal:
        text = self.text("price", node)
        if not re.fullmatch(r"[+-]\d{1,2}%", text):
            raise self.error(node, f"price is {text!r}; give a change such as +10% or -5%")
        return Decimal(text[:-1])

    def _stage(self, node: yaml.Node) -> StageExpected:
        stages, outcomes = get_args(Stage), get_args(Outcome)
        if not isinstance(node, yaml.MappingNode):
            return StageExpected(line_of(node), self.choice("stage", node, stages))
        content = self.mapping("stage", node, allowed=("name", "outcome"), required=("outcome",))
        name = content.get("name")
        return StageExpected(
            line_of(node),
            None if name is None else self.choice("name", name, stages),
            self.choice("outcome", content["outcome"], outcomes),
        )

    def _pdf(self, node: yaml.Node) -> PdfExpected:
        if not isinstance(node, yaml.MappingNode):
            return PdfExpected(line_of(node), sent=self.choice("pdf", node, ("sent", "none")) == "sent")
        read: Mapping[str, Callable[[yaml.Node], Any]] = {
            "number": lambda found: self.choice("number", found, ("same", "new")) == "same",
            "revision": lambda found: self.whole("revision", found, least=1),
            "language": lambda found: self.choice("language", found, get_args(QuoteLanguage)),
            "total": lambda found: self.amount("total", found),
            "discount": lambda found: self._percent("discount", found),
            "lines": lambda found: self.whole("lines", found, least=1),
            "text": self._texts,
        }
        content = self.mapping("pdf", node, allowed=tuple(read))
        if not content:
            raise self.error(node, f"pdf is empty; give one of {', '.join(read)}, or write `pdf: sent`")
        values = {name: read[name](found) for name, found in content.items()}
        if "number" in values:
            values["same_number"] = values.pop("number")
        return PdfExpected(line_of(node), **values)

    def _texts(self, node: yaml.Node) -> tuple[str, ...]:
        items = self.sequence("text", node) if isinstance(node, yaml.SequenceNode) else [node]
        return tuple(self.text("text", item) for item in items)

    def _percent(self, key: str, node: yaml.Node) -> Decimal:
        text = self.text(key, node)
        if not re.fullmatch(r"\d{1,2}(\.\d+)?", text):
            raise self.error(node, f"{key} is {text!r}; give per cent such as 10 or 7.5")
        return Decimal(text)

    def _order(self, node: yaml.Node) -> OrderExpected:
        states = get_args(OrderState)
        if not isinstance(node, yaml.MappingNode):
            return OrderExpected(line_of(node), self.choice("order", node, states))
        known = tuple(item.name for item in fields(OrderExpected) if item.name != "line")
        content = self.mapping("order", node, allowed=known, required=("state",))
        state = self.choice("state", content["state"], states)
        if state == "none" and len(content) > 1:
            raise self.error(
                node, "an order that is not there has no revision and no count; write `order: none`"
            )
        numbers = {name: self.whole(name, content[name], least=1) for name in known[1:] if name in content}
        return OrderExpected(line_of(node), state, **numbers)

    def _crm(self, node: yaml.Node) -> CrmExpected:
        kinds = get_args(Kind)
        content = self.mapping("crm", node, allowed=kinds)
        if not content:
            raise self.error(node, f"crm is empty; give one of {', '.join(kinds)}")
        return CrmExpected(
            line_of(node), {kind: self._records(kind, content[kind]) for kind in kinds if kind in content}
        )

    def _records(self, kind: str, node: yaml.Node) -> RecordsExpected:
        if not isinstance(node, yaml.MappingNode):
            return RecordsExpected(self.whole(kind, node))
        content = dict(self.mapping(kind, node))
        if not content:
            raise self.error(node, f"{kind} is empty; give a count, or fields and their values")
        count = content.pop("count", None)
        return RecordsExpected(
            None if count is None else self.whole("count", count),
            {name: self.text(name, value) for name, value in content.items()},
        )
