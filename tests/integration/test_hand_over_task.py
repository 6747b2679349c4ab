"""A chat handed to a person becomes one task in CRM (sales.hand_over_task on Postgres and sandbox Zoho)."""

from __future__ import annotations

import pytest

from app.jobs import works
from sales.hand_over_task import KIND, marker
from sales.ownership_storage import give_back, hand_over
from storage.job_runner import JobRunner
from tests.integration.job_support import Outside, majlis_parked, put, until_jobs
from tests.integration.turn_support import ScriptedEngine, until_turns, worker
from tests.integration.zoho_jobs_support import PHONE, zoho_street
from tests.support import READER, Database, echo, eventually, in_background, webhook
from turns.clerk import Clerk
from turns.ports import EngineFailed


async def hand(db: Database, reason: str = "the customer asked") -> None:
    async with db.engine.begin() as connection:
        await hand_over(connection, await db.chat(), reason=reason)


# --- when there is a job ---


async def test_a_hand_over_writes_one_job_without_the_customer_s_number(db: Database) -> None:
    await hand(db)
    [row] = await db.rows(f"select * from jobs where kind = '{KIND}'")
    assert (row.kind, row.conversation_id) == (KIND, await db.chat())
    assert row.payload["reason"] == "the customer asked"
    changed_at = await db.one("select changed_at from owners")
    assert row.key == f"{row.conversation_id}:{changed_at.isoformat()}"
    assert PHONE.removeprefix("+") not in str(row.payload)


async def test_a_hand_over_that_is_taken_back_leaves_no_job(db: Database) -> None:
    chat = await db.chat()
    async with db.engine.connect() as connection:
        await hand_over(connection, chat, reason="the customer asked")
        await connection.rollback()
    assert await db.one("select count(*) from jobs") == 0


async def test_the_same_spell_has_one_job_and_the_next_another(db: Database) -> None:
    await hand(db)
    await hand(db, "the customer asked again")
    assert await db.one(f"select count(*) from jobs where kind = '{KIND}'") == 1
    async with db.engine.begin() as connection:
        await give_back(connection, await db.chat(), reason="the manager was silent")
    await hand(db)
    assert await db.one(f"select count(*) from jobs where kind = '{KIND}'") == 2


async def test_a_manager_who_took_the_chat_himself_is_told_nothing(db: Database) -> None:
    await db.customer("hi")
    await db.receive(webhook(echo("I am Sara, how can I help?", by_person=True)))
    async with in_background(Clerk(db.engine, READER, "clerk of tests").run()):

        async def is_theirs() -> bool:
            return await db.owner() == "person"

        await eventually(is_theirs, what="the chat is the manager's")
    assert await db.one("select count(*) from jobs") == 0
    # Nor when the bot hands over what is a person's already.
    await hand(db)
    assert await db.one("select count(*) from jobs") == 0


async def test_a_turn_that_failed_for_good_tells_the_managers(db: Database) -> None:
    await db.customer("hi")
    rasa = ScriptedEngine([EngineFailed("no")] * 3)
    async with in_background(worker(db, rasa).run()):
        await until_turns(db, "parked", hurry=True)
    [row] = await db.rows(f"select payload ->> 'reason' as reason from jobs where kind = '{KIND}'")
    assert row.reason == "the turn could not be answered"


# --- what becomes of it ---


async def test_the_task_stands_under_the_customer_s_lead(db: Database) -> None:
    async with zoho_street(db) as it:
        await hand(db, "the customer wants a quote")
        async with in_background(it.runner().run()):
            [row] = await until_jobs(db, "done")
        [lead], [task] = it.records("Leads"), it.records("Tasks")
    assert (lead["Mobile"], lead["Last_Name"]) == (PHONE, PHONE)
    assert task["Subject"] == f"WhatsApp chat {PHONE}: the customer wants a quote ({marker(row.key)})"
    assert task["What_Id"]["id"] == lead["id"]
    assert row.result == {"lead_id": lead["id"], "task_id": task["id"]}


async def test_a_lead_that_is_there_is_used_and_keeps_its_names(db: Database) -> None:
    async with zoho_street(db) as it:
        lead_id = await it.lead(Last_Name="Al Mansoori", Company="Noor Trading")
        await hand(db)
        async with in_background(it.runner().run()):
            [row] = await until_jobs(db, "done")
        [lead] = it.records("Leads")
    assert row.result["lead_id"] == lead_id
    assert (lead["Last_Name"], lead["Company"]) == ("Al Mansoori", "Noor Trading")


