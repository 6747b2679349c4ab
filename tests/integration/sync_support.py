"""A seller with items in the sandbox's Zoho, and the catalog that mirrors them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app import zoho as app_zoho
from app.sample_items import VOCABULARY, sample_items
from app.settings import Settings, read_settings
from app.zoho import Zoho, open_zoho
from catalog.schema import products
from catalog.sync import SyncReport, sync_catalog
from catalog.sync_rules import ItemFields
from catalog.sync_words import read_words
from connectors.zoho.item_source import ZohoItemSource
from sandbox.config import SandboxConfig
from sandbox.server import RunningSandbox, start_sandbox
from sandbox.zoho.finance.items import Change
from tests.integration.sandbox_support import API_KEY, CHANNEL_ID

ITEMS = "/inventory/v1/items"
WORDS = read_words(VOCABULARY)


@cache
def samples() -> tuple[Mapping[str, object], ...]:
    """The rows of the sample's items; copy one before changing it."""
    return tuple(sample_items())


def chairs(count: int, **fields: object) -> list[dict[str, object]]:
    """So many made-up chairs, made one after the other; ids from 1001."""
    return [
        {
            "item_id": str(1001 + number),
            "sku": f"X-{1001 + number}",
            "name": f"Chair {number}",
            "category_name": "Chairs",
            "rate": 100,
            "stock_on_hand": 5,
            "created_time": f"2026-01-01T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}+0400",
            "last_modified_time": "2026-01-02T00:00:00+0400",
            "custom_fields": [{"api_name": "cf_name_ar", "value": f"كرسي {number}"}],
            **fields,
        }
        for number in range(count)
    ]


def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let our own limit keep no test waiting; the limit has tests of its own."""
    monkeypatch.setattr(app_zoho, "FINANCE_PER_MINUTE", 60_000)


async def nobody(_progress: Mapping[str, Any]) -> None:
    """Somebody who does not look at the progress."""


@dataclass(frozen=True)
class SellersZoho:
    """The sandbox's Zoho, our clients of it, and the catalog's database."""

    engine: AsyncEngine
    sandbox: RunningSandbox
    zoho: Zoho
    source: ZohoItemSource
    settings: Settings

    async def sync(self, *, accept_removals: bool = False) -> SyncReport:
        """One sync, without a job around it."""
        return await sync_catalog(
            self.engine, self.source, WORDS, ItemFields(), nobody, accept_removals=accept_removals
        )

    def manager(
        self,
        *,
        insert: Sequence[dict[str, object]] = (),
        change: Mapping[str, dict[str, object]] | None = None,
        delete: Sequence[str] = (),
        after_page: int | None = None,
    ) -> None:
        """Somebody changes items in Zoho, now or between two pages of the next sweep."""
        self.sandbox.zoho.ledger.items.act(
            Change(insert=list(insert), change=dict(change or {}), delete=list(delete), after_page=after_page)
        )

    def turn(self, **knobs: object) -> None:
        """Turn knobs of the sandbox's Zoho."""
        self.sandbox.zoho.knobs.update(knobs)

    def calls(self, path: str = ITEMS) -> int:
        """How often exactly this path was called."""
        return sum(call.path == path for call in self.sandbox.zoho.calls.all)

    async def rows(self) -> Sequence[Row[Any]]:
        """The whole catalog."""
        async with self.engine.connect() as connection:
            return (await connection.execute(select(products).order_by(products.c.sku))).all()

    async def row(self, sku: str) -> Row[Any]:
        """One product."""
        async with self.engine.connect() as connection:
            return (await connection.execute(select(products).where(products.c.sku == sku))).one()


@asynccontextmanager
async def sellers_zoho(
    engine: AsyncEngine, database_url: str, items: Sequence[Mapping[str, object]]
) -> AsyncIterator[SellersZoho]:
    """A sandbox whose Zoho has these items."""
    config = SandboxConfig(api_key=API_KEY, channel_id=CHANNEL_ID, zoho_items=[dict(item) for item in items])
    async with start_sandbox(config) as sandbox:
        sandbox.zoho.knobs.update({"finance_calls_per_minute": 60_000})
        settings = read_settings(
            {
                "database_url": database_url,
                "zoho_accounts_url": sandbox.url,
                "zoho_api_url": sandbox.url,
                "zoho_client_id": config.zoho_client_id,
                "zoho_client_secret": config.zoho_client_secret,
                "zoho_refresh_token": config.zoho_refresh_token,
                "zoho_organization_id": config.zoho_organization_id,
                "majlis_test_clock": True,
            }
        )
        zoho = open_zoho(settings, engine)
        try:
            yield SellersZoho(engine, sandbox, zoho, ZohoItemSource(zoho.inventory), settings)
        finally:
            await zoho.close()
