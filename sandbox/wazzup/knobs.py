"""One model of everything a test may turn: faults, and the points where the documentation is silent.

Each default follows the documentation; what it leaves open can be switched, and the client has to
work under both settings. `PUT /control/knobs` changes some of them and keeps the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields

# What may happen to a send. Accepted ones reach the customer, except `accept_and_lose`.
SEND_OUTCOMES = {
    "ok": "201",
    "429": "429, nothing accepted",
    "500": "500, nothing accepted",
    "503_after_accept": "accepted, then 503",
    "accept_then_drop": "accepted, then the connection is dropped without an answer",
    "accept_and_lose": "201, but the customer never gets it and no status comes",
    "slow:SECONDS": "accepted at once, answered 201 after that many seconds",
    "broken_json": "accepted, 201 with JSON that ends in the middle",
    "refuse:CODE": "400 with this code, the crmMessageId stays free",
    "refuse_key_occupied[:CODE]": "400 with this code, and the crmMessageId counts as used",
    "close_connection": "the connection is dropped, nothing accepted",
}
_PLAIN_OUTCOMES = {name for name in SEND_OUTCOMES if ":" not in name}
_OUTCOME_PATTERN = re.compile(r"slow:\d+(\.\d+)?|refuse:\w+|refuse_key_occupied(:\w+)?")


class KnobError(ValueError):
    """A knob that does not exist or a value it cannot take; the text names both."""


@dataclass(frozen=True, slots=True)
class ScriptedSend:
    """One outcome for the next send, or for the next send to one chat."""

    outcome: str
    chat_id: str | None = None


@dataclass(frozen=True, slots=True)
class StatusStep:
    """One status webhook of an accepted message."""

    status: str
    # real seconds after the step before it
    after_seconds: float = 0.0
    # delivery code, with status "error"
    error: str | None = None
    # its description; None: the usual one
    description: str | None = None


def _usual_statuses() -> list[StatusStep]:
    return [StatusStep("sent", 0.05), StatusStep("delivered", 0.3), StatusStep("read", 0.8)]


@dataclass(slots=True)
class Knobs:
    """See each field; the order of the groups is that of a message's way."""

    # --- requests ---
    # the documented limit: 500 requests per fixed window of 5 s
    rate_limit_requests: int = 500
    rate_limit_window_seconds: float = 5.0
    # a key issued beside the vendor's own CRM integration: most routes answer 403
    sidecar_key: bool = False
    # how far the `Date` of every answer is ahead of this host's clock, in seconds
    date_ahead_seconds: float = 0.0
    # codes as seen live (UPPER_SNAKE) or as in the documentation's prose (camelCase)
    error_code_style: str = "UPPER_SNAKE"

    # --- sends ---
    # consumed one by one, first match first
    send_script: list[ScriptedSend] = field(default_factory=list)
    # outcome of every send that no script entry matches
    send_default: str = "ok"
    # not documented: whether a field it does not know is refused
    refuse_unknown_fields: bool = True
    idempotency_window_seconds: float = 60.0
    # not documented: the window starts at "acceptance" or at "receipt" of the first attempt
    idempotency_starts_at: str = "acceptance"
    # not documented: whether a refused attempt keeps its crmMessageId occupied
    failed_attempts_occupy_key: bool = False
    # outside the 24-hour window: "status" = 201, then a status error; "synchronous" = 400
    window_refusal: str = "status"

    # --- templates ---
    # one that is not approved: "synchronous" = 400 TEMPLATE_REJECTED, "status" = 201, then a status error
    template_refusal: str = "synchronous"
    # chat id, or * for every chat -> the code with which templates to it are not delivered, such as 131049
    template_errors: dict[str, str] = field(default_factory=dict)
    # not documented: Meta's numbers come as the "code" itself, or in the "description" of GENERAL_ERROR
    template_error_in: str = "code"
    # statuses of templates are printed in both ways
    template_status_upper_case: bool = False

    # --- statuses and echoes ---
    status_script: list[StatusStep] = field(default_factory=_usual_statuses)
    # scripts of single chats, in place of status_script
    status_scripts_by_chat: dict[str, list[StatusStep]] = field(default_factory=dict)
    # "off", "others" (a manager's messages) or "all" (this API's own sends too, as newer pages say)
    echo: str = "all"
    # the echo webhook is delivered before the 201 is answered
    echo_before_response: bool = False
    # the first status is delivered before the message's own echo
    status_before_echo: bool = False

    # --- webhooks ---
    # real seconds before each retry of a delivery that was not answered 200; v3 promises none
    webhook_retry_seconds: list[float] = field(default_factory=list)
    # further copies of every delivery
    webhook_duplicates: int = 0
    # elements in one body
    webhook_batch_size: int = 1
    # whether messages and statuses may share a body (matters with a batch size above 1)
    webhook_mixed: bool = True
    webhook_timeout_seconds: float = 30.0
    # send the CRM key, when the sandbox has one
    crm_key_header: bool = True
    # not documented: whether the `{"test": true}` probe carries the CRM key
    probe_carries_crm_key: bool = False
    # the hyphen is the documentation's own
    webhook_content_type: str = "application/json; charset-utf-8"
    # an unknown field in every element and an unknown event beside them
    webhook_unknown_fields: bool = False
    # before the elements, a message of an unknown type and an unknown status
    webhook_unknown_siblings: bool = False
    # GET /v3/webhooks: "live" (booleans, wabaTemplatesStatus) or "documented" (strings)
    subscription_style: str = "live"

    def update(self, changes: Mapping[str, object]) -> None:
        """Take some knobs from JSON. Raises KnobError naming the knob; then nothing was changed."""
        names = {item.name for item in fields(self)}
        taken: dict[str, object] = {}
        for name, value in changes.items():
            if name not in names:
                raise KnobError(f"there is no knob {name!r}; the knobs are {', '.join(sorted(names))}")
            taken[name] = _CHECKS[name](name, value)
        for name, value in taken.items():
            setattr(self, name, value)

    def take_send_outcome(self, chat_id: str | None) -> str:
        """The outcome of this send; a script entry is used up by it."""
        for index, entry in enumerate(self.send_script):
            if entry.chat_id is None or entry.chat_id == chat_id:
                del self.send_script[index]
                return entry.outcome
        return self.send_default

    def statuses_for(self, chat_id: str) -> list[StatusStep]:
        """The status script of a message to this chat."""
        return list(self.status_scripts_by_chat.get(chat_id, self.status_script))

    def template_error_for(self, chat_id: str) -> str | None:
        """The code with which a template to this chat is not delivered."""
        return self.template_errors.get(chat_id, self.template_errors.get("*"))

    def template_failure(self, code: str) -> StatusStep:
        """The status of a template that is not delivered for this code."""
        if self.template_error_in == "code" or not code.isdigit():
            return StatusStep("error", 0.0, code)
        return StatusStep("error", 0.0, "GENERAL_ERROR", f"(#{code}) Message failed to send")

    def as_json(self) -> dict[str, object]:
        """All knobs as `update` would take them."""
        return asdict(self)


