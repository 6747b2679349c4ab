"""The ledger of model calls: one row for each request that is sent, written before it is.

A row begins `open`, with the most that the call may cost, and is settled with what it did cost. One that
stays open belongs to a process that died: the server may have charged for it, so it goes on counting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from offscript.budget import Budgets, Prices, correct, reserve
from offscript.ports import ModelAnswer, ModelCallFailed, ModelRequest, Usage

ANSWERED = "answered"

_OPEN = text(
    "insert into model_calls (day, conversation_id, turn_id, purpose, prompt_version, model_asked, cost)"
    " values (:day, :conversation_id, :turn_id, :purpose, :prompt_version, :model, :cost) returning id"
)
_SETTLE = text(
    "update model_calls set outcome = :outcome, status = :status, problem = :problem, model_used = :model,"
    " provider = :provider, input_tokens = :input_tokens, output_tokens = :output_tokens, cost = :cost,"
    " cost_is_estimated = :cost_is_estimated, latency_ms = :latency_ms where id = :id"
)


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call that may be sent: its row, and what is reserved for it."""

    id: int
    day: date
    conversation_id: int | None
    reserved: Decimal


async def open_call(
    connection: AsyncConnection,
    budgets: Budgets,
    prices: Prices,
    request: ModelRequest,
    model: str,
    conversation_id: int | None,
    turn_id: int | None,
) -> OpenCall:
    """Reserve what the call may cost and write its row; commit before it is sent.

    Raises:
        BudgetSpent: when a budget does not allow it.
    """
    most = prices.at_most(request)
    day = await reserve(connection, budgets, conversation_id, most)
    given = {
        "day": day,
        "conversation_id": conversation_id,
        "turn_id": turn_id,
        "purpose": request.purpose,
        "prompt_version": request.prompt_version,
        "model": model,
        "cost": most,
    }
    number: int = (await connection.execute(_OPEN, given)).scalar_one()
    return OpenCall(number, day, conversation_id, most)


async def settle_call(
    connection: AsyncConnection,
    prices: Prices,
    call: OpenCall,
    result: ModelAnswer | ModelCallFailed,
    latency_ms: int,
) -> Decimal:
    """Write what came of the call and give back what it did not cost; the cost in US dollars."""
    if isinstance(result, ModelAnswer):
        failure = None
        usage: Usage | None = Usage(
            result.model, result.provider, result.input_tokens, result.output_tokens, result.cost
        )
    else:
        failure, usage = result, result.usage
    if usage is not None:
        cost, is_estimated = prices.of(usage), usage.cost is None
    elif failure is not None and failure.may_cost:
        cost, is_estimated = call.reserved, True
    else:
        cost, is_estimated = Decimal(0), False
    given = {
        "id": call.id,
        "outcome": failure.reason if failure else ANSWERED,
        "status": failure.status if failure else 200,
        "problem": failure and failure.detail,
        "model": usage and usage.model,
        "provider": usage and usage.provider,
        "input_tokens": usage and usage.input_tokens,
        "output_tokens": usage and usage.output_tokens,
        "cost": cost,
        "cost_is_estimated": is_estimated,
        "latency_ms": latency_ms,
    }
    await connection.execute(_SETTLE, given)
    await correct(connection, call.day, call.conversation_id, cost - call.reserved)
    return cost
