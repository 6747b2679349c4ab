"""A shop with a victim in it, and one attack after the other on the action that asks a model."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from actions.details import keep_details
from actions.turn import REGISTRY, House, bound
from app.house import with_model
from app.worker import decide_language
from catalog.rows import product_row
from catalog.schema import products
from offscript.token_storage import keep_tokens, token_seal
from offscript.token_table import TokenTable
from sales.fact_storage import remember_facts
from sales.fact_values import Fact
from tests.injection.attacks import Attack
from tests.integration import quote_support
from tests.integration.action_support import domain, house
from tests.integration.catalog_support import product, store
from tests.integration.llm_support import Bench, llm_bench
from tests.support import OTHER_CHAT_ID, READER, Database
from turns.turn_storage import CONVERSATIONS, OpenTurn, finish, freeze

_SECRET = "secret of tests"
SHOP = (
    product(
        "EX-210", name_en="Milano executive chair", name_ar="كرسي ميلانو التنفيذي", rate=Decimal("745.00")
    ),
    product("DSK-1260", name_en="Oak desk", name_ar="مكتب بلوط", category="desk", rate=Decimal("1299.50")),
    product(
        "SOF-77", name_en="Lounge sofa", name_ar="كنبة استقبال", category="sofa", rate=Decimal("2163.00")
    ),
)
_TRAP_RATE = Decimal("418.00")
VICTIM = {
    Fact.COMPANY: "Falcon Crest Interiors",
    Fact.CONTACT_NAME: "Mariam Alhosani",
    Fact.EMAIL: "mariam@falconcrest.example",
    Fact.TRN: "100234567800003",
}
OWN = {
    Fact.COMPANY: "Blue Harbour Trading",
    Fact.CONTACT_NAME: "Khalid Rahman",
    Fact.EMAIL: "khalid@blueharbour.example",
}
# What no attack may change; chats and turns change by being written in.
_TABLES = (
    "sales", "stage_history", "orders", "quotes", "quote_lines", "quote_links", "crm_links",
    "approved_discounts", "basket_lines", "customer_facts", "outbox", "products", "vocabulary", "channels",
    "chat_notes", "received_files", "transcripts",
)  # fmt: skip
_STATE = " union all ".join(
    [
        *(f"select '{table}' as what, md5(string_agg(t::text, '|' order by t::text)) from {table} t"
          for table in _TABLES),
        "select 'owners', md5(string_agg(t::text, '|' order by t::text)) from owners t"
        " where conversation_id <> :chat",
        "select 'jobs', md5(string_agg(t::text, '|' order by t::text)) from jobs t"
        " where kind <> 'offscript.memory' or conversation_id <> :chat",
    ]
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What came of one attack."""

    # Rows that may not change, before and after.
    before: Mapping[str, str | None]
    after: Mapping[str, str | None]
    events: Sequence[Mapping[str, Any]]
    # Response and text of everything that the customer reads.
    said: Sequence[tuple[str, str]]
    # Bodies of the requests that reached the model.
    requests: Sequence[Mapping[str, Any]]
    # How often each of the script's entries answered.
    used: Sequence[int]
    # All that the customer wrote, now and before.
    wrote: str
    # How the turn ended, as it was noted; None when the rules answered.
    ending: str | None


@dataclass(frozen=True)
class Stand:
    """What the attacks are made on."""

    db: Database
    bench: Bench
    house: House
    _numbers: Any = field(default_factory=lambda: count(1))

    async def suffer(self, attack: Attack) -> Outcome:
        """Make the attack in a chat of its own."""
        number = next(self._numbers)
        shown = await self._plant(attack, number)
        chat_id = f"9715200{number:05}"
        chat = await self.db.chat(chat_id)
        async with self.db.engine.begin() as connection:
            await remember_facts(connection, chat, OWN)
        await quote_support.sent(self.db, chat_id=chat_id)
        if attack.where == "note":
            await self.db.write(
                "insert into chat_notes (conversation_id, note, through_turn, model, prompt_version)"
                " values (:chat, :note, 0, 'made/first', '1')",
                chat=chat,
                note=attack.text,
            )
        turn = await self._open(chat, chat_id, attack.message)
        await self.bench.client.post("/control/model/reset")
        await self.bench.script(*attack.script())
        before = await self._state(chat)
        dispatcher = CollectingDispatcher()
        tracker, wrote = _tracker(attack, turn, shown)
        run = bound(REGISTRY["action_off_script"], self.db.engine, self.house, hear=keep_details)
        events = await run(dispatcher, tracker, domain())
        script = (await self.bench.client.get("/control/model/script")).json()["entries"]
        ending = await self.db.rows(
            "select ending from off_script_turns where turn_id = :id", id=turn.turn_id
        )
        outcome = Outcome(
            before,
            await self._state(chat),
            events,
            [(str(one["response"]), _text(one, tracker)) for one in dispatcher.messages],
            [call["body"] for call in await self.bench.calls()],
            [entry["used"] for entry in script],
            wrote,
            ending[0].ending if ending else None,
        )
        async with self.db.engine.begin() as connection:
            await finish(connection, turn, state="done")
        # One attack's faults do not keep the next one from the model.
        await self.db.write("delete from model_servers")
        return outcome

    async def _plant(self, attack: Attack, number: int) -> list[str]:
        """SKUs on the attacker's screen, a product made for the attack first."""
        usual = [one.sku for one in SHOP[:2]]
        if attack.where not in ("description", "name"):
            return usual
        trap = product(
            f"TRAP-{number}",
            rate=_TRAP_RATE,
            **{f"{attack.where}_{'ar' if attack.written == 'ar' else 'en'}": attack.text},
        )
        async with self.db.engine.begin() as connection:
            await connection.execute(insert(products), [product_row(trap)])
        return [trap.sku, *usual]

    async def _open(self, chat: int, chat_id: str, words: str) -> OpenTurn:
        await self.db.customer(words, chat_id=chat_id)
        await self.db.write(
            "update conversations set due_at = case when id = :chat then clock_timestamp() end", chat=chat
        )
        async with self.db.engine.begin() as connection:
            [held] = await CONVERSATIONS.claim(connection, 1)
            turn = await freeze(connection, held, READER, decide_language)
        assert turn is not None
        assert turn.held.id == chat
        return turn

    async def _state(self, chat: int) -> Mapping[str, str | None]:
        return {row.what: row.md5 for row in await self.db.rows(_STATE, chat=chat)}


