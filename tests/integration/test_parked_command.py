"""`majlis parked` on a real Postgres: what it lists, tries again and drops, and what it says."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.jobs import JobImpossible
from tests.integration.job_support import Outside, majlis_parked, put, runner, until_jobs
from tests.support import USUAL, Database, in_background, message, webhook
from turns.inbox import store
from turns.ports import Element, ElementKind


@pytest.fixture
def db(database_url: str, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "200")
    return Database(database_url, engine)


async def parked_job(db: Database, problem: str = "the field Mobile is no phone: mend it") -> int:
    job_id = await put(db, "k", colour="black")
    async with in_background(runner(db, Outside(script=[JobImpossible(problem)])).run()):
        await until_jobs(db, "parked")
    return job_id


async def parked_turn(db: Database) -> int:
    turn_id = await db.turn()
    await db.write(
        "update turns set state = 'parked', problem = 'it failed again and again',"
        " finished_at = clock_timestamp() where id = :id",
        id=turn_id,
    )
    return turn_id


async def parked_element(db: Database, raw: bytes) -> int:
    element = Element(
        ElementKind.PARKED, channel_id="", external_id=str(hash(raw)), raw=raw, problem="channelId is missing"
    )
    async with db.connection() as connection:
        await store(connection, [element], USUAL)
    return int(await db.one("select max(id) from inbox where kind = 'parked'"))


async def test_nothing_is_parked(db: Database) -> None:
    result = await majlis_parked()
    assert (result.exit_code, result.output) == (0, "Nothing is parked.\n")


async def test_all_three_kinds_are_listed_with_what_is_wrong(db: Database) -> None:
    job, turn = await parked_job(db), await parked_turn(db)
    element = await parked_element(db, b"{}")
    result = await majlis_parked()
    assert result.exit_code == 0
    lines = result.output.splitlines()
    for thing, what, problem in (
        (f"job:{job}", "test.write", "the field Mobile is no phone: mend it"),
        (f"turn:{turn}", "turn", "it failed again and again"),
        (f"element:{element}", "webhook element", "channelId is missing"),
    ):
        [line] = [line for line in lines if f" {thing} " in line]
        assert what in line
        assert problem in line


async def test_one_is_shown_with_all_that_is_known(db: Database) -> None:
    job = await parked_job(db)
    result = await majlis_parked("show", f"job:{job}")
    assert result.exit_code == 0
    for known in ("the field Mobile is no phone: mend it", '"colour": "black"', "may_be_done", "no"):
        assert known in result.output


async def test_a_job_is_retried_once_its_cause_is_mended(db: Database) -> None:
    job = await parked_job(db)
    result = await majlis_parked("retry", f"job:{job}")
    assert (result.exit_code, result.output) == (
        0,
        f"job:{job} is tried again; `majlis parked` shows it if it fails.\n",
    )
    outside = Outside()
    async with in_background(runner(db, outside).run()):
        [row] = await until_jobs(db, "done")
    assert (outside.records, row.attempts, row.ended_at is not None) == (["k"], 1, True)
    assert (await majlis_parked()).output == "Nothing is parked.\n"


async def test_a_job_that_may_be_done_already_is_looked_up_when_it_is_retried(db: Database) -> None:
    job = await parked_job(db)
    await db.write("update jobs set began_at = clock_timestamp()")
    await majlis_parked("retry", f"job:{job}")
    outside = Outside(records=["k"])
    async with in_background(runner(db, outside).run()):
        await until_jobs(db, "done")
    assert (outside.records, outside.looked_up) == (["k"], ["k"])


async def test_a_parked_turn_is_not_run_again_and_the_sentence_says_why(db: Database) -> None:
    turn = await parked_turn(db)
    result = await majlis_parked("retry", f"turn:{turn}")
    assert result.exit_code == 1
    assert result.output.startswith(f"turn:{turn} is not run again: the customer has read the apology")
    assert await db.one("select state from turns") == "parked"


async def test_all_are_retried_and_what_cannot_be_says_so(db: Database) -> None:
    job, turn = await parked_job(db), await parked_turn(db)
    result = await majlis_parked("retry", "--all")
    assert result.exit_code == 1
    assert f"job:{job} is tried again" in result.output
    assert f"turn:{turn} is not run again" in result.output
    assert await db.one("select state from jobs") == "waiting"


ELEMENTS: dict[str, tuple[bytes, str]] = {
    "a message": (webhook(message("hi")).removeprefix(b'{"messages": [').removesuffix(b"]}"), "message"),
    "a status": (b'{"messageId": "m", "status": "read", "timestamp": "2026-11-20T09:16:00.002Z"}', "status"),
    "a channel": (b'{"channelId": "c", "state": "active", "timestamp": 1}', "channel"),
    "a whole body": (webhook(message("hi")), "message"),
}


@pytest.mark.parametrize(("raw", "kind"), ELEMENTS.values(), ids=ELEMENTS.keys())
async def test_an_element_that_can_be_read_by_now_goes_its_way(db: Database, raw: bytes, kind: str) -> None:
    element = await parked_element(db, raw)
    result = await majlis_parked("retry", f"element:{element}")
    assert (result.exit_code, result.output) == (0, f"element:{element} was read and goes its way.\n")
    assert [row.kind for row in await db.rows("select kind from inbox")] == [kind]
    if kind == "message":
        assert await db.one("select due_at <= clock_timestamp() from conversations")


@pytest.mark.parametrize(
    "raw", [b'{"chatId": "1"}', b"no json", b"{}", b'{"messages": 3}', b"[1]"], ids=lambda raw: raw.decode()
)
async def test_an_element_that_still_cannot_be_read_stays(db: Database, raw: bytes) -> None:
    element = await parked_element(db, raw)
    result = await majlis_parked("retry", f"element:{element}")
    assert result.exit_code == 1
    assert result.output.startswith(f"element:{element} still cannot be read: ")
    assert [row.kind for row in await db.rows("select kind from inbox")] == ["parked"]


async def test_dropping_asks_first(db: Database) -> None:
    job = await parked_job(db)
    refused = await majlis_parked("drop", f"job:{job}", answer="n\n")
    assert refused.exit_code == 1
    assert f"Drop job:{job} for good?" in refused.output
    assert await db.one("select state from jobs") == "parked"
    taken = await majlis_parked("drop", f"job:{job}", answer="y\n")
    assert taken.exit_code == 0
    assert taken.output.endswith(f"job:{job} dropped.\n")
    assert await db.one("select state from jobs") == "dropped"


async def test_all_are_dropped_without_a_question_when_told_so(db: Database) -> None:
    await parked_job(db)
    await parked_turn(db)
    await parked_element(db, b"{}")
    result = await majlis_parked("drop", "--all", "--yes")
    assert result.exit_code == 0
    assert (await majlis_parked()).output == "Nothing is parked.\n"
    states: Any = await db.rows("select (select state from jobs) as job, (select state from turns) as turn")
    assert tuple(states[0]) == ("dropped", "dropped")
    assert await db.one("select count(*) from inbox") == 0


async def test_a_dropped_job_may_be_written_again(db: Database) -> None:
    job = await parked_job(db)
    await majlis_parked("drop", f"job:{job}", "--yes")
    assert await put(db, "k") != job


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "12"], "'12' is no id"),
        (["retry", "job:12"], "job:12: not parked"),
        (["retry"], "give ids as `majlis parked` lists them"),
        (["drop", "job:1", "--all"], "give ids as `majlis parked` lists them"),
        (["drop", "order:1", "--yes"], "'order:1' is no id"),
    ],
)
async def test_a_wrong_id_is_named(db: Database, arguments: list[str], said: str) -> None:
    result = await majlis_parked(*arguments)
    assert result.exit_code == 2
    assert said in result.output
