"""Moving a chat's sale through its stages: graph and guards are asked in the transaction that moves it.

Writing a row of stage_history is what moves a sale (migration 0007), and only along an edge of the graph,
so that neither a mistake here nor a statement typed by hand can lead a sale astray.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.basket_storage import read_basket
from sales.fact_storage import read_customer_facts
from sales.quote import QuoteState
from sales.sale_storage import lock_sale, read_sale
from sales.stages import QuoteStanding, Refusal, Situation, Stage, way

_MOVE = text(
    "insert into stage_history (conversation_id, from_stage, to_stage, turn_id, reason)"
    " values (:id, :from_stage, :to_stage, :turn_id, :reason)"
)
_NOW = text(
    "select majlis_now() as now, exists (select from turns where conversation_id = :id) as customer_wrote"
)
_QUOTE = text(
    "select q.state, q.valid_until, q.sent_at is not null as was_sent,"
    " exists (select from quotes sent where sent.number = q.number and sent.sent_at is not null)"
    " as was_ever_sent,"
    " exists (select from orders join quotes ordered on ordered.id = orders.quote_id"
    " where ordered.number = q.number) as is_ordered"
    " from quotes q where q.conversation_id = :id order by q.id desc limit 1"
)


@dataclass(frozen=True)
class Advanced:
    """The sale is where it was wanted; `entered` are the stages it went through now, none if it was there."""

    stage: Stage
    entered: tuple[Stage, ...]


@dataclass(frozen=True)
class Refused:
    """The sale stays at `stage`."""

    stage: Stage
    refusal: Refusal


async def advance(
    connection: AsyncConnection, conversation_id: int, to: Stage, *, turn_id: int | None, reason: str
) -> Advanced | Refused:
    """Bring the chat's sale to a stage, over several edges if need be, each recorded; or refuse and write
    nothing.

    `reason` is for the people who read the history: no words of the customer. Rasa's slot `stage` follows by
    itself, because chat_facts reads the sale.
    """
    sale = await lock_sale(connection, conversation_id)
    stages = way(sale.stage, to, await read_situation(connection, conversation_id))
    if isinstance(stages, Refusal):
        return Refused(sale.stage, stages)
    current = sale.stage
    for stage in stages:
        await connection.execute(
            _MOVE,
            {
                "id": conversation_id,
                "from_stage": current.value,
                "to_stage": stage.value,
                "turn_id": turn_id,
                "reason": reason,
            },
        )
        current = stage
    return Advanced(current, stages)


async def read_stage(connection: AsyncConnection, conversation_id: int) -> Stage:
    """The stage of the chat's sale."""
    return (await read_sale(connection, conversation_id)).stage


async def read_situation(connection: AsyncConnection, conversation_id: int) -> Situation:
    """What the guards look at; it stays true until the transaction ends if the sale is locked."""
    row = (await connection.execute(_NOW, {"id": conversation_id})).one()
    return Situation(
        now=row.now,
        customer_wrote=row.customer_wrote,
        facts=await read_customer_facts(connection, conversation_id),
        basket=await read_basket(connection, conversation_id),
        quote=await _read_quote(connection, conversation_id),
    )


async def _read_quote(connection: AsyncConnection, conversation_id: int) -> QuoteStanding | None:
    row = (await connection.execute(_QUOTE, {"id": conversation_id})).first()
    if row is None:
        return None
    return QuoteStanding(
        state=QuoteState(row.state),
        valid_until=row.valid_until,
        was_sent=row.was_sent,
        was_ever_sent=row.was_ever_sent,
        is_ordered=row.is_ordered,
    )
