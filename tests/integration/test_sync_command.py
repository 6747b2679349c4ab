"""The sync as a job: hourly by whichever worker, by hand with `majlis sync`, and after a `kill -9`."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path

import pytest
from pydantic import SecretStr
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncEngine

from app import sync
from app.settings import PROJECT_ROOT
from app.sync import CATALOG_TICK, catalog_sync
from catalog.sync import KIND
from catalog.sync_storage import SweepOvertaken
from storage.clock import advance
from storage.cron import keep_ticking
from storage.job_runner import JobRunner
from tests.integration.job_support import until_jobs
from tests.integration.sync_support import ITEMS, SellersZoho, chairs, in_a_hurry, sellers_zoho
from tests.integration.zoho_support import told_zoho
from tests.support import Database, in_background


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    in_a_hurry(monkeypatch)


@pytest.fixture
async def shop(engine: AsyncEngine, database_url: str) -> AsyncIterator[SellersZoho]:
    """Two pages of chairs, not yet synced."""
    async with sellers_zoho(engine, database_url, chairs(250)) as opened:
        yield opened


def runner(shop: SellersZoho) -> JobRunner:
    return JobRunner(shop.engine, {KIND: catalog_sync(shop.engine, shop.zoho)}, at_once=1)


async def majlis_sync(
    shop: SellersZoho, home: Path, *arguments: str, faults: Path | None = None, **others: str
) -> tuple[int, str]:
    """Run the command as an operator would; its exit code and everything it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    environment |= {name: value for name, value in shop.settings.environment().items() if value}
    environment |= {"MAJLIS_HOME": str(home), "COLUMNS": "300", **others}
    if faults is not None:
        environment["MAJLIS_FAULTS"] = str(faults)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app.cli", "sync", *arguments,
        cwd=PROJECT_ROOT, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(60):
        output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, " ".join(output.decode().split())


async def test_two_workers_sweep_once_an_hour(shop: SellersZoho, db: Database) -> None:
    into_the_hour = await db.one("select mod(extract(epoch from clock_timestamp()), 3600)::float8")
    await advance(db.url, 3_600 - into_the_hour + 300)
    workers = [
        part for _ in range(2) for part in (runner(shop).run(), keep_ticking(shop.engine, [CATALOG_TICK]))
    ]
    async with in_background(*workers):
        (job,) = await until_jobs(db, "done")
        assert (job.result["new"], shop.calls()) == (250, 2)
        await advance(db.url, 3_600)
        _, job = await until_jobs(db, "done", "done")
        assert (job.result["new"], job.result["changed"], shop.calls()) == (0, 0, 4)


async def test_the_command_syncs_by_itself_and_tells_what_changed(shop: SellersZoho, tmp_path: Path) -> None:
    shop.manager(change={"1001": {"rate": -1}, "1002": {"track_inventory": False}})
    code, said = await majlis_sync(shop, tmp_path)
    assert code == 0, said
    assert "250 items on 2 pages" in said
    assert "│ new │ 249 │" in said
    assert "X-1001 (item 1001): its rate is -1; correct it" in said
    assert len(await shop.rows()) == 249


async def test_the_command_joins_the_workers_run(shop: SellersZoho, db: Database, tmp_path: Path) -> None:
    shop.turn(faults=[{"action": "slow", "product": "inventory", "path": ITEMS, "seconds": 8.0}])
    async with in_background(runner(shop).run(), keep_ticking(shop.engine, [CATALOG_TICK])):
        assert await shop.sandbox.zoho.calls.wait_until(lambda: shop.calls() == 1, 15)
        code, said = await majlis_sync(shop, tmp_path, ZOHO_REFRESH_TOKEN="")
    assert (code, "│ new │ 250 │" in said) == (0, True), said
    assert await db.one("select count(*) from jobs") == 1
    assert shop.calls() == 2


async def test_an_implausible_sweep_is_refused_parked_and_accepted_by_hand(
    shop: SellersZoho, db: Database, tmp_path: Path
) -> None:
    await shop.sync()
    shop.manager(delete=[str(1001 + number) for number in range(100)])
    for _ in range(2):
        code, said = await majlis_sync(shop, tmp_path)
        assert (code, "Of 250 products on sale 100 would be taken off" in said) == (1, True), said
        assert "majlis sync --accept-removals" in said
    # One waits for the operator, not one for every hour.
    assert await db.one("select count(*) from jobs where state = 'parked'") == 1
    code, said = await majlis_sync(shop, tmp_path, "--accept-removals")
    assert (code, "│ taken off sale │ 100 │" in said) == (0, True), said
    assert await db.one("select count(*) from jobs where state = 'parked'") == 0


