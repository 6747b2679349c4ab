"""What the off-script part asks of a language model, and how it hears that there is none.

Whoever holds a `LanguageModel` gives it masked text and gets an answer that is whole and well formed,
or `ModelUnavailable`: no half answer, no error of an HTTP library. The rules of asking (budgets, ledger,
breaker, the next model) are in `guarded_model`; it asks a `ModelServer`, which a connector offers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, Protocol

Role = Literal["system", "user", "assistant", "tool"]
Purpose = Literal["triage", "answer", "summary", "judge"]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool the model wants called: `id` ties the result to it, `arguments` is the parsed JSON object.

    That the tool was offered and the arguments are an object is certain; that they fit the tool's schema
    is for whoever runs the tool to check.
    """

    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ModelMessage:
    """One message of the talk with the model.

    `tool_calls` belong to an assistant's message; `tool_call_id` to a tool's: the call that it answers.
    """

    role: Role
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool the model may call: `parameters` is the JSON schema of its arguments, always of an object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One question to a model.

    `prompt_version` goes to the ledger. With `json_schema` (of an object) the answer's text is one JSON
    object that fits it, or there is no answer. `max_tokens` limits the answer; one that hits the limit
    is none. Put what never changes first: a server keeps the beginning of a prompt warm.
    """

    purpose: Purpose
    prompt_version: str
    messages: Sequence[ModelMessage]
    max_tokens: int
    tools: Sequence[ToolSpec] = ()
    json_schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What the model said, whole: text, or calls of tools that were offered, or both.

    `model` is the one that answered, `provider` who served it if the server says so. `cost` is in US
    dollars as the server gave it, None if it gave none (the ledger then estimates).
    """

    text: str
    tool_calls: tuple[ToolCall, ...]
    model: str
    provider: str | None
    input_tokens: int
    output_tokens: int
    cost: Decimal | None
    latency_ms: int


class Reason(StrEnum):
    """Why there is no answer. When several models failed, it is the reason of the last."""

    NOT_CONFIGURED = "not_configured"  # no key, or no model for this purpose
    BUDGET = "budget"  # the day's budget of the chat or of all is spent; nothing was sent
    OUT_OF_CREDIT = "out_of_credit"  # the account at the provider is empty: someone must act
    DEADLINE = "deadline"  # the time was over
    BREAKER_OPEN = "breaker_open"  # the server failed again and again, and is left alone for a while
    REFUSED = "refused"  # the server will not do it (400, 401, 403, moderation): asking again is of no use
    UNUSABLE = "unusable"  # it answered, but cut off, empty, not as asked, or with what is no answer
    UNREACHABLE = "unreachable"  # no connection, or 408, 409, 429, 5xx from every model asked


class ModelUnavailable(Exception):
    """No answer: go on by the rules. `detail` is for operators; no word of request or answer is in it."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"no answer of a language model ({reason}): {detail}")
        self.reason = reason
        self.detail = detail


class LanguageModel(Protocol):
    """A model behind its budgets, its ledger, its breaker and its fallbacks."""

    async def complete(
        self, request: ModelRequest, *, conversation_id: int | None, turn_id: int | None, deadline: float
    ) -> ModelAnswer:
        """Ask, at most two models one after the other, and be done by `deadline` (the event loop's time).

        `conversation_id` and `turn_id` are whom the cost is booked to; without a conversation only the
        budget of all counts. Hold no transaction meanwhile: it takes seconds, and Postgres ends one that
        is idle for ten.

        Raises:
            ModelUnavailable: for whatever reason there is no answer.
            SQLAlchemyError: when the budgets cannot be read; nothing was sent, or the answer is lost.
        """
        ...


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call used, as the server counted; `cost` in US dollars, None if it names none."""

    model: str
    provider: str | None
    input_tokens: int
    output_tokens: int
    cost: Decimal | None


class ModelCallFailed(Exception):
    """One call to one model brought no answer.

    `detail` holds codes and field names only, never a word of the request or the answer.
    """

    def __init__(
        self,
        reason: Reason,
        detail: str,
        *,
        status: int | None = None,
        usage: Usage | None = None,
        may_cost: bool = False,
        may_ask_another: bool = True,
        is_outage: bool = False,
    ) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        # The HTTP status, or the code that stood in its place in the body of a 200.
        self.status = status
        # None: the server counted nothing ...
        self.usage = usage
        # ... but it had the request, and may charge for it.
        self.may_cost = may_cost
        # Whether another model of the same server may do better.
        self.may_ask_another = may_ask_another
        # Whether it speaks against the server as a whole; the breaker counts these.
        self.is_outage = is_outage


class ModelServer(Protocol):
    """A server with models behind one address."""

    @property
    def address(self) -> str:
        """What the breaker keeps its state under."""
        ...

    async def ask(self, model: str, request: ModelRequest, *, timeout_seconds: float) -> ModelAnswer:
        """One call, never repeated.

        Raises:
            ModelCallFailed: for everything that is no whole, well-formed answer within the time.
        """
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...
