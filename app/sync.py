"""The catalog's sync as a process runs it: the hourly work of the worker, and `majlis sync`."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.console import Console, Group
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from app.database import find_database
from app.errors import StartError
from app.sample_items import VOCABULARY
from app.seller import load_seller
from app.settings import Settings
from app.zoho import Zoho, open_zoho, zoho_is_configured
from catalog.sync import KIND, CatalogSync
from catalog.sync_rules import ItemFields
from catalog.sync_words import read_words
from connectors.zoho.item_source import ZohoItemSource
from storage.cron import Tick
from storage.job_runner import JobRunner
from storage.job_watch import JobState, join, look, start
from storage.pool import DATABASE_FAILED, create_engine, is_away

CATALOG_TICK = Tick("catalog.sync", 3600, KIND)

_LOOK_SECONDS = 0.2
# A worker that can do the job takes it within half a second.
_UNTAKEN_SECONDS = 15.0
_SHOWN_PROBLEMS = 20
_COUNTS = {
    "changed": "changed",
    "new": "new",
    "taken_off": "taken off sale",
    "arabic_made": "without Arabic names (made from the vocabulary)",
    "without_stock_figure": "without stock figure (kept as 0)",
    "skipped": "skipped",
}


class SyncFailed(StartError):
    """The catalog was not synced; the message says why and what to do."""


def catalog_sync(engine: AsyncEngine, zoho: Zoho) -> CatalogSync:
    """The work of `catalog.sync` jobs.

    Raises:
        SellerUnfit: data/seller.yml is wrong.
    """
    fields = ItemFields(**load_seller().zoho_fields.model_dump())
    return CatalogSync(engine, ZohoItemSource(zoho.inventory), read_words(VOCABULARY), fields)


async def sync_now(settings: Settings, console: Console, *, accept_removals: bool) -> None:
    """Sync the catalog and show how far it is: joins the run that is under way, else begins one.

    Where these settings know the Zoho the work is done here, unless a worker takes it first.

    Raises:
        SyncFailed: nothing was changed; the message says why.
        SettingsError: without a database.
    """
    engine = create_engine(find_database(settings), test_clock=settings.majlis_test_clock, size=4)
    try:
        async with _working(settings, engine) as can_work:
            async with engine.begin() as connection:
                if accept_removals:
                    job_id = await start(connection, KIND, "accept removals", {"accept_removals": True})
                else:
                    job_id = await join(connection, KIND)
            ended = await _watch(engine, job_id, console, can_work=can_work)
    except DATABASE_FAILED as error:
        if not is_away(error):
            raise
        raise SyncFailed(f"The database does not answer: {type(error).__name__}.") from error
    finally:
        await engine.dispose()
    console.print(_told(ended))


@asynccontextmanager
async def _working(settings: Settings, engine: AsyncEngine) -> AsyncIterator[bool]:
    """Do catalog jobs beside the block, where the settings know the Zoho."""
    if not zoho_is_configured(settings):
        yield False
        return
    zoho = open_zoho(settings, engine)
    working = asyncio.create_task(JobRunner(engine, {KIND: catalog_sync(engine, zoho)}, at_once=1).run())
    try:
        yield True
    finally:
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working
        await zoho.close()


async def _watch(engine: AsyncEngine, job_id: int, console: Console, *, can_work: bool) -> JobState:
    began = asyncio.get_running_loop().time()
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.fields[pages]} pages, {task.completed} items"),
        BarColumn(),
        TimeElapsedColumn(),
        console=console,
    ) as bar:
        shown = bar.add_task("", total=None, pages=0)
        while True:
            job = await look(engine, job_id)
            items = job.progress.get("items", 0)
            total = max(items, job.progress.get("expected", 0)) or None
            bar.update(shown, completed=items, total=total, pages=job.progress.get("pages", 0))
            match job.state:
                case "done":
                    return job
                case "parked":
                    raise SyncFailed(job.problem)
                case "dropped":
                    raise SyncFailed("Another `majlis sync` took the place of this one: look at that.")
            if job.is_put_off and not job.is_held and job.problem:
                raise SyncFailed(f"{job.problem}. Nothing was changed; the worker tries again by itself.")
            waited = asyncio.get_running_loop().time() - began
            if not (can_work or job.is_held) and waited > _UNTAKEN_SECONDS:
                raise SyncFailed(
                    "No worker with a Zoho took the sync, and these settings know none: set ZOHO_CLIENT_ID, "
                    "ZOHO_CLIENT_SECRET, ZOHO_REFRESH_TOKEN and ZOHO_ORGANIZATION_ID here or where the "
                    "worker runs."
                )
            await asyncio.sleep(_LOOK_SECONDS)


def _told(job: JobState) -> Group:
    """What the sync did, for people."""
    if job.result.get("overtaken"):
        return Group("A sync that began later was quicker: the catalog is newer than this one would make it.")
    table = Table(title=f"{job.result['items']} items on {job.result['pages']} pages", show_header=False)
    for name, words in _COUNTS.items():
        table.add_row(words, str(job.result[name]))
    problems = job.result["problems"]
    lines = [
        f"{one['sku'] or 'without SKU'} (item {one['item'] or 'unknown'}): {one['problem']}"
        for one in problems
    ]
    left = job.result["skipped"] - _SHOWN_PROBLEMS
    more = [f"… and {left} more"] if left > 0 else []
    return Group(table, *lines[:_SHOWN_PROBLEMS], *more)
