"""The account's WhatsApp templates (wazzup-v3.md §8): listed, checked when one is sent, moved by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.wazzup.refusals import MessageRefusal, invalid_fields

# `archived` is undocumented and seen live
STATUSES = ("approved", "pending", "rejected", "paused", "disabled", "archived")
# Meta's code for a template that may not be sent, by its status
UNSENDABLE_CODES = {"paused": "132015", "disabled": "132016"}
NOT_APPROVED_CODE = "132001"

_PLACE = re.compile(r"\{\{(\d+)\}\}")
# what Meta takes in no value
_FORBIDDEN = re.compile(r"[\n\r\t]| {5}")
_FIELDS = ("templateId", "templateValues")


@dataclass(frozen=True, slots=True)
class TemplateOrder:
    """A template that is to be sent: which, its values in order, and what the phone shows."""

    guid: str
    values: tuple[str, ...]
    text: str
    # the delivery code it ends with, when it may not be sent and that is told later only
    undeliverable: str | None = None


class Templates:
    """The templates of the one account, in the order of its list."""

    def __init__(self, listed: Sequence[Mapping[str, object]], channel_id: str) -> None:
        self._at_start = listed
        self._channel_id = channel_id
        self._listed: dict[str, dict[str, Any]] = {}
        self.clear()

    def replace(self, listed: Sequence[Mapping[str, object]]) -> None:
        """The account has these templates now."""
        self._listed = {str(template["templateGuid"]): dict(template) for template in listed}

    def clear(self) -> None:
        """As they were at the start."""
        self.replace(self._at_start)

    def page(self, limit: int, offset: int, *, upper_case: bool) -> list[dict[str, object]]:
        """`GET /v3/templates/whatsapp`."""
        page = list(self._listed.values())[offset : offset + limit]
        return [{**template, "status": _cased(template["status"], upper_case)} for template in page]

    def change(self, guid: str, status: str, *, upper_case: bool) -> dict[str, object]:
        """Move a template to another status; the element of the webhook that tells it. Raises KeyError."""
        template = self._listed[guid]
        template["status"] = status
        template["rejected_reason"] = "INVALID_FORMAT" if status == "rejected" else None
        return {"templateGuid": guid, "name": template["name"], "status": _cased(status, upper_case)}

    def check(self, body: Mapping[str, object], *, refused_at_once: bool) -> TemplateOrder | None:
        """The template that a send asks for, None for a send without one. Raises MessageRefusal.

        A template that is not approved is refused at once, or (as Meta tells it) after it was accepted.
        """
        if all(body.get(name) is None for name in _FIELDS):
            return None
        if body.get("text") is not None or body.get("contentUri") is not None:
            raise MessageRefusal("MESSAGE_ONLY_TEXT_OR_CONTENT")
        template = self._listed.get(str(body.get("templateId")))
        if template is None or self._channel_id not in template["channels"]:
            raise invalid_fields("templateId")
        values = body.get("templateValues", [])
        words = _words(template)
        places = {int(place) for place in _PLACE.findall(words + _button_urls(template))}
        if (
            not isinstance(values, list)
            or len(values) != len(places)
            or not all(isinstance(value, str) and value.strip() for value in values)
            or any(_FORBIDDEN.search(value) for value in values)
        ):
            raise invalid_fields("templateValues")
        undeliverable = None
        if template["status"] != "approved":
            if refused_at_once:
                raise MessageRefusal("TEMPLATE_REJECTED")
            undeliverable = UNSENDABLE_CODES.get(template["status"], NOT_APPROVED_CODE)
        text = _PLACE.sub(lambda place: values[int(place[1]) - 1], words)
        return TemplateOrder(str(template["templateGuid"]), tuple(values), text, undeliverable)


def _words(template: Mapping[str, Any]) -> str:
    """What the phone shows; the sandbox's templates number their places through from the header on."""
    parts = {part["type"]: part.get("text") for part in template["components"]}
    return "\n".join(parts[kind] for kind in ("HEADER", "BODY", "FOOTER") if parts.get(kind))


def _button_urls(template: Mapping[str, Any]) -> str:
    buttons = [button for part in template["components"] for button in part.get("buttons", [])]
    return " ".join(str(button.get("url", "")) for button in buttons)


def _cased(status: str, upper_case: bool) -> str:
    return status.upper() if upper_case else status
