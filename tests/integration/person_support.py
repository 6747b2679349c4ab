"""A customer of whom something is kept in every store, made by what makes it in production."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from app.person import stores
from app.settings import Settings, read_settings
from offscript.rendering import Rendered
from offscript.token_storage import keep_tokens, token_seal
from offscript.token_table import TokenEntry, TokenTable
from offscript.trace_storage import keep_trace
from offscript.turn_ledger import TracedAmount
from offscript.turn_records import begin_turn
from sales.basket import Line
from sales.basket_storage import write_basket
from sales.chat_code import code_of
from sales.consent import note_consent
from sales.fact_storage import remember_facts, remember_need
from sales.fact_values import Fact
from sales.follow_up_storage import make_follow_up
from sales.follow_ups import Consent, Step
from sales.order_storage import place_order
from sales.ownership_storage import hand_over
from sales.personal_data import Person
from sales.quote import QuoteCustomer
from sales.quote_storage import accept_quote
from sales.received_files import Kept, keep, note
from sales.stage_storage import advance
from sales.stages import Stage
from tests.integration.quote_support import draft, sent
from tests.support import CHANNEL_ID, Database, echo, message, status, webhook
from turns import voice_storage
from turns.outbox import put_one

SECRET = "secret of tests"
MANAGER = "971551110000"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def settings_for(db: Database, home: Path, **others: Any) -> Settings:
    """Settings of the Majlis whose database this is."""
    return read_settings(
        {
            "database_url": db.url,
            "majlis_home": home,
            "majlis_test_clock": True,
            "internal_secret": SECRET,
            "manager_chat_id": MANAGER,
            **others,
        }
    )


async def make_person(db: Database, chat_id: str, name: str) -> int:
    """Somebody called `name` with something in every store; the id of his chat.

    His order is one that is in Zoho already; a second quote of his is still a draft.
    """
    customer = QuoteCustomer(
        f"{name} Trading", f"{name} Saeed", f"{name.lower()}@post.example", "Dubai", "1" * 15
    )
    photo = message(None, chat_id=chat_id, type="image", contentUri=f"https://store.example/{name}.jpg")
    sent_id = f"sent-{name}"
    await db.receive(webhook(message(f"I am {name}", chat_id=chat_id), photo))
    await db.receive(webhook(echo(f"an answer to {name}", chat_id=chat_id, messageId=f"echo-{name}")))
    await db.receive(webhook(statuses=[status(sent_id, "read")]))
    await db.receive(webhook({"chatId": chat_id, "text": f"what is that, {name}?"}))
    chat, turn = await db.chat(chat_id), await db.turn(chat_id)
    quote = await sent(db, chat_id=chat_id, customer=customer)
    async with db.engine.begin() as connection:
        inbox_id = (
            await connection.execute(
                text(
                    "select id from inbox where chat_id = :chat and kind = 'message' order by id desc limit 1"
                ),
                {"chat": chat_id},
            )
        ).scalar_one()
        await connection.execute(
            text(
                "update inbox set turn_id = :turn, settled_at = majlis_now()"
                " where chat_id = :chat and kind = 'message'"
            ),
            {"turn": turn, "chat": chat_id},
        )
        await remember_need(connection, chat, category=None, description=f"chairs for {name}")
        await remember_facts(
            connection, chat, {Fact.CONTACT_NAME: f"{name} Saeed", Fact.COMPANY: customer.company}
        )
        await write_basket(connection, chat, (Line("CH-1005", 15),))
        await advance(connection, chat, Stage.QUALIFYING, turn_id=turn, reason="wrote")
        await note(connection, chat, inbox_id, "image", f"https://store.example/{name}.jpg")
        await keep(connection, inbox_id, Kept(f"photo of {name}".encode(), "image/jpeg", f"{name}.jpg"))
        await voice_storage.ask(connection, inbox_id, chat)
        await voice_storage.decline(connection, inbox_id, chat, f"{name} mumbles")
        await hand_over(connection, chat, reason="the customer asked", turn_id=turn)
        await note_consent(connection, turn, Consent.OPTED_IN)
        row = await put_one(connection, conversation_id=chat, words=f"Dear {name}", template=None)
        await connection.execute(
            text("update outbox set state = 'accepted', due_at = null, message_id = :message where id = :id"),
            {"message": sent_id, "id": row},
        )
        await make_follow_up(
            connection, chat, Step.DAY_3, since=NOW, zone=ZoneInfo("Asia/Dubai"), outbox_id=row
        )
        code = await code_of(connection, chat)
        trace = (TracedAmount(Decimal("745.00"), f"CH-{name}", NOW, False),)
        await keep_trace(connection, conversation_id=chat, turn_id=turn, rendered=Rendered("745", trace))
        await begin_turn(connection, chat, turn)
        tokens = TokenTable([], revision=0)
        tokens._entries.append(TokenEntry("person", 1, name.casefold(), name))
        await keep_tokens(connection, chat, tokens, token_seal(SECRET))
        for statement in _ROWS:
            await connection.execute(
                text(statement),
                {
                    "chat": chat,
                    "sender": str(chat),
                    "turn": turn,
                    "name": name,
                    "quote": quote.id,
                    "code": code,
                    "channel": CHANNEL_ID,
                    "manager": MANAGER,
                    "key": f"{chat}:k",
                },
            )
        assert await accept_quote(connection, quote.id) is None
        await place_order(connection, quote)
    await db.write("update jobs set state = 'done', due_at = null where kind = 'crm.order'")
    await db.write("update orders set number = 'SO-1', state = 'confirmed' where quote_id = :id", id=quote.id)
    await draft(db, chat_id=chat_id, customer=customer)
    return chat


_ROWS = (
    "insert into events (sender_id, type_name, data) values (:sender, 'user', 'I am ' || :name)",
    "insert into turn_replies (turn_id, replies)"
    " values (:turn, jsonb_build_array('Dear ' || cast(:name as text)))",
    "insert into action_results (turn_id, ordinal, action, result)"
    " values (:turn, 1, 'action_x', jsonb_build_object('name', cast(:name as text)))",
    "insert into crm_links (conversation_id, lead_id, written) values (:chat, 'lead-' || :name,"
    " jsonb_build_object('contact_name', cast(:name as text)))",
    "insert into quote_links (quote_id, estimate_id) values (:quote, 'estimate')",
    "insert into approved_discounts (conversation_id, deal_id, percent) values (:chat, 'deal-' || :name, 5)",
    "insert into discount_approvals (conversation_id, quote_id, percent, approved_by, turn_id)"
    " values (:chat, :quote, 5, :manager, :turn)",
    "insert into pause_notices (conversation_id, paused_at) values (:chat, majlis_now())",
    "insert into manager_notices (key, conversation_id) values (:key, :chat)",
    "insert into chat_notes (conversation_id, note, through_turn, model, prompt_version)"
    " values (:chat, :name || ' wants chairs', :turn, 'm', '1')",
    "insert into model_calls (day, conversation_id, turn_id, purpose, prompt_version, model_asked, cost)"
    " values ('2026-11-23', :chat, :turn, 'answer', '1', 'm', 0.5)",
    "insert into quality_weeks (week, chats, chosen) values ('2026-11-16', 2, 2) on conflict do nothing",
    "with review as (insert into quality_reviews (week, conversation_id, language, outcome, handed_over)"
    " values ('2026-11-16', :chat, 'en', 'open', true) returning id)"
    " insert into quality_verdicts (review_id, rule, passed, why) select id, 9, false, :name from review",
    "insert into model_spending (day, conversation_id, dollars) values ('2026-11-23', :chat, 0.5)",
    "insert into conversations (channel_id, chat_type, chat_id) values (:channel, 'whatsapp', :manager)"
    " on conflict do nothing",
    "insert into outbox (conversation_id, ordinal, text, state, due_at)"
    " select id, 0, 'Chat ' || :code || ': ' || :name || ' needs you', 'accepted', null"
    " from conversations where chat_id = :manager",
)


async def kept_of(db: Database, settings: Settings, chat_id: str) -> dict[str, dict[str, Any]]:
    """All rows of a person by store and table, with every column."""
    async with db.engine.connect() as connection:
        chats = await connection.execute(
            text("select id from conversations where chat_id = :id"), {"id": chat_id}
        )
        person = Person((chat_id,), tuple(chats.scalars()))
        return {store.name: dict(await store.export(connection, person)) for store in stores(settings)}


async def everything(db: Database) -> str:
    """All rows of all tables as one text."""
    tables = await db.rows(
        "select table_name from information_schema.tables"
        " where table_schema = 'public' and table_type = 'BASE TABLE' order by 1"
    )
    found = {}
    for table in tables:
        rows = await db.rows(f"select to_jsonb(t) as row from {table.table_name} t")
        found[table.table_name] = [row.row for row in rows]
    return json.dumps(found, ensure_ascii=False)
