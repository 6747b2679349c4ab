"""A manager is told in his chat who needs him: once, with a link where there is one (sales.notice_job)."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.jobs import crm_links_of, works
from sales.crm_pages import crm_page
from sales.hand_over_notice import KIND, ask_for_notice
from sales.hand_over_reason import Reason, in_words
from sales.manager_task import ask_manager
from sales.ownership_storage import give_back, hand_over
from storage.job_runner import JobRunner
from tests.integration.desk_support import CHAT, MANAGER, Office, told
from tests.integration.quote_support import sent
from tests.integration.sale_jobs_support import known_customer
from tests.integration.zoho_jobs_support import ZohoStreet, settings_at, zoho_street
from tests.support import CHAT_ID, Database, eventually, in_background
from text.gulf_wording import modern_standard_word


@pytest.fixture
def office(database_url: str, engine: AsyncEngine) -> Office:
    return Office(Database(database_url, engine))


async def until_told(office: Office, count: int = 1) -> list[str]:
    """The texts of the manager's notices, once there are so many and no job of theirs waits."""

    async def enough() -> bool:
        waiting = await office.db.one(
            f"select count(*) from jobs where kind = '{KIND}' and state = 'waiting'"
        )
        return waiting == 0 and len(await told(office.db)) == count

    await eventually(enough, what=f"{count} notices are told")
    return [row.text for row in await told(office.db)]


async def test_a_hand_over_is_told_in_a_few_lines_with_code_and_how_to_answer(office: Office) -> None:
    await known_customer(office.db)
    quote = await sent(office.db)
    code = await office.hand("the customer wants to cancel an order")
    async with in_background(office.runner().run()):
        [said] = await until_told(office)
    lines = said.splitlines()
    assert lines[0] == f"{code}: the customer wants to cancel an order"
    assert quote.customer.company in lines[1]
    assert f"+{CHAT_ID}" in lines[1]
    assert quote.number in said
    assert lines[-1] == f"Answer: take {code} · back {code} · approve {code} 5"
    assert len(lines) <= 8
    [row] = await told(office.db)
    # The template says it where free text may not be sent; a pause does not keep it back.
    assert (row.template_purpose, row.regardless_of_owner) == ("hand_over", True)
    assert row.template_values == {"code": code, "reason": "the customer wants to cancel an order"}


async def test_it_is_in_the_manager_s_language(office: Office) -> None:
    await office.writes("مساعدة")
    code = await office.hand()
    async with in_background(office.runner().run()):
        [said] = await until_told(office)
    assert "الزبون طلب حد من الفريق" in said
    assert f"استلم \u2066{code}" in said
    [row] = await told(office.db)
    assert row.template_values["reason"] == "الزبون طلب حد من الفريق"


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_gulf_words(reason: Reason) -> None:
    assert in_words(reason, "en") == reason.value
    assert modern_standard_word(in_words(reason, "ar")) is None
    assert in_words(reason, "ar") != reason.value


async def test_a_chat_that_was_given_back_before_it_was_told_is_not_told(office: Office) -> None:
    await office.hand()
    async with office.db.engine.begin() as connection:
        await give_back(connection, await office.db.chat(), reason="a manager gave it back")
    async with in_background(office.runner().run()):
        await until_told(office, 0)


async def test_each_spell_is_told_once(office: Office) -> None:
    await office.hand()
    await office.hand("the turn could not be answered")
    async with in_background(office.runner().run()):
        await until_told(office, 1)
    async with office.db.engine.begin() as connection:
        await give_back(connection, await office.db.chat(), reason="a manager gave it back")
    await office.hand()
    async with in_background(office.runner().run()):
        await until_told(office, 2)


async def test_an_attempt_that_died_after_it_told_tells_nothing_twice(office: Office) -> None:
    await office.hand()
    async with in_background(office.runner().run()):
        await until_told(office)
    # As after a kill between the commit and the job's end.
    await office.db.write(
        "update jobs set state = 'waiting', ended_at = null, due_at = clock_timestamp() where kind = :kind",
        kind=KIND,
    )
    async with in_background(office.runner().run()):
        await until_told(office, 1)


async def test_what_a_manager_decides_is_told_and_what_he_need_not_is_only_a_task(office: Office) -> None:
    chat = await office.db.chat()
    async with office.db.engine.begin() as connection:
        await ask_manager(
            connection, chat, "discount:1", subject="…", description="…", waits_for=Reason.DISCOUNT
        )
        await ask_manager(
            connection, chat, "discount:1", subject="…", description="…", waits_for=Reason.DISCOUNT
        )
        await ask_manager(connection, chat, "other:1", subject="…", description="…")
    async with in_background(office.runner().run()):
        [said] = await until_told(office, 1)
    assert "the customer asks for a discount" in said