async def test_of_refused_sweeps_only_the_last_waits_for_the_operator(
    shop: SellersZoho, db: Database
) -> None:
    await shop.sync()
    shop.manager(delete=[str(1001 + number) for number in range(100)])
    async with in_background(runner(shop).run()):
        for states in (("parked",), ("dropped", "parked")):
            key = f"hour {len(states)}"
            await db.write(
                "insert into jobs (kind, key, payload) values (:kind, :key, '{}')", kind=KIND, key=key
            )
            await until_jobs(db, *states)
        shop.manager(insert=chairs(100))
        await db.write("insert into jobs (kind, key, payload) values (:kind, 'hour 3', '{}')", kind=KIND)
        await until_jobs(db, "dropped", "dropped", "done")


async def test_a_zoho_that_is_away_fails_the_command_and_is_tried_again(
    shop: SellersZoho, db: Database, tmp_path: Path
) -> None:
    shop.turn(faults=[{"action": "answer", "status": 429, "code": 44, "message": "Blocked", "path": ITEMS}])
    code, said = await majlis_sync(shop, tmp_path)
    assert (code, "Zoho is away" in said, "tries again by itself" in said) == (1, True, True), said
    assert await shop.rows() == []
    # The block ends: the same job is done at once, not when its pause is over.
    await db.write("update rate_limits set blocked_until = null, free_at = now()")
    code, said = await majlis_sync(shop, tmp_path)
    assert (code, "│ new │ 250 │" in said) == (0, True), said
    assert await db.one("select count(*) from jobs") == 1


async def test_an_organization_in_another_currency_is_refused(engine: AsyncEngine, db: Database) -> None:
    async with told_zoho(engine) as (told, zoho):
        organization = {
            "organization_id": "60001234567",
            "name": "X",
            "currency_id": "1",
            "currency_code": "USD",
        }
        told.answer(200, {"code": 0, "message": "success", "organizations": [organization]})
        await db.write("insert into jobs (kind, key, payload) values (:kind, 'now', '{}')", kind=KIND)
        work = {KIND: catalog_sync(engine, zoho)}
        async with in_background(JobRunner(engine, work, at_once=1).run()):
            (job,) = await until_jobs(db, "parked")
    assert "base currency is USD, and Majlis sells in AED" in job.problem
    assert len(told.asked) == 1


async def test_without_a_zoho_anywhere_the_command_says_what_is_missing(
    shop: SellersZoho, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "_UNTAKEN_SECONDS", 0.5)
    without = shop.settings.model_copy(update={"zoho_refresh_token": SecretStr("")})
    with pytest.raises(sync.SyncFailed, match="set ZOHO_CLIENT_ID"):
        await sync.sync_now(without, Console(file=StringIO()), accept_removals=False)


@pytest.mark.parametrize("step", ["catalog.page", "catalog.swept", "catalog.swapping", "job.done_outside"])
async def test_a_sync_that_is_killed_is_completed_by_another(
    shop: SellersZoho, db: Database, tmp_path: Path, step: str
) -> None:
    await shop.sync()
    before = await shop.rows()
    shop.manager(change={"1001": {"rate": 1}}, delete=["1002"])
    faults = tmp_path / "faults"
    faults.mkdir()
    (faults / step).write_text("kill")
    code, _ = await majlis_sync(shop, tmp_path, faults=faults)
    assert code == -9
    if step != "job.done_outside":
        assert await shop.rows() == before
    async with in_background(runner(shop).run()):
        await until_jobs(db, "done")
    assert (await shop.row("X-1001")).rate == 1
    assert (await shop.row("X-1002")).status == "inactive"


async def test_a_worker_that_stood_still_does_not_bring_back_an_older_catalog(shop: SellersZoho) -> None:
    shop.turn(faults=[{"action": "slow", "path": ITEMS, "nth": 2, "seconds": 8, "after_commit": True}])
    slow = asyncio.create_task(shop.sync())
    assert await shop.sandbox.zoho.calls.wait_until(lambda: shop.calls() == 2, 15)
    shop.manager(change={"1001": {"rate": 777}})
    await shop.sync()
    with pytest.raises(SweepOvertaken):
        await slow
    assert (await shop.row("X-1001")).rate == 777