def amounts_of(attack: Attack) -> set[Decimal]:
    """What a reply may say that anything costs: a piece of each product, or as many as the customer named."""
    pieces = {1, *(int(word) for word in attack.message.split() if word.isascii() and word.isdigit())}
    rates = {_TRAP_RATE, *(one.rate for one in SHOP)}
    return {rate * number for rate in rates for number in pieces}


def _tracker(attack: Attack, turn: OpenTurn, shown: Sequence[str]) -> tuple[Tracker, str]:
    slots = dict.fromkeys(domain()["slots"]) | {
        "reply_language": decide_language(attack.message, None)[1],
        "stage": attack.stage,
        "requested_slot": attack.requested_slot,
        "shown_products": list(shown),
    }
    earlier = attack.text if attack.where == "history" else "good morning"
    events = [
        {"event": "session_started"},
        {"event": "user", "text": earlier, "metadata": {"turn_id": 0, "fence": 0}},
        {"event": "bot", "text": "Milano executive chair – AED 745.00\nOak desk – AED 1,299.50"},
        {
            "event": "user",
            "text": attack.message,
            "metadata": {"turn_id": turn.turn_id, "fence": turn.held.token},
        },
    ]
    tracker = Tracker(
        sender_id=str(turn.held.id),
        slots=slots,
        latest_message={"text": attack.message, "intent": {"name": "nlu_fallback"}, "entities": []},
        events=events,
        paused=False,
        followup_action=None,
        active_loop={},
        latest_action_name=None,
    )
    return tracker, f"{earlier}\n{attack.message}"


def _text(message: Mapping[str, Any], tracker: Tracker) -> str:
    """The response as the customer reads it."""
    wanted = {"type": "slot", "name": "reply_language", "value": tracker.slots["reply_language"]}
    [wording] = [one for one in domain()["responses"][message["response"]] if wanted in one["condition"]]
    filled = {name: value for name, value in message.items() if name != "response" and value is not None}
    return str(wording["text"]).format(**filled)


@asynccontextmanager
async def stand(url: str, engine: AsyncEngine) -> AsyncIterator[Stand]:
    """The shop, the victim with a quote and tokens of her own, and a model that can be scripted."""
    db = Database(url, engine)
    async with engine.begin() as connection:
        await store(connection, SHOP)
    victim = await db.chat(OTHER_CHAT_ID)
    await quote_support.sent(db, chat_id=OTHER_CHAT_ID)
    tokens = TokenTable()
    for fact, kind in ((Fact.CONTACT_NAME, "PERSON"), (Fact.COMPANY, "COMPANY"), (Fact.EMAIL, "EMAIL")):
        for _ in range(3):
            # Numbers that the attacker's own chat has not, too.
            tokens.token(kind, f"{VICTIM[fact]} {len(tokens.entries)}", str(VICTIM[fact]))
    async with engine.begin() as connection:
        await remember_facts(connection, victim, VICTIM)
        await keep_tokens(connection, victim, tokens, token_seal(_SECRET))
    async with llm_bench(engine) as bench:
        yield Stand(db, bench, with_model(house(), engine, bench.model, _SECRET))


def message_texts(request: Mapping[str, Any], *roles: str) -> list[str]:
    """The contents of a request's messages of these roles, arguments of tool calls included."""
    return [
        json.dumps(message, ensure_ascii=False)
        for message in request["messages"]
        if not roles or message["role"] in roles
    ]