_Check = Callable[[str, object], object]


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise KnobError(f"{name} is {value!r}; send true or false")
    return value


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise KnobError(f"{name} is {value!r}; send a string")
    return value


def _count(least: int) -> _Check:
    def check(name: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise KnobError(f"{name} is {value!r}; send a whole number of at least {least}")
        return value

    return check


def _seconds(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise KnobError(f"{name} is {value!r}; send seconds, 0 or more")
    return float(value)


def _one_of(*choices: str) -> _Check:
    def check(name: str, value: object) -> str:
        if value not in choices:
            raise KnobError(f"{name} is {value!r}; send one of {', '.join(choices)}")
        return value

    return check


def _list(name: str, value: object) -> list[object]:
    if not isinstance(value, list):
        raise KnobError(f"{name} is {value!r}; send a list")
    return value


def _seconds_list(name: str, value: object) -> list[float]:
    return [_seconds(f"{name}[{index}]", item) for index, item in enumerate(_list(name, value))]


def _outcome(name: str, value: object) -> str:
    if isinstance(value, str) and (value in _PLAIN_OUTCOMES or _OUTCOME_PATTERN.fullmatch(value)):
        return value
    raise KnobError(f"{name} is {value!r}; send one of {', '.join(SEND_OUTCOMES)}")


def _send_script(name: str, value: object) -> list[ScriptedSend]:
    script = []
    for index, item in enumerate(_list(name, value)):
        entry = item if isinstance(item, dict) else {"outcome": item}
        chat_id = entry.get("chat_id")
        place = f"{name}[{index}]"
        if unknown := set(entry) - {"outcome", "chat_id"}:
            raise KnobError(f"{place} has unknown keys {sorted(unknown)}; use outcome and chat_id")
        script.append(
            ScriptedSend(
                _outcome(f"{place}.outcome", entry.get("outcome")),
                None if chat_id is None else _text(f"{place}.chat_id", chat_id),
            )
        )
    return script


def _status_script(name: str, value: object) -> list[StatusStep]:
    script = []
    for index, item in enumerate(_list(name, value)):
        entry = item if isinstance(item, dict) else {"status": item}
        place = f"{name}[{index}]"
        if unknown := set(entry) - {"status", "after_seconds", "error", "description"}:
            raise KnobError(
                f"{place} has unknown keys {sorted(unknown)};"
                " use status, after_seconds, error and description"
            )
        error, description = entry.get("error"), entry.get("description")
        script.append(
            StatusStep(
                _text(f"{place}.status", entry.get("status")),
                _seconds(f"{place}.after_seconds", entry.get("after_seconds", 0.0)),
                None if error is None else _text(f"{place}.error", error),
                None if description is None else _text(f"{place}.description", description),
            )
        )
    return script


def _status_scripts(name: str, value: object) -> dict[str, list[StatusStep]]:
    if not isinstance(value, dict):
        raise KnobError(f"{name} is {value!r}; send an object of chat id and script")
    return {str(chat_id): _status_script(f"{name}.{chat_id}", script) for chat_id, script in value.items()}


def _codes_by_chat(name: str, value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise KnobError(f"{name} is {value!r}; send an object of chat id (or *) and code")
    return {str(chat_id): _text(f"{name}.{chat_id}", code) for chat_id, code in value.items()}


_CHECKS: dict[str, _Check] = {
    "template_refusal": _one_of("synchronous", "status"),
    "template_errors": _codes_by_chat,
    "template_error_in": _one_of("code", "description"),
    "template_status_upper_case": _flag,
    "rate_limit_requests": _count(1),
    "rate_limit_window_seconds": _seconds,
    "sidecar_key": _flag,
    "date_ahead_seconds": _seconds,
    "error_code_style": _one_of("UPPER_SNAKE", "camelCase"),
    "send_script": _send_script,
    "send_default": _outcome,
    "refuse_unknown_fields": _flag,
    "idempotency_window_seconds": _seconds,
    "idempotency_starts_at": _one_of("acceptance", "receipt"),
    "failed_attempts_occupy_key": _flag,
    "window_refusal": _one_of("status", "synchronous"),
    "status_script": _status_script,
    "status_scripts_by_chat": _status_scripts,
    "echo": _one_of("off", "others", "all"),
    "echo_before_response": _flag,
    "status_before_echo": _flag,
    "webhook_retry_seconds": _seconds_list,
    "webhook_duplicates": _count(0),
    "webhook_batch_size": _count(1),
    "webhook_mixed": _flag,
    "webhook_timeout_seconds": _seconds,
    "crm_key_header": _flag,
    "probe_carries_crm_key": _flag,
    "webhook_content_type": _text,
    "webhook_unknown_fields": _flag,
    "webhook_unknown_siblings": _flag,
    "subscription_style": _one_of("live", "documented"),
}
