"""A customer who says who he is becomes one lead, which follows what he says later."""

from __future__ import annotations

import pytest

from sales.fact_storage import remember_facts
from sales.fact_values import Fact
from sales.lead_job import ask_for_lead
from sales.ownership_storage import hand_over
from tests.integration.job_support import until_jobs
from tests.integration.sale_jobs_support import sale_street, send_quote, until_sold
from tests.integration.zoho_jobs_support import PHONE, zoho_street
from tests.support import Database, in_background


async def says(db: Database, **facts: str) -> int | None:
    """The customer says so; the id of the job."""
    async with db.engine.begin() as connection:
        chat = await db.chat()
        await remember_facts(connection, chat, {Fact(name): value for name, value in facts.items()})
        return await ask_for_lead(connection, chat)


async def test_whoever_has_said_nothing_is_no_lead(db: Database) -> None:
    assert await says(db) is None
    assert await db.one("select count(*) from jobs") == 0


async def test_the_lead_follows_what_becomes_known(db: Database) -> None:
    async with zoho_street(db) as it, in_background(it.runner().run()):
        await says(db, contact_name="Mariam")
        await until_jobs(db, "done")
        [lead] = it.records("Leads")
        # CRM asks for a company: the number stands for it until there is one.
        assert (lead["Mobile"], lead["Last_Name"], lead["Company"]) == (PHONE, "Mariam", PHONE)
        await says(db, company="Falcon Bay", email="mariam@falconbay.example")
        await until_jobs(db, "done", "done")
        await says(db, company="Falcon Bay LLC", contact_name="Mariam Suwaidi", city="Dubai")
        await until_jobs(db, "done", "done", "done")
        [lead] = it.records("Leads")
    assert (lead["Last_Name"], lead["Company"]) == ("Mariam Suwaidi", "Falcon Bay LLC")
    assert (lead["Email"], lead["City"]) == ("mariam@falconbay.example", "Dubai")
    assert await db.one("select lead_id from crm_links") == lead["id"]


async def test_what_a_person_wrote_into_the_lead_stays(db: Database) -> None:
    async with zoho_street(db) as it, in_background(it.runner().run()):
        await says(db, contact_name="Mariam", company="Falcon")
        await until_jobs(db, "done")
        [lead] = it.records("Leads")
        await it.zoho.crm.update("Leads", lead["id"], {"Company": "Falcon Bay Group"})
        await says(db, contact_name="Mariam Suwaidi", company="Falcon Bay LLC")
        await until_jobs(db, "done", "done")
        [lead] = it.records("Leads")
    assert (lead["Last_Name"], lead["Company"]) == ("Mariam Suwaidi", "Falcon Bay Group")


async def test_the_same_facts_again_need_no_job(db: Database) -> None:
    async with zoho_street(db) as it, in_background(it.runner().run()):
        assert await says(db, company="Falcon Bay") is not None
        await until_jobs(db, "done")
        calls = len(it.sandbox.zoho.calls.all)
        assert await says(db, company="Falcon Bay") is None
    assert len(it.sandbox.zoho.calls.all) == calls


@pytest.mark.parametrize("lead_first", [True, False])
async def test_a_hand_over_and_the_facts_are_one_lead(db: Database, lead_first: bool) -> None:
    async def ask_for_a_person() -> None:
        async with db.engine.begin() as connection:
            await hand_over(connection, await db.chat(), reason="the customer asked")

    async with zoho_street(db) as it, in_background(it.runner().run()):
        if not lead_first:
            await ask_for_a_person()
            await until_jobs(db, "done")
        await says(db, contact_name="Mariam", company="Falcon Bay")
        if lead_first:
            await until_jobs(db, "done")
            await ask_for_a_person()
        await until_jobs(db, "done", "done")
        [lead], [task] = it.records("Leads"), it.records("Tasks")
    assert (lead["Last_Name"], lead["Company"]) == ("Mariam", "Falcon Bay")
    assert task["What_Id"]["id"] == lead["id"]


async def test_both_at_once_are_one_lead_with_the_customer_s_name(db: Database) -> None:
    """The slower of two workers that both saw no lead must not write over what the quicker one wrote."""
    async with zoho_street(db) as it:
        it.turn_knobs(latency_seconds=0.2)
        async with db.engine.begin() as connection:
            await hand_over(connection, await db.chat(), reason="the customer asked")
        await says(db, contact_name="Mariam", company="Falcon Bay")
        async with in_background(it.runner().run(), it.runner().run()):
            await until_jobs(db, "done", "done", hurried=True)
        [lead], [_] = it.records("Leads"), it.records("Tasks")
    assert (lead["Last_Name"], lead["Company"]) == ("Mariam", "Falcon Bay")


async def test_facts_that_come_while_the_lead_is_written_are_written_too(db: Database) -> None:
    async with zoho_street(db) as it:
        it.turn_knobs(latency_seconds=0.2)
        async with in_background(it.runner().run(), it.runner().run()):
            await says(db, contact_name="Mariam")
            await says(db, contact_name="Mariam Suwaidi")
            await says(db, company="Falcon Bay")
            await until_jobs(db, "done", "done", "done", hurried=True)
        [lead] = it.records("Leads")
    assert (lead["Last_Name"], lead["Company"]) == ("Mariam Suwaidi", "Falcon Bay")


async def test_after_a_quote_the_customer_is_a_contact_and_no_new_lead(db: Database) -> None:
    async with sale_street(db) as it, in_background(it.runner().run()):
        await send_quote(db)
        await until_sold(db, "done")
        assert await says(db, contact_name="Mariam Suwaidi") is None
        assert it.records("Leads") == []
