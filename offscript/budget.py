"""What models may cost in a day: for each chat, and in all.

A call reserves the most that it can cost before it is sent, and gives back the rest once its cost is
known. The rows of `model_spending` are changed only by an update that compares with the limit, so
calls at the same moment cannot spend the same rest twice; what may go over is at most what a server
charges beyond the prices of `Prices`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from offscript.ports import ModelRequest, Usage

# No tokenizer in use makes more of English or Arabic: four bytes of English are a token, and three to
# six of Arabic; digits and Arabizi lie between.
_BYTES_PER_TOKEN = 2
_MILLION = Decimal(1_000_000)

_TODAY = text("select (majlis_now() at time zone :timezone)::date")
_RESERVE = text(
    "insert into model_spending as spending (day, conversation_id, dollars)"
    " select :day, :conversation_id, :dollars where :dollars <= :limit"
    " on conflict (day, conversation_id) do update set dollars = spending.dollars + excluded.dollars"
    " where spending.dollars + excluded.dollars <= :limit returning 1"
)
_CORRECT = text(
    "update model_spending set dollars = dollars + :dollars"
    " where day = :day and conversation_id is not distinct from :conversation_id"
)


class BudgetSpent(Exception):
    """The call could cost more than is left of a day's budget; the text names the setting."""


@dataclass(frozen=True, slots=True)
class Budgets:
    """US dollars a day; `timezone` (IANA) says when a day begins."""

    per_chat: Decimal
    per_day: Decimal
    timezone: str


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars for a million tokens: what is reserved, and booked where a server names no cost."""

    input: Decimal
    output: Decimal

    def at_most(self, request: ModelRequest) -> Decimal:
        """The most that a call may cost: a generous count of what is sent, and the longest answer."""
        sent = [
            *(message.content for message in request.messages),
            *(
                json.dumps(dict(call.arguments))
                for message in request.messages
                for call in message.tool_calls
            ),
            *(f"{tool.name}{tool.description}{json.dumps(tool.parameters)}" for tool in request.tools),
            json.dumps(request.json_schema or ""),
        ]
        size = sum(len(part.encode(errors="replace")) for part in sent)
        return self._of(size // _BYTES_PER_TOKEN + 1, request.max_tokens)

    def of(self, usage: Usage) -> Decimal:
        """The server's own figure, or its tokens at these prices."""
        return self._of(usage.input_tokens, usage.output_tokens) if usage.cost is None else usage.cost

    def _of(self, input_tokens: int, output_tokens: int) -> Decimal:
        return (input_tokens * self.input + output_tokens * self.output) / _MILLION


async def reserve(
    connection: AsyncConnection, budgets: Budgets, conversation_id: int | None, dollars: Decimal
) -> date:
    """Count `dollars` as spent, in the chat's budget and in all; the day they are booked on.

    Raises:
        BudgetSpent: when a budget has less left; roll back, for the other may hold it already.
    """
    day: date = (await connection.execute(_TODAY, {"timezone": budgets.timezone})).scalar_one()
    # The row that everybody shares comes last, and is held for the shortest time.
    if conversation_id is not None:
        await _take(connection, day, conversation_id, dollars, budgets.per_chat, "LLM_BUDGET_PER_CHAT")
    await _take(connection, day, None, dollars, budgets.per_day, "LLM_BUDGET_PER_DAY")
    return day


async def correct(
    connection: AsyncConnection, day: date, conversation_id: int | None, dollars: Decimal
) -> None:
    """Add `dollars` (mostly negative: the actual cost less the reserved) to what was booked on `day`."""
    for whose in (conversation_id, None) if conversation_id is not None else (None,):
        await connection.execute(_CORRECT, {"day": day, "conversation_id": whose, "dollars": dollars})


async def _take(
    connection: AsyncConnection,
    day: date,
    conversation_id: int | None,
    dollars: Decimal,
    limit: Decimal,
    setting: str,
) -> None:
    given = {"day": day, "conversation_id": conversation_id, "dollars": dollars, "limit": limit}
    if (await connection.execute(_RESERVE, given)).first() is None:
        raise BudgetSpent(f"less than the {dollars:.4f} dollars that a call may cost is left of {setting}")
