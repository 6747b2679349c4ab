"""What happens around the chats with a sandbox: time passes, managers act, Zoho goes away and changes.

All of it but a manager's deed touches every chat; `mend` puts it right again, except for the time, which only
moves forward.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy import text
from sqlalchemy.exc import NoResultFound

from app.errors import StartError
from app.pause import pause, resume
from app.sandbox_chat import Line
from app.seller import load_seller
from app.settings import read_settings
from app.up import SANDBOX_MANAGER_CHAT_ID
from catalog import sync
from quality.cases import DealEnd, HouseEvent, ZohoEvent
from quality.model_reading import triage_answer
from sales import deal_poll, follow_up_job
from storage import clock
from storage.job_watch import hurry_all, look, start
from turns.inspect import waiting_count

_JOB_SECONDS = 60.0
_ASK_SECONDS = 0.1
_FILS = Decimal("0.01")
_OUT_OF_ORDER = {"action": "answer", "status": 503, "times": 0}
_FAULTS: Mapping[ZohoEvent, list[dict[str, object]]] = {
    "away": [{**_OUT_OF_ORDER, "product": product} for product in ("crm", "inventory", "books")],
    "sweeps fail": [{**_OUT_OF_ORDER, "product": "inventory", "path": "/inventory/v1/items"}],
    "back": [],
}
_STAGES: Mapping[DealEnd, str] = {"won": "Closed Won", "lost": "Closed Lost"}


# No rate holds a call back that Majlis makes to Zoho, nor a reply to a customer who gets many.
_UNPACED = (
    text("update rate_limits set free_at = clock_timestamp() where free_at > clock_timestamp()"),
    text(
        "update conversations set send_paced_until = clock_timestamp(), turns_paced_until = null where id in"
        " (select id from conversations"
        " where greatest(send_paced_until, turns_paced_until) > clock_timestamp() for update skip locked)"
    ),
)
_UNPACED_EVERY_SECONDS = 0.25
# Where no case says better, every off-script message is worth an answer, and then nobody gives one (503):
# the customer reads what he would without a model, and all that a model would read was sent.
_NOBODY_SAYS_BETTER = (
    {"purpose": "triage", "times": 0, "json": triage_answer("answer")},
    {
        "purpose": "summary",
        "times": 0,
        "text": "The customer asked something that the script does not cover.",
    },
    {"purpose": "judge", "times": 0, "json": {"reason": "", "line": "", "verdict": "pass"}},
)
_UNCOUNTED = 1_000_000
_NOW = text("select majlis_now()")
_ECHOES = text("select count(*) from inbox where kind = 'echo' and settled_at is null and chat_id = :chat")


class WorldError(StartError):
    """What should have happened did not; the message says why."""


class SandboxWorld:
    """One running sandbox."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._are_faults_on = False
        self._is_paused = False
        # What changed items were before, by their id.
        self._before: dict[str, dict[str, object]] = {}

    async def hurry(self) -> None:
        """Let Majlis call Zoho and answer as fast as it can, until cancelled.

        A few dozen sales at once would wait minutes for an organization's 90 calls a minute, and each of
        their customers 6 s for the sixth reply and every later one.
        """
        knobs = {"finance_calls_per_minute": _UNCOUNTED, "finance_calls_per_day": _UNCOUNTED}
        await self._ask("PUT", "/control/zoho/knobs", knobs)
        while True:
            async with self._line.engine.begin() as connection:
                for statement in _UNPACED:
                    await connection.execute(statement)
            await asyncio.sleep(_UNPACED_EVERY_SECONDS)

    async def begin_model(self) -> None:
        """The model's stand-in forgets what it was asked, and answers as if it had no answer."""
        await self._ask("POST", "/control/model/reset")
        await self._ask("PUT", "/control/model/script", {"entries": _NOBODY_SAYS_BETTER})

    async def script_model(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """The model's stand-in knows what to answer to some message.

        Raises:
            WorldError: when the script has another form than the stand-in's.
        """
        await self._ask("POST", "/control/model/script", {"entries": entries})

    async def read_by_model(self) -> list[Mapping[str, Any]]:
        """The body of every request that reached the model's stand-in."""
        answer = await self._ask("GET", "/control/model/calls")
        return [call["body"] for call in answer["calls"]]

    async def pass_time(self, by: timedelta, to: time | None) -> None:
        """Business time jumps ahead, in Postgres and in the sandbox; whoever is to be reminded then, is.

        `to`: and from there on to the next moment at which it is so late where the seller is.

        Raises:
            WorldError: when the reminders are not made.
        """
        if to is not None:
            async with self._line.engine.connect() as connection:
                now: datetime = (await connection.execute(_NOW)).scalar_one()
            then = now + by
            local = then.astimezone(ZoneInfo(load_seller().timezone))
            wanted = datetime.combine(local.date(), to, local.tzinfo)
            by += (wanted if wanted >= local else wanted + timedelta(days=1)) - then
        await clock.advance(self._line.addresses.database_url, by.total_seconds())
        await self._advance_sandbox(by.total_seconds())
        await self._job(follow_up_job.KIND)

    async def zoho(self, event: ZohoEvent) -> None:
        """Zoho goes away, partly or as a whole, comes back, or its items are read anew.

        Raises:
            WorldError: when the sweep does not come to its end.
        """
        if event == "sweep":
            await self._job(sync.KIND)
            return
        await self._ask("PUT", "/control/zoho/knobs", {"faults": _FAULTS[event]})
        self._are_faults_on = event != "back"
        if event == "back":
            async with self._line.engine.begin() as connection:
                await hurry_all(connection)

    async def change_item(self, sku: str, price_percent: Decimal | None, stock: int | None) -> None:
        """Another price or stock in Zoho; Majlis is not told.

        Raises:
            WorldError: when Zoho has no such item.
        """
        records = await self._ask("GET", "/control/zoho/records?kind=items")
        item = next((item for item in records["items"] if item["sku"] == sku), None)
        if item is None:
            raise WorldError(f"Zoho has no item with the SKU {sku}")
        changed: dict[str, object] = {}
        if price_percent is not None:
            rate = Decimal(str(item["rate"])) * (100 + price_percent) / 100
            changed["rate"] = float(rate.quantize(_FILS, ROUND_HALF_UP))
        if stock is not None:
            changed |= {name: stock for name in item if name.endswith("stock") and "committed" not in name}
            changed["stock_on_hand"] = stock
        before = self._before.setdefault(item["item_id"], {})
        self._before[item["item_id"]] = {name: item[name] for name in changed} | before
        await self._ask("POST", "/control/zoho/items", {"change": {item["item_id"]: changed}})

    async def approve_discount(self, deal_id: str, percent: Decimal) -> None:
        """A manager writes the discount into the deal, and our poll sees it.

        Raises:
            WorldError: when the poll does not come to its end.
        """
        await self._change_deal(deal_id, {load_seller().zoho_deal_fields.discount: float(percent)})

    async def close_deal(self, deal_id: str, end: DealEnd) -> None:
        """A manager closes the deal, and our poll sees it.

        Raises:
            WorldError: when the poll does not come to its end.
        """
        await self._change_deal(deal_id, {"Stage": _STAGES[end]})

    async def manager_writes(self, texts: Sequence[str]) -> None:
        """The manager writes in his own chat, as one burst; returns when Majlis is at rest there."""
        messages = [{"type": "text", "text": text} for text in texts]
        await self._ask(
            "POST",
            "/control/customer",
            {"chat_id": SANDBOX_MANAGER_CHAT_ID, "messages": messages, "batch": True},
        )
        await self.managers_chat_at_rest()

    async def managers_chat_at_rest(self) -> None:
        """Wait until nothing is on its way to the manager or waits for an answer to him.

        Raises:
            WorldError: when that takes too long.
        """
        deadline = monotonic() + _JOB_SECONDS
        while monotonic() < deadline:
            async with self._line.pool.connection() as connection:
                if await waiting_count(connection, [SANDBOX_MANAGER_CHAT_ID]) == 0:
                    return
            await asyncio.sleep(_ASK_SECONDS)
        raise WorldError(f"the manager's chat is not at rest after {_JOB_SECONDS:g} s")

    async def read_by_manager(self) -> list[str]:
        """What has reached the manager's chat so far, oldest first."""
        query = f"/control/messages?chat_id={SANDBOX_MANAGER_CHAT_ID}&direction=out"
        messages = (await self._ask("GET", query))["messages"]
        return [str(message["text"]) for message in messages if message["delivered"]]

    async def manager_answers(self, customer: str, text: str) -> None:
        """A manager writes to this customer in Wazzup's own chat window; returns when Majlis has seen it.

        Raises:
            WorldError: when that takes too long.
        """
        await self._ask("POST", "/control/manager", {"chat_id": customer, "type": "text", "text": text})
        deadline = monotonic() + _JOB_SECONDS
        while monotonic() < deadline:
            async with self._line.engine.connect() as connection:
                if not (await connection.execute(_ECHOES, {"chat": customer})).scalar_one():
                    return
            await asyncio.sleep(_ASK_SECONDS)
        raise WorldError("nobody looked at what the manager wrote")

    async def house(self, event: HouseEvent) -> None:
        """The operator gives all chats to people, or back."""
        settings = read_settings(
            {
                "database_url": self._line.addresses.database_url,
                "majlis_test_clock": True,
                "manager_chat_id": SANDBOX_MANAGER_CHAT_ID,
            }
        )
        await (pause(settings) if event == "pause" else resume(settings))
        self._is_paused = event == "pause"

    async def records_of(self, customer: str) -> dict[str, list[dict[str, Any]]]:
        """Zoho's records of a customer by kind."""
        records: dict[str, list[dict[str, Any]]] = await self._ask(
            "GET", f"/control/zoho/customer?phone={customer}"
        )
        return records

    async def mend(self) -> None:
        """Zoho is there again, with the items it had, and the catalog is read anew."""
        if self._is_paused:
            await self.house("resume")
        if self._are_faults_on:
            await self.zoho("back")
        if self._before:
            await self._ask("POST", "/control/zoho/items", {"change": self._before})
            self._before = {}
            await self.zoho("sweep")

    async def _change_deal(self, deal_id: str, fields: Mapping[str, object]) -> None:
        await self._ask("POST", "/control/zoho/record", {"kind": "deals", "id": deal_id, "fields": fields})
        await self._job(deal_poll.KIND)

    async def _job(self, kind: str) -> None:
        """A job of its own, beside one that began before what it shall see; waits for its end."""
        async with self._line.engine.begin() as connection:
            job_id = await start(connection, kind, f"by hand {secrets.token_hex(4)}", {})
        deadline = monotonic() + _JOB_SECONDS
        try:
            while (state := await look(self._line.engine, job_id)).state == "waiting":
                if monotonic() > deadline:
                    break
                await asyncio.sleep(_ASK_SECONDS)
        except NoResultFound:
            # Where time jumps, the retention of jobs that have ended may be faster than we are.
            return
        if state.state != "done":
            raise WorldError(f"a job {kind} is {state.state} after {_JOB_SECONDS:g} s: {state.problem}")

    async def _advance_sandbox(self, seconds: float) -> None:
        await self._ask("POST", "/control/clock", {"advance_seconds": seconds})

    async def _ask(self, method: str, path: str, body: object = None) -> Any:
        answer = await self._line.client.request(method, path, json=body)
        if answer.status_code == httpx.codes.BAD_REQUEST:
            raise WorldError(str(answer.json()["error"]))
        answer.raise_for_status()
        return answer.json()
