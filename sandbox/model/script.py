"""What the stand-in answers to which request, and how it fails on purpose.

A script is a list of entries. The first that fits a request and is not used up answers it; when none does,
the answer is 503.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

FAULTS = {
    "status": "HTTP `status` (400 to 599) with an error of the protocol; `retry_after` seconds if given",
    "error_in_200": "a 200 whose body is only an error with `status` (502) as its code",
    "error_in_choice": "a 200 whose choice holds an error with `status` (502) and finish_reason error",
    "finish": "the reply, with finish_reason `finish_reason`; half of it when that is length",
    "no_choices": "a 200 without choices",
    "empty_choices": "a 200 with an empty list of choices",
    "empty_text": "a choice that says nothing",
    "tool_text": "the entry's tool calls, printed as text in `style` (json, tags or code)",
    "bad_arguments": "the entry's tool calls, with arguments that are cut JSON",
    "unknown_tool": "a call of a tool that nobody offered",
    "cut_json": "the reply's text, cut in the middle, as if it were whole",
    "endless_json": "JSON that goes on with spaces until max_tokens: finish_reason length",
    "truncate": "the body of the HTTP answer, cut in the middle",
    "endless_body": "an HTTP body of spaces without an end, `seconds` between its pieces",
    "slow": "`seconds` before the reply",
    "drop": "the connection is cut without an answer",
    "html": "an HTML page with `status` (200)",
}
FINISH_REASONS = ("stop", "tool_calls", "length", "error", "content_filter")
STYLES = ("json", "tags", "code")
_REPLIES = ("text", "tool_calls", "json")


class ScriptError(ValueError):
    """A script that cannot be understood; the text names the place and what is possible."""


@dataclass(slots=True, kw_only=True)
class Entry:
    """One answer and the requests it is for; what is None or empty fits every request."""

    # searched for in the newest user message
    match: str = ""
    # searched for in every user message: also fits when the newest is a demand to write once more
    within: str = ""
    # as the client says in its header X-Majlis-Purpose
    purpose: str | None = None
    model: str | None = None
    # role of the last message: `tool` fits only what follows on a tool's result, `user` what does not
    last_role: str | None = None
    # how often it answers; 0 means without end
    times: int = 1

    # one of these, or a fault
    text: str | None = None
    # each {name, arguments}
    tool_calls: list[dict[str, object]] | None = None
    # any value; sent as the text
    json: object = None

    # see FAULTS
    fault: str | None = None
    status: int | None = None
    retry_after: int | None = None
    finish_reason: str = "length"
    style: str = "json"
    # before the answer, with or without a fault
    seconds: float = 0.0

    # who says to have answered; None: the model that was asked
    answers_as: str | None = None
    provider: str | None = "Sandbox"
    prompt_tokens: int = 100
    completion_tokens: int = 20
    # US dollars; None: the answer names none
    cost: float | None = 0.0001

    # how often it has answered
    used: int = 0

    def fits(self, purpose: str | None, body: Mapping[str, object]) -> bool:
        """Whether it answers this request; using it up is for the caller."""
        if self.times > 0 and self.used >= self.times:
            return False
        if self.purpose not in {None, purpose} or self.model not in {None, body["model"]}:
            return False
        if self.last_role not in {None, last_role(body)}:
            return False
        if self.within and not any(re.search(self.within, said) for said in user_messages(body)):
            return False
        return re.search(self.match, newest_user_message(body)) is not None


def user_messages(body: Mapping[str, object]) -> list[str]:
    """The text of each, the oldest first."""
    return [str(item["content"]) for item in _messages(body) if item["role"] == "user"]


def newest_user_message(body: Mapping[str, object]) -> str:
    """Its text; empty when nobody wrote one."""
    return next(reversed(user_messages(body)), "")


def last_role(body: Mapping[str, object]) -> str:
    """`tool` after a tool's result, else `user`."""
    return "tool" if _messages(body)[-1]["role"] == "tool" else "user"


def read_script(value: object) -> list[Entry]:
    """A script from JSON. Raises ScriptError naming the place."""
    if not isinstance(value, list):
        raise ScriptError(f"entries is {value!r}; send a list of objects")
    return [_read(f"entries[{index}]", item) for index, item in enumerate(value)]


def script_json(entries: list[Entry]) -> list[dict[str, object]]:
    """A script as `read_script` takes it."""
    return [asdict(entry) for entry in entries]


_TYPES: Mapping[str, tuple[type, ...]] = {
    "match": (str,),
    "within": (str,),
    "purpose": (str, type(None)),
    "model": (str, type(None)),
    "times": (int,),
    "text": (str, type(None)),
    "tool_calls": (list, type(None)),
    "status": (int, type(None)),
    "retry_after": (int, type(None)),
    "seconds": (int, float),
    "answers_as": (str, type(None)),
    "provider": (str, type(None)),
    "prompt_tokens": (int,),
    "completion_tokens": (int,),
    "cost": (int, float, type(None)),
    "used": (int,),
}
_CHOICES: Mapping[str, tuple[object, ...]] = {
    "fault": (None, *FAULTS),
    "last_role": (None, "user", "tool"),
    "finish_reason": FINISH_REASONS,
    "style": STYLES,
}


def _read(place: str, item: object) -> Entry:
    if not isinstance(item, Mapping):
        raise ScriptError(f"{place} is {item!r}; send an object")
    names = {known.name for known in fields(Entry)}
    if unknown := sorted(set(item) - names):
        raise ScriptError(f"{place} has unknown fields {unknown}; the fields are {sorted(names)}")
    for name, types in _TYPES.items():
        if name in item and (not isinstance(item[name], types) or isinstance(item[name], bool)):
            raise ScriptError(
                f"{place}.{name} is {item[name]!r}; use {' or '.join(kind.__name__ for kind in types)}"
            )
    for name, choices in _CHOICES.items():
        if name in item and item[name] not in choices:
            raise ScriptError(f"{place}.{name} is {item[name]!r}; use one of {list(choices)}")
    entry = Entry(**item)
    _check(place, entry)
    return entry


def _check(place: str, entry: Entry) -> None:
    given = [name for name in _REPLIES if getattr(entry, name) is not None]
    if len(given) > 1 or not (given or entry.fault):
        raise ScriptError(
            f"{place} has {given or 'no reply'}; give one of text, tool_calls, json, or a fault"
        )
    if entry.fault in {"tool_text", "bad_arguments"} and not entry.tool_calls:
        raise ScriptError(f"{place}: the fault {entry.fault} needs tool_calls")
    if entry.fault == "status" and not 400 <= (entry.status or 0) <= 599:
        raise ScriptError(f"{place}.status is {entry.status!r}; the fault status needs 400 to 599")
    if entry.times < 0 or entry.seconds < 0:
        raise ScriptError(f"{place}: times and seconds start at 0")
    for name, pattern in (("match", entry.match), ("within", entry.within)):
        try:
            re.compile(pattern)
        except re.error as error:
            raise ScriptError(f"{place}.{name} is no regular expression: {error}") from error
    for index, call in enumerate(entry.tool_calls or ()):
        if (
            not isinstance(call, dict)
            or not isinstance(call.get("name"), str)
            or set(call) - {"name", "arguments"}
        ):
            raise ScriptError(f"{place}.tool_calls[{index}] is {call!r}; send {{name, arguments}}")


def _messages(body: Mapping[str, object]) -> list[dict[str, object]]:
    messages = body["messages"]
    assert isinstance(messages, list)
    return messages