async def test_a_manager_who_wrote_or_took_the_chat_is_told_nothing(office: Office) -> None:
    chat = await office.db.chat()
    async with office.db.engine.begin() as connection:
        now = (await connection.exec_driver_sql("select majlis_now()")).scalar_one()
        await hand_over(connection, chat, reason=Reason.MANAGER_WROTE, manager_message_at=now)
    assert await office.db.one("select count(*) from jobs") == 0


async def test_the_manager_s_own_chat_is_no_case_and_no_lead(office: Office) -> None:
    chat = await office.db.chat(MANAGER)
    async with zoho_street(office.db) as it:
        async with office.db.engine.begin() as connection:
            await ask_for_notice(connection, chat, "window:1", reason=Reason.ORDER)
            await ask_manager(connection, chat, "window:1", subject="…", description="…")
        runner = JobRunner(office.db.engine, works(office.db.engine, it.zoho, manager=CHAT), at_once=2)
        async with in_background(runner.run()):

            async def all_done() -> bool:
                return bool(await office.db.one("select count(*) from jobs where state = 'done'") == 2)

            await eventually(all_done, what="both jobs are done")
        assert it.count() == (0, 0)
    assert await told(office.db) == []


async def test_without_a_manager_s_chat_there_is_only_the_task(office: Office) -> None:
    await office.hand()
    runner = JobRunner(office.db.engine, works(office.db.engine, None), at_once=2)
    async with in_background(runner.run()):

        async def done() -> bool:
            query = "select count(*) from jobs where kind = :kind and state = 'done'"
            return bool(await office.db.one(query, kind=KIND) == 1)

        await eventually(done, what="the notice is done")
    assert await office.db.one("select count(*) from outbox") == 0


# --- the link ---


def runner_at(office: Office, it: ZohoStreet) -> JobRunner:
    # On a busy machine the sandbox's Zoho is slower than a manager should wait.
    links = crm_links_of(settings_at(it.sandbox.url), it.zoho, lead_seconds=60)
    return JobRunner(
        office.db.engine, works(office.db.engine, it.zoho, manager=CHAT, crm_links=links), at_once=4
    )


async def test_the_link_leads_to_the_lead_that_zoho_has(office: Office) -> None:
    async with zoho_street(office.db) as it:
        code = await office.hand()
        async with in_background(runner_at(office, it).run()):
            [said] = await until_told(office)
            await eventually(lambda: _has_task(it), what="the task is made")
        [lead], [task] = it.records("Leads"), it.records("Tasks")
        assert f"{it.sandbox.url}/crm/tab/Leads/{lead['id']}" in said
    assert f"The chat's code in the manager's chat: {code}" in task["Description"]


async def _has_task(it: ZohoStreet) -> bool:
    return it.count()[1] == 1


async def test_while_zoho_is_away_it_is_told_at_once_without_a_link(office: Office) -> None:
    async with zoho_street(office.db) as it:
        it.turn_knobs(faults=[{"product": "crm", "action": "answer", "status": 503, "times": 0}])
        await office.hand()
        async with in_background(runner_at(office, it).run()):
            [said] = await until_told(office)
    assert "http" not in said


@pytest.mark.parametrize(
    ("api", "module", "page"),
    [
        ("https://www.zohoapis.com", "Leads", "https://crm.zoho.com/crm/tab/Leads/7"),
        ("https://www.zohoapis.eu", "Potentials", "https://crm.zoho.eu/crm/tab/Potentials/7"),
        ("https://www.zohoapis.in", "Leads", "https://crm.zoho.in/crm/tab/Leads/7"),
        ("https://www.zohoapis.com.au", "Leads", "https://crm.zoho.com.au/crm/tab/Leads/7"),
        ("https://www.zohoapis.sa", "Leads", "https://crm.zoho.sa/crm/tab/Leads/7"),
        ("https://www.zohoapis.ca", "Leads", "https://crm.zohocloud.ca/crm/tab/Leads/7"),
        ("http://127.0.0.1:9000", "Leads", "http://127.0.0.1:9000/crm/tab/Leads/7"),
    ],
)
def test_a_record_s_page_is_in_the_data_centre_of_the_api(api: str, module: str, page: str) -> None:
    assert crm_page(api, "Leads" if module == "Leads" else "Potentials", "7") == page
