"""What a body of `POST /v3/message` must look like (wazzup-v3.md §5.1, §5.4, §5.5)."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.config import CHAT_TYPES_BY_TRANSPORT, SandboxConfig
from sandbox.wazzup.refusals import MessageRefusal, invalid_fields
from sandbox.wazzup.templates import TemplateOrder, Templates

MAX_TEXT_WABA = 1_024
MAX_TEXT_OTHER = 10_000
MAX_BUTTONS = 10
MAX_BUTTON_TEXT = 20

_PHONE = re.compile(r"[1-9][0-9]{6,14}")
_CHAT_TYPES = frozenset().union(*CHAT_TYPES_BY_TRANSPORT.values())
_PHONE_CHAT_TYPES = {"whatsapp", "viber"}
_FIELDS = {
    "channelId",
    "chatType",
    "chatId",
    "text",
    "contentUri",
    "templateId",
    "templateValues",
    "refMessageId",
    "crmMessageId",
    "crmUserId",
    "clearUnanswered",
    "username",
    "phone",
    "buttonsObject",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOrder:
    """A send that passed every check that needs neither memory nor network."""

    chat_type: str
    chat_id: str
    text: str | None
    content_uri: str | None
    template: TemplateOrder | None
    ref_message_id: str | None
    crm_message_id: str | None
    crm_user_id: str | None
    clear_unanswered: bool
    buttons: list[dict[str, object]]


def is_phone_chat_id(chat_id: str) -> bool:
    """Digits only, country code first, no plus sign."""
    return _PHONE.fullmatch(chat_id) is not None


def parse_body(raw: bytes) -> dict[str, object]:
    """The JSON object of a message route. Raises MessageRefusal."""
    try:
        value = json.loads(raw)
    except ValueError as error:
        raise MessageRefusal("VALIDATION_ERROR", description=f"Body is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise MessageRefusal("VALIDATION_ERROR", description="Body is not a JSON object")
    return value


def check_send(
    body: Mapping[str, object],
    config: SandboxConfig,
    templates: Templates,
    *,
    refuse_unknown_fields: bool,
    refuse_templates_at_once: bool,
) -> SendOrder:
    """Check every field of a send. Raises MessageRefusal with the documented code and data."""
    if refuse_unknown_fields and (unknown := sorted(set(body) - _FIELDS)):
        raise invalid_fields(*unknown)
    chat_type, chat_id = _check_address(body, config)
    template = templates.check(body, refused_at_once=refuse_templates_at_once)
    strings = {
        name: _optional_string(body, name)
        for name in ("refMessageId", "crmMessageId", "crmUserId", "username", "phone")
    }
    clear_unanswered = body.get("clearUnanswered", True)
    if not isinstance(clear_unanswered, bool):
        raise invalid_fields("clearUnanswered")
    text, content_uri = (None, None) if template else check_content(body, config.transport)
    buttons = _check_buttons(body.get("buttonsObject"))
    if template and (config.transport != "wapi" or buttons):
        # templates are WABA's, and their buttons are their own
        raise invalid_fields("buttonsObject" if buttons else "templateId")
    return SendOrder(
        chat_type=chat_type,
        chat_id=chat_id,
        text=template.text if template else text,
        content_uri=content_uri,
        template=template,
        ref_message_id=strings["refMessageId"],
        crm_message_id=strings["crmMessageId"],
        crm_user_id=strings["crmUserId"],
        clear_unanswered=clear_unanswered,
        buttons=buttons,
    )


def check_content(body: Mapping[str, object], transport: str) -> tuple[str | None, str | None]:
    """Exactly one of text and contentUri, neither blank nor too long. Raises MessageRefusal."""
    text, content_uri = body.get("text"), body.get("contentUri")
    if text is not None and content_uri is not None:
        raise MessageRefusal("MESSAGE_ONLY_TEXT_OR_CONTENT")
    if text is None and content_uri is None:
        raise MessageRefusal("MESSAGE_NOTHING_TO_SEND")
    if text is None:
        if not isinstance(content_uri, str):
            raise invalid_fields("contentUri")
        if not content_uri.strip():
            raise MessageRefusal("MESSAGES_CONTENT_CAN_NOT_BE_BLANK")
        return None, content_uri
    if not isinstance(text, str):
        raise invalid_fields("text")
    if not text.strip():
        raise MessageRefusal("MESSAGES_TEXT_CAN_NOT_BE_BLANK")
    if text.startswith("@template:"):
        raise invalid_fields("text")
    if transport == "wapi" and len(text) > MAX_TEXT_WABA:
        raise MessageRefusal("MESSAGES_TOO_LONG_WABA")
    if len(text) > MAX_TEXT_OTHER:
        raise MessageRefusal("MESSAGE_TEXT_TOO_LONG")
    return text, None


def _check_address(body: Mapping[str, object], config: SandboxConfig) -> tuple[str, str]:
    channel_id, chat_type, chat_id = (body.get(name) for name in ("channelId", "chatType", "chatId"))
    wrong = [
        name
        for name, fits in (
            ("channelId", _is_uuid(channel_id)),
            ("chatType", chat_type in _CHAT_TYPES),
            ("chatId", isinstance(chat_id, str) and chat_id != ""),
        )
        if not fits
    ]
    if wrong:
        raise invalid_fields(*wrong)
    if channel_id != config.channel_id:
        raise MessageRefusal("CHANNEL_NOT_FOUND", data={"channelId": channel_id})
    if chat_type not in CHAT_TYPES_BY_TRANSPORT[config.transport]:
        raise MessageRefusal(
            "WRONG_TRANSPORT",
            data={"channelId": channel_id, "transport": config.transport, "chatType": chat_type},
        )
    if chat_type in _PHONE_CHAT_TYPES and not is_phone_chat_id(str(chat_id)):
        raise invalid_fields("chatId")
    return str(chat_type), str(chat_id)


def _is_uuid(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False


def _optional_string(body: Mapping[str, object], name: str) -> str | None:
    value = body.get(name)
    if value is not None and (not isinstance(value, str) or not value):
        raise invalid_fields(name)
    return value


def _check_buttons(value: object) -> list[dict[str, object]]:
    """A flat list of text buttons; those after the tenth are dropped, as documented."""
    if value is None:
        return []
    buttons = value.get("buttons") if isinstance(value, dict) else None
    if not isinstance(buttons, list) or not buttons:
        raise invalid_fields("buttonsObject")
    for button in buttons:
        if not isinstance(button, dict) or button.get("type") != "text":
            raise invalid_fields("buttonsObject")
        text, payload = button.get("text"), button.get("payload")
        if not isinstance(text, str) or not 0 < len(text) <= MAX_BUTTON_TEXT:
            raise invalid_fields("buttonsObject")
        if payload is not None and not isinstance(payload, str):
            raise invalid_fields("buttonsObject")
    return buttons[:MAX_BUTTONS]
