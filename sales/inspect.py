"""A read-only look at what is known of a chat's sale, for people who ask what happened.

psycopg like `turns.inspect`, so that one connection reads a chat from all sides.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import dict_row

_QUERIES = {
    "sale": """
        select coalesce(s.stage, 'greeting') as stage, coalesce(s.outcome, 'open') as outcome, s.changed_at,
               (select code from chat_codes where conversation_id = c.id) as code,
               (select jsonb_agg(jsonb_build_object('at', h.at, 'from', h.from_stage, 'to', h.to_stage,
                                                    'reason', h.reason) order by h.id desc)
                from stage_history h where h.conversation_id = c.id) as moves
        from conversations c left join sales s on s.conversation_id = c.id where c.id = %(id)s""",
    "facts": """
        select company, contact_name, email, city, trn, need_category, need_description, need_quantity,
               updated_at
        from customer_facts where conversation_id = %(id)s""",
    "basket": """
        select b.sku, b.quantity, p.name_en as name, p.rate
        from basket_lines b left join products p on p.sku = b.sku
        where b.conversation_id = %(id)s order by b.position""",
    "quotes": """
        select q.id, format('Q-%%s-%%s', q.year, lpad(q.number::text, 5, '0')) as number, q.revision, q.state,
               q.language, q.total, q.discount_percent, q.valid_until, q.sent_at,
               (select jsonb_agg(l.quantity || ' × ' || l.sku || ' at ' || l.rate order by l.position)
                from quote_lines l where l.quote_id = q.id) as lines
        from quotes q where q.conversation_id = %(id)s order by q.id desc limit 20""",
    "orders": """
        select o.id, o.number, o.state, o.created_at, q.revision, q.total
        from orders o join quotes q on q.id = o.quote_id
        where o.conversation_id = %(id)s order by o.id desc limit 20""",
    "consents": """
        select id, state, how, at, turn_id from consents where conversation_id = %(id)s
        order by id desc limit 20""",
    "follow_ups": """
        select id, step, state, reason, silence_since, made_at, held_until, outbox_id from follow_ups
        where conversation_id = %(id)s order by id desc limit 20""",
}


async def sale_rows(
    connection: psycopg.AsyncConnection[Any], conversation_id: int
) -> dict[str, list[dict[str, Any]]]:
    """The sale of a chat by table, newest first; what is chosen stands in the order of choosing."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        return {
            name: await (await cursor.execute(query, {"id": conversation_id})).fetchall()
            for name, query in _QUERIES.items()
        }
