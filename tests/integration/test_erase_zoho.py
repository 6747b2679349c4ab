"""`majlis erase --zoho` against the sandbox's Zoho, over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from app.erase import Receipt, erase
from app.person import PersonUnknown
from app.settings import Settings
from connectors.zoho.crm import NewTask
from connectors.zoho.person_records import ZohoPersonRecords
from sales.crm_links import keep_link
from sales.manager_task import ask_manager
from storage.job_runner import JobRunner
from storage.jobs import Job, enqueue
from tests.integration.job_support import hurry
from tests.integration.person_support import SECRET, settings_for
from tests.integration.sale_jobs_support import place_order, sale_street, send_quote
from tests.integration.zoho_jobs_support import PHONE, ZohoStreet
from tests.support import CHAT_ID, OTHER_CHAT_ID, Database, eventually, in_background


@pytest.fixture
async def street(db: Database) -> AsyncIterator[ZohoStreet]:
    async with sale_street(db) as opened:
        yield opened


@pytest.fixture
def settings(db: Database, tmp_path: Path) -> Settings:
    return settings_for(db, tmp_path)


async def erased(street: ZohoStreet, settings: Settings) -> Receipt:
    crm = ZohoPersonRecords(street.zoho.crm)
    return await erase(street.db.engine, settings, PHONE, secret=SECRET, crm=crm)


async def sell(street: ZohoStreet, chat_id: str) -> None:
    """A sale from lead to order in Zoho, and a task about the lead."""
    quote = await send_quote(street.db, chat_id=chat_id)
    async with street.db.engine.begin() as connection:
        await ask_manager(connection, quote.conversation_id, f"k {chat_id}", subject="call", description="…")
    await place_order(street.db, quote)
    before = len(street.records("salesorders"))

    async def sold() -> bool:
        await hurry(street.db)
        await street.db.write("update rate_limits set free_at = clock_timestamp() - interval '1 minute'")
        open_jobs = await street.db.one("select count(*) from jobs where state = 'waiting'")
        return open_jobs == 0 and len(street.records("salesorders")) > before

    async with in_background(street.runner().run()):
        await eventually(sold, within=60, what="the order is in Zoho")


async def test_lead_contact_tasks_and_notes_go_and_the_books_stay(
    street: ZohoStreet, settings: Settings
) -> None:
    await sell(street, CHAT_ID)
    await street.zoho.crm.create_note(
        "Deals", str(street.records("Deals")[0]["id"]), "by hand", "a manager's own"
    )
    lead_id = str(street.records("Leads")[0]["id"])
    await street.zoho.crm.create_task(NewTask(subject="by hand", about=("Leads", lead_id)))
    receipt = await erased(street, settings)
    assert not receipt.failed
    gone = {line.store: line.erased.gone for line in receipt.lines if line.store.startswith("Zoho CRM")}
    assert gone == {"Zoho CRM: Tasks": 1, "Zoho CRM: Notes": 1, "Zoho CRM: Contacts": 1, "Zoho CRM: Leads": 1}
    assert street.records("Leads") == street.records("Contacts") == []
    assert [task["Subject"] for task in street.records("Tasks")] == ["by hand"]
    assert [note["Note_Title"] for note in street.records("Notes")] == ["by hand"]
    assert [account["Majlis_Reference"] for account in street.records("Accounts")] == [None]
    for kind in ("Deals", "customers", "estimates", "salesorders"):
        assert len(street.records(kind)) == 1
    [books] = [line for line in receipt.lines if line.store == "Zoho: deals and documents"]
    assert "kept by law" in books.erased.why


async def test_what_a_person_deleted_in_zoho_before_is_no_failure(
    street: ZohoStreet, settings: Settings
) -> None:
    await sell(street, CHAT_ID)
    for module in ("Notes", "Leads"):
        ids = [str(record["id"]) for record in street.records(module)]
        assert await street.zoho.crm.delete(module, ids) == len(ids) > 0
    receipt = await erased(street, settings)
    assert not receipt.failed
    gone = {line.store: line.erased.gone for line in receipt.lines if line.store.startswith("Zoho CRM")}
    assert gone == {"Zoho CRM: Tasks": 0, "Zoho CRM: Notes": 0, "Zoho CRM: Contacts": 1, "Zoho CRM: Leads": 0}


async def test_somebody_else_in_zoho_stays(street: ZohoStreet, settings: Settings) -> None:
    other = await street.zoho.crm.upsert_one(
        "Leads", {"Mobile": f"+{OTHER_CHAT_ID}", "Last_Name": "Other", "Company": "Other"}, ["Mobile"]
    )
    await street.lead(Last_Name="His", Company="His")
    await erased(street, settings)
    assert [lead["id"] for lead in street.records("Leads")] == [other.record_id]


async def test_who_is_in_zoho_only_is_found_there_and_the_next_time_nowhere(
    street: ZohoStreet, settings: Settings
) -> None:
    await street.lead(Last_Name="His", Company="His")
    receipt = await erased(street, settings)
    assert not receipt.failed
    with pytest.raises(PersonUnknown):
        await erased(street, settings)
    assert street.records("Leads") == []
    assert street.records("Contacts") == []
    assert street.records("Accounts") == []


async def test_with_zoho_away_the_rest_is_erased_and_a_repeat_finds_him_there(
    street: ZohoStreet, settings: Settings
) -> None:
    await street.db.customer("hello")
    await street.lead(Last_Name="His", Company="His")
    street.turn_knobs(faults=[{"action": "html", "status": 502, "product": "crm", "times": 0}])
    receipt = await erased(street, settings)
    assert {line.store for line in receipt.lines if line.problem} == {"Zoho CRM"}
    assert await street.db.one("select count(*) from conversations") == 0
    street.turn_knobs(faults=[])
    again = await erased(street, settings)
    assert not again.failed
    assert street.records("Leads") == []


class _Slow:
    """A work in the middle of its call outside, which then keeps what it made."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.began = asyncio.Event()
        self.may_go_on = asyncio.Event()
        self.ended: list[BaseException | None] = []

    async def find(self, job: Job) -> Mapping[str, Any] | None:
        return None

    async def do(self, job: Job) -> Mapping[str, Any]:
        assert job.conversation_id is not None
        self.began.set()
        await self.may_go_on.wait()
        try:
            await keep_link(self.db.engine, job, job.conversation_id, "lead_id", "lead", {"company": "His"})
        except BaseException as error:
            self.ended.append(error)
            raise
        self.ended.append(None)
        return {}


async def test_a_job_under_way_keeps_nothing_of_him_any_more(db: Database, settings: Settings) -> None:
    await db.customer("hello")
    work = _Slow(db)
    async with db.engine.begin() as connection:
        await enqueue(connection, "test.slow", "k", {}, conversation_id=await db.chat())
    async with in_background(JobRunner(db.engine, {"test.slow": work}, at_once=1).run()):
        await work.began.wait()
        await erase(db.engine, settings, PHONE, secret=SECRET)
        work.may_go_on.set()

        async def ended() -> bool:
            return bool(work.ended)

        await eventually(ended, what="the work went on")
    assert work.ended != [None]
    assert await db.one("select count(*) from crm_links") == 0
    assert await db.one("select count(*) from jobs") == 0
