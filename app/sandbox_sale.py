"""A customer of a running sandbox who buys: stage, PDFs, order and records behind the chat."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace

import httpx
from sqlalchemy import text

from app.sandbox_chat import Line, SandboxChat
from app.sandbox_world import SandboxWorld, WorldError
from quality.cases import (
    Happening,
    HistoryGrows,
    HouseIs,
    ItemChanges,
    ManagerActs,
    ManagerWrites,
    ModelIsScripted,
    TimePasses,
    ZohoIs,
)
from quality.observed import Order, QuoteFile, Turn
from sales import hand_over_notice
from sales.basket import Basket
from sales.basket_storage import read_basket
from sales.chat_code import code_of
from sales.order_storage import orders_of
from sales.sale_storage import read_sale
from storage.job_watch import Undone, undone_jobs

# A sale's jobs make about a dozen calls to the sandbox's Zoho, and share its limits with other chats.
_JOBS_SECONDS = 60.0
_ASK_SECONDS = 0.1
_MODEL_CALLS = text(
    "select count(*) from model_calls where conversation_id = :chat and purpose in ('triage', 'answer')"
)
_REPEAT = text(
    "insert into events (sender_id, type_name, timestamp, intent_name, action_name, data)"
    " select sender_id, type_name, timestamp, intent_name, action_name, data"
    " from events, generate_series(1, :times) as time"
    " where sender_id = :chat and id > :began and id <= :ended order by time, id returning id"
)


class BuyingChat(SandboxChat):
    """A fresh customer's chat and what it leads to (port `quality.player.Chat`)."""

    def __init__(self, line: Line, world: SandboxWorld) -> None:
        super().__init__(line)
        self._world = world
        # The ids of Rasa's events: the last one before the customer's last turn, and its own last one.
        self._last_turn_events = (0, 0)
        self._model_calls = 0
        # How many messages had reached the manager's chat before the step; None where nobody looks.
        self._read_by_manager: int | None = None

    async def happen(self, happening: Happening) -> Turn:
        """Something happens beside the chat; returns what reached the customer meanwhile."""
        try:
            said = await self._carry_out(happening)
        except WorldError as error:
            return replace(await self._turn(()), happening="a step of the file", trouble=str(error))
        return replace(await self._turn(()), happening=said)

    async def settled(self, turn: Turn, *, notices_only: bool = False) -> Turn:
        """The same turn when the chat's jobs are done, with what reached the customer since."""
        trouble = await self._jobs_done(notices_only=notices_only)
        try:
            await self._world.managers_chat_at_rest()
        except WorldError as error:
            trouble = trouble or str(error)
        since = await self._turn(())
        return replace(
            since,
            customer=turn.customer,
            happening=turn.happening,
            replies=(*turn.replies, *since.replies),
            utters=(*turn.utters, *since.utters),
            files=(*turn.files, *since.files),
            intent=turn.intent,
            confidence=turn.confidence,
            entities=turn.entities,
            actions=turn.actions,
            model_calls=turn.model_calls + since.model_calls,
            manager=(*turn.manager, *since.manager),
            code=await self._code(),
            trouble=trouble or since.trouble,
            records=await self._world.records_of(self.customer),
        )

    async def _carry_out(self, happening: Happening) -> str:
        match happening:
            case TimePasses(by=by, to=to):
                await self._world.pass_time(by, to)
                return f"{by} pass" if to is None else f"{by} pass, and then it is {to:%H:%M}"
            case ManagerWrites(texts=texts):
                code = await self._code() if any("{code}" in text for text in texts) else ""
                said = [text.replace("{code}", code) for text in texts]
                await self._world.manager_writes(said)
                return f"the manager writes: {' / '.join(said)}"
            case HouseIs(event=house):
                await self._world.house(house)
                return f"majlis {house}"
            case ManagerActs(answers=str(words)):
                await self._world.manager_answers(self.customer, words)
                return f"a manager answers in the chat: {words}"
            case ManagerActs(approves_discount=percent, closes_deal=end):
                deal_id = await self._open_deal()
                if percent is not None:
                    await self._world.approve_discount(deal_id, percent)
                    return f"a manager approves {percent}% in the deal"
                assert end is not None
                await self._world.close_deal(deal_id, end)
                return f"a manager closes the deal as {end}"
            case ZohoIs(event=event):
                await self._world.zoho(event)
                return f"Zoho: {event}"
            case HistoryGrows(turns=turns):
                await self._repeat_last_turn(turns)
                return f"{turns} more turns like the last one"
            case ModelIsScripted(to=to, entries=entries):
                await self._world.script_model(entries)
                return f"the model knows what to say to {to!r}"
            case ItemChanges(place=place, price_percent=percent, stock=stock):
                sku = await self._in_basket(place)
                await self._world.change_item(sku, percent, stock)
                changes = {"price": None if percent is None else f"{percent:+}%", "stock": stock}
                told = ", ".join(f"{name} {value}" for name, value in changes.items() if value is not None)
                return f"{sku} in Zoho: {told}"

    async def _open_deal(self) -> str:
        if (trouble := await self._jobs_done()) is not None:
            raise WorldError(trouble)
        deals = (await self._world.records_of(self.customer))["deals"]
        open_deals = [deal for deal in deals if not str(deal["Stage"]).startswith("Closed")]
        if not open_deals:
            raise WorldError("the customer has no open deal in Zoho that a manager could change")
        return str(open_deals[-1]["id"])

    async def _code(self) -> str:
        """What the manager calls this chat; it gets a name if it has none."""
        if self.conversation_id is None:
            return ""
        async with self._line.engine.begin() as connection:
            return await code_of(connection, self.conversation_id)

    async def _in_basket(self, place: int) -> str:
        basket: Basket = ()
        if self.conversation_id is not None:
            async with self._line.engine.connect() as connection:
                basket = await read_basket(connection, self.conversation_id)
        if place > len(basket):
            raise WorldError(f"the customer's basket has no product at place {place}; it holds {len(basket)}")
        return basket[place - 1].sku

    async def _repeat_last_turn(self, times: int) -> None:
        """Hundreds of turns would take minutes; what Rasa keeps of them is its events."""
        began, ended = self._last_turn_events
        parameters = {"chat": str(self.conversation_id), "began": began, "ended": ended, "times": times}
        async with self._line.engine.begin() as connection:
            self._last_event = (await connection.execute(_REPEAT, parameters)).scalars().all()[-1]

    async def _jobs_done(self, *, notices_only: bool = False) -> str | None:
        """Wait until nothing is left to do for the chat; what is in the way, or None."""
        deadline = time.monotonic() + _JOBS_SECONDS
        undone: tuple[Undone, ...] = ()
        while time.monotonic() < deadline and self.conversation_id is not None:
            async with self._line.engine.connect() as connection:
                undone = await undone_jobs(connection, self.conversation_id)
            if notices_only:
                undone = tuple(job for job in undone if job.kind == hand_over_notice.KIND)
            if not any(job.state == "waiting" for job in undone):
                break
            await asyncio.sleep(_ASK_SECONDS)
        if not undone:
            return None
        told = "; ".join(f"{job.kind} is {job.state} ({job.problem or 'no problem yet'})" for job in undone)
        return f"not done after {_JOBS_SECONDS:g} s: {told}"

    async def _turn(self, customer: tuple[str, ...]) -> Turn:
        before = self._last_event
        turn = await super()._turn(customer)
        if customer:
            self._last_turn_events = (before, self._last_event)
        try:
            files = tuple([await self._file(message) for message in self._latest if message["source_uri"]])
        except httpx.HTTPStatusError as error:
            trouble = f"the link to a file is answered {error.response.status_code}"
            return replace(turn, trouble=turn.trouble or trouble)
        manager = await self._new_to_manager()
        if self.conversation_id is None:
            return replace(turn, files=files, manager=manager)
        async with self._line.engine.connect() as connection:
            sale = await read_sale(connection, self.conversation_id)
            orders = await orders_of(connection, self.conversation_id)
            before_calls = self._model_calls
            self._model_calls = (
                await connection.execute(_MODEL_CALLS, {"chat": self.conversation_id})
            ).scalar_one()
        return replace(
            turn,
            stage=sale.stage.value,
            outcome=sale.outcome.value,
            files=files,
            order=Order(orders[-1].quote_number, orders[-1].number) if orders else None,
            order_count=len(orders),
            model_calls=self._model_calls - before_calls,
            manager=manager,
        )

    async def _new_to_manager(self) -> tuple[str, ...]:
        """What has reached the manager's chat since the step before; other chats' notices, too."""
        read = await self._world.read_by_manager()
        known = len(read) if self._read_by_manager is None else self._read_by_manager
        self._read_by_manager = len(read)
        return tuple(read[known:])

    async def _file(self, message: Mapping[str, str]) -> QuoteFile:
        """By the link that was sent, as whoever it is forwarded to would open it."""
        answer = await self._line.client.get(message["source_uri"])
        answer.raise_for_status()
        return QuoteFile(message["file_name"], answer.content)
