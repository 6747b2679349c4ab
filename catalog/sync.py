"""Bring the catalog to what the source says now: all pages are read first, then one transaction swaps.

A sweep that fails, stops half-way or looks implausible changes nothing. Nobody reads half a catalog: until
the swap commits everybody sees the old one. Vectors follow in the background (`catalog.vectors`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog.ports import ItemSource, SourceAway, SourceRefused
from catalog.rows import product_row
from catalog.sync_plan import MOST_TAKEN_OFF, Plan
from catalog.sync_rules import ItemFields, Mirrored, mirror_items
from catalog.sync_storage import SweepOvertaken, business_now, items_on_sale, swap
from catalog.sync_sweep import Sweep, read_sweep
from catalog.sync_words import SellerWords
from storage.job_watch import drop_parked
from storage.jobs import Job, JobImpossible, JobLater, note_progress
from storage.steps import reach

KIND = "catalog.sync"
CURRENCY = "AED"
# More of them say no more to the operator, and a job's result is not the place for a thousand.
_MOST_NAMED = 100

log = structlog.get_logger(__name__)

Progress = Callable[[Mapping[str, Any]], Awaitable[None]]


class SyncRefused(Exception):
    """The sweep was not taken over and nothing was changed; the message says why, and the way on."""


@dataclass(frozen=True)
class SyncReport:
    """What a sync did."""

    pages: int
    items: int
    new: int
    changed: int
    taken_off: int
    # Of the active products: Arabic names made of the vocabulary, and unknown stock (kept as 0).
    arabic_made: int
    without_stock_figure: int
    skipped: int
    # The first hundred skipped items: id, SKU, what is wrong and how to mend it.
    problems: list[dict[str, str]]


@dataclass(frozen=True)
class CatalogSync:
    """The work of `catalog.sync` jobs (port `storage.jobs.Work`)."""

    engine: AsyncEngine
    source: ItemSource
    words: SellerWords
    fields: ItemFields

    async def find(self, job: Job) -> None:
        """Nothing is looked up: a sweep that is made twice changes nothing the second time."""
        return

    async def do(self, job: Job) -> Mapping[str, Any]:
        """Sweep and swap. Payload: `accept_removals`, true when a person said that many may go at once."""

        async def note(progress: Mapping[str, Any]) -> None:
            await note_progress(self.engine, job, progress)

        # A full sweep makes good what an earlier one was refused for.
        async with self.engine.begin() as connection:
            await drop_parked(connection, KIND)

        try:
            report = await sync_catalog(
                self.engine, self.source, self.words, self.fields, note,
                accept_removals=bool(job.payload.get("accept_removals")),
            )  # fmt: skip
        except SourceAway as error:
            raise JobLater(f"Zoho is away: {error}", error.retry_after_seconds) from error
        except SourceRefused as error:
            raise JobImpossible(
                f"Zoho refuses: {error}. Nothing was changed; mend it, then: majlis sync"
            ) from error
        except SyncRefused as error:
            raise JobImpossible(str(error)) from error
        except SweepOvertaken:
            return {"overtaken": True}
        return asdict(report)


async def sync_catalog(
    engine: AsyncEngine,
    source: ItemSource,
    words: SellerWords,
    fields: ItemFields,
    progress: Progress,
    *,
    accept_removals: bool,
) -> SyncReport:
    """Make the catalog what the source says now.

    Raises:
        SourceAway, SourceRefused: what the source raises; nothing was changed.
        SyncRefused: another currency, or too many products would leave the sale; nothing was changed.
        SweepOvertaken: a sweep that began later was there first; nothing was changed.
    """
    began_at = await business_now(engine)
    if (currency := await source.currency()) != CURRENCY:
        raise SyncRefused(
            f"The organization's base currency is {currency or 'not told'}, and Majlis sells in {CURRENCY}. "
            f"Nothing was changed. Connect the organization that keeps its books in {CURRENCY} "
            "(ZOHO_ORGANIZATION_ID)."
        )
    sweep = await read_sweep(source, await items_on_sale(engine), progress)
    reach("catalog.swept")
    # A second of one core: not on the loop, where customers wait.
    mirrored, rows = await asyncio.to_thread(_mirror, sweep, words, fields)

    def accept(plan: Plan) -> None:
        if plan.is_implausible and not accept_removals:
            raise SyncRefused(_implausible(plan, sweep))

    done = await swap(engine, mirrored, rows, began_at, accept)
    active = [one for one in mirrored.items if one.product.status == "active"]
    report = SyncReport(
        pages=sweep.pages,
        items=len(sweep.items) + len(sweep.unreadable),
        new=done.new,
        changed=done.changed,
        taken_off=done.taken_off,
        arabic_made=sum(one.name_ar_is_made for one in active),
        without_stock_figure=sum(one.stock_is_unknown for one in active),
        skipped=len(mirrored.skipped),
        problems=[
            {"item": one.item_id or "", "sku": one.sku, "problem": one.problem}
            for one in mirrored.skipped[:_MOST_NAMED]
        ],
    )
    counts = asdict(report)
    for problem in counts.pop("problems"):
        log.warning("catalog.item_skipped", **problem)
    log.info("catalog.synced", **counts)
    return report


def _mirror(
    sweep: Sweep, words: SellerWords, fields: ItemFields
) -> tuple[Mirrored, Mapping[str, Mapping[str, Any]]]:
    mirrored = mirror_items(sweep.items, sweep.unreadable, words, fields)
    return mirrored, {one.item_id: product_row(one.product) for one in mirrored.items}


def _implausible(plan: Plan, sweep: Sweep) -> str:
    active = sum(one.product.status == "active" for one in plan.items)
    return (
        f"Of {plan.on_sale} products on sale {plan.leaving_sale} would be taken off at once "
        f"({len(sweep.items)} items were read, {active} of them can be sold); more than "
        f"{MOST_TAKEN_OFF:.0%}, or all, is more likely a fault. Nothing was changed. "
        "If it is right, run: majlis sync --accept-removals"
    )
