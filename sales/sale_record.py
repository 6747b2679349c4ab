"""What became of a chat's sale from its first move to its last, read-only, for whoever grades the chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_QUERIES = {
    "moves": text(
        "select from_stage, to_stage, at from stage_history where conversation_id = :id order by id"
    ),
    "quotes": text(
        "select id, year, number, revision, vat_percent, discount_percent, subtotal, discount, vat, total,"
        " customer, created_at, sent_at from quotes where conversation_id = :id and sent_at is not null"
        " order by id"
    ),
    "lines": text(
        "select l.quote_id, l.sku, l.zoho_item_id, l.name_en, l.name_ar, l.quantity, l.rate"
        " from quote_lines l join quotes q on q.id = l.quote_id where q.conversation_id = :id"
        " order by l.quote_id, l.position"
    ),
    # By word or in the deal: what stands in the deal is read from there.
    "approvals": text(
        "select percent, seen_at as at, withdrawn_at as until from approved_discounts"
        " where conversation_id = :id union all"
        " select percent, approved_at, case when state in ('replaced', 'refused') then ended_at end"
        " from discount_approvals where conversation_id = :id order by at"
    ),
    "hand_overs": text("select at from hand_overs where conversation_id = :id order by id"),
    "consents": text("select state, at from consents where conversation_id = :id order by id"),
}


async def read_sale_record(
    connection: AsyncConnection, conversation_id: int
) -> dict[str, Sequence[Mapping[str, Any]]]:
    """Rows by what they tell, oldest first.

    These are: moves, sent quotes, their lines, approvals, consents and hand_overs.
    """
    return {
        name: [dict(row) for row in (await connection.execute(query, {"id": conversation_id})).mappings()]
        for name, query in _QUERIES.items()
    }
