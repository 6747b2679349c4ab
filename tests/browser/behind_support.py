"""A chat whose rows stand in a real database, for the parts of the phone page that show what is behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from app.backstage import RunningMajlis
from app.sample_templates import sample_templates
from app.seller import load_seller
from tests.integration.sandbox_support import CHANNEL_ID, CHAT_ID, Bench, bench

MANAGER_CHAT_ID = "971500000001"
CODE = "K7M4"

_ROWS = """
with chat as (
    insert into conversations (channel_id, chat_type, chat_id, reply_language)
    values (%(channel)s, 'whatsapp', %(chat)s, 'en') returning id
), owner as (
    insert into owners (conversation_id, owner, reason) select id, 'bot', 'new chat' from chat
), code as (
    insert into chat_codes (conversation_id, code) select id, %(code)s from chat
), call as (
    insert into model_calls (day, conversation_id, purpose, prompt_version, model_asked, model_used, outcome,
                             input_tokens, output_tokens, cost, cost_is_estimated, latency_ms)
    select current_date, id, 'answer', 'v1', 'sandbox/answer', 'sandbox/answer', 'answered', 1200, 80, 0.0042,
           false, 910 from chat
), chosen as (
    insert into basket_lines (conversation_id, sku, quantity, position) select id, 'CH-1073', 4, 1 from chat
), slot as (
    insert into events (sender_id, type_name, data)
    select id::text, 'slot', '{"event": "slot", "name": "color", "value": "black"}' from chat
), said as (
    insert into events (sender_id, type_name, data)
    select id::text, 'user', '{"event": "user", "text": "black chairs", "parse_data":
        {"intent": {"name": "search_products", "confidence": 0.987}, "entities": []}}' from chat
)
insert into sales (conversation_id) select id from chat
"""


@dataclass(frozen=True)
class Behind:
    """The sandbox, and the database behind it."""

    bench: Bench
    database_url: str

    async def execute(self, statement: str, **values: object) -> list[dict[str, Any]]:
        """Run a statement; its rows, if it has any."""
        async with await psycopg.AsyncConnection.connect(
            self.database_url, autocommit=True, row_factory=dict_row
        ) as connection:
            cursor = await connection.execute(statement.encode(), values or None)
            return await cursor.fetchall() if cursor.description else []

    def deal(self) -> str:
        """A deal of the chat's customer in Zoho; its id."""
        records = self.bench.sandbox.zoho.crm
        contact = records.add("Contacts", {"Last_Name": "Ahmed", "Mobile": f"+{CHAT_ID}"})
        fields = {"Deal_Name": "Q-2026-00001 Al Noor", "Stage": "Negotiation/Review"}
        return records.add("Deals", {**fields, "Contact_Name": {"id": contact.id}}).id


@asynccontextmanager
async def behind(database_url: str, *, test_clock: bool = True) -> AsyncIterator[Behind]:
    """A sandbox with a Majlis behind it that knows the usual chat."""
    seller = load_seller()
    majlis = RunningMajlis(
        database_url,
        CHANNEL_ID,
        manager_chat_id=MANAGER_CHAT_ID,
        discount_field=seller.zoho_deal_fields.discount,
        test_clock=test_clock,
    )
    async with bench(backstage=majlis, templates=sample_templates(seller, CHANNEL_ID)) as it:
        made = Behind(it, database_url)
        await made.execute(_ROWS, channel=CHANNEL_ID, chat=CHAT_ID, code=CODE)
        yield made