async def test_two_spells_are_two_tasks_under_one_lead(db: Database) -> None:
    async with zoho_street(db) as it:
        await hand(db)
        async with db.engine.begin() as connection:
            await give_back(connection, await db.chat(), reason="the manager was silent")
        await hand(db)
        async with in_background(it.runner().run()):
            await until_jobs(db, "done", "done")
        assert it.count() == (1, 2)


# What goes wrong with the POST that makes the task; the call took effect in those with after_commit.
FAULTS: dict[str, dict[str, object]] = {
    "connection cut after the commit": {"action": "drop", "after_commit": True},
    "connection cut before the commit": {"action": "drop"},
    "502 in HTML after the commit": {"action": "html", "after_commit": True},
    "502 in HTML before the commit": {"action": "html"},
    "truncated JSON": {"action": "truncate"},
    "throttled": {"action": "answer", "status": 429, "code": "TOO_MANY_REQUESTS"},
    "an internal error after the commit": {
        "action": "answer", "status": 500, "code": "INTERNAL_ERROR", "after_commit": True,
    },
    "a token that dies early": {"action": "expire_token"},
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("path", ["/crm/v8/Tasks", "/crm/v8/Leads"], ids=["task", "lead"])
async def test_whatever_goes_wrong_there_is_one_lead_and_one_task(
    db: Database, fault: dict[str, object], path: str
) -> None:
    async with zoho_street(db) as it:
        it.turn_knobs(faults=[{"product": "crm", "method": "POST", "path": path, **fault}])
        await hand(db)
        async with in_background(it.runner().run(), it.runner().run()):
            await until_jobs(db, "done", hurried=True)
        assert it.count() == (1, 1)


async def test_while_zoho_is_away_the_job_waits(db: Database) -> None:
    async with zoho_street(db) as it:
        it.turn_knobs(faults=[{"product": "crm", "action": "html", "times": 7}])
        await hand(db)
        async with in_background(it.runner().run()):
            [row] = await until_jobs(db, "done", hurried=True)
        assert row.attempts > 1
        assert it.count() == (1, 1)


async def test_a_permanent_refusal_is_parked_names_the_field_and_comes_through_when_mended(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", db.url)
    async with zoho_street(db) as it:
        it.turn_knobs(crm_mandatory_fields={"Leads": ["Trade_Licence"]})
        await hand(db)
        async with in_background(it.runner().run()):
            [row] = await until_jobs(db, "parked")
            assert "the field Trade_Licence" in row.problem
            assert "majlis parked retry" in row.problem
            it.turn_knobs(crm_mandatory_fields={})
            result = await majlis_parked("retry", f"job:{row.id}")
            assert result.exit_code == 0, result.output
            await until_jobs(db, "done")
        assert it.count() == (1, 1)


async def test_a_field_that_is_not_unique_is_named(db: Database) -> None:
    async with zoho_street(db) as it:
        it.turn_knobs(crm_unique_fields={"Leads": []})
        await hand(db)
        async with in_background(it.runner().run()):
            [row] = await until_jobs(db, "parked")
        assert "Mobile" in row.problem
        assert it.records("Leads") == []


async def test_a_chat_without_a_phone_number_is_the_operator_s(db: Database) -> None:
    async with zoho_street(db) as it:
        chat = await db.chat()
        await db.write("update conversations set chat_type = 'instagram', chat_id = 'noor'")
        async with db.engine.begin() as connection:
            await hand_over(connection, chat, reason="the customer asked")
        async with in_background(it.runner().run()):
            [row] = await until_jobs(db, "parked")
        assert "is of type instagram and has no phone number" in row.problem
        assert it.sandbox.zoho.calls.all == []


async def test_without_a_zoho_the_job_waits_untouched(db: Database) -> None:
    await hand(db)
    assert KIND not in works(db.engine, None)
    outside = Outside()
    await put(db)
    # The runner has looked and taken what it has a work for.
    runner = JobRunner(db.engine, {**works(db.engine, None), "test.write": outside}, at_once=4)
    async with in_background(runner.run()):
        [row, _] = await until_jobs(db, "waiting", "done")
    assert (row.attempts, row.lease_token) == (0, 0)
