"""Whom the doctor looks at: the installation of these settings, or the `majlis up` that runs beside them."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncEngine

from app.running import joined
from app.seller import SellerUnfit, load_seller
from app.settings import Settings
from app.supervisor import read_state
from app.zoho import Zoho, open_zoho, zoho_is_configured
from connectors.wazzup.client import WazzupClient
from connectors.wazzup.webhooks import WazzupWebhooks
from sales.seller import Seller
from storage.pool import create_engine

_CONNECTIONS = 4


@dataclass(frozen=True)
class Running:
    """What a `majlis up` on this MAJLIS_HOME says of itself."""

    gateway_url: str
    model: Path | None


@dataclass(frozen=True)
class Tools:
    """What the doctor measures with; tests bring their own."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free


@dataclass(frozen=True)
class Patient:
    """An installation, with connections to what it is connected to; nothing is asked yet."""

    settings: Settings
    running: Running | None
    # Wazzup is played by somebody on this machine: tests and demonstrations.
    is_stand_in: bool
    tools: Tools
    # None without a database.
    engine: AsyncEngine | None
    # None without a key.
    wazzup: WazzupClient | None
    webhooks: WazzupWebhooks | None
    # None when it is not configured, or there is no database for its token.
    zoho: Zoho | None
    # None when it cannot be used; then why.
    seller: Seller | None
    seller_problem: str = ""


@asynccontextmanager
async def admitted(settings: Settings, tools: Tools | None = None) -> AsyncIterator[Patient]:
    """The installation that these settings describe, joined with the one that runs on their home."""
    state = read_state(settings.run_folder)
    settings = joined(settings, state)
    seller, seller_problem = None, ""
    try:
        seller = load_seller()
    except SellerUnfit as error:
        seller_problem = str(error)
    async with AsyncExitStack() as opened:
        engine = None
        if settings.database_url:
            engine = create_engine(
                settings.database_url, test_clock=settings.majlis_test_clock, size=_CONNECTIONS
            )
            opened.push_async_callback(engine.dispose)
        zoho = open_zoho(settings, engine) if engine is not None and zoho_is_configured(settings) else None
        if zoho is not None:
            opened.push_async_callback(zoho.close)
        wazzup = webhooks = None
        if key := settings.wazzup_api_key.get_secret_value():
            wazzup, webhooks = (
                WazzupClient(settings.wazzup_api_url, key),
                WazzupWebhooks(settings.wazzup_api_url, key),
            )
            opened.push_async_callback(wazzup.close)
            opened.push_async_callback(webhooks.close)
        yield Patient(
            settings=settings,
            running=_running(state),
            is_stand_in=urlsplit(settings.wazzup_api_url).scheme == "http",
            tools=tools or Tools(),
            engine=engine,
            wazzup=wazzup,
            webhooks=webhooks,
            zoho=zoho,
            seller=seller,
            seller_problem=seller_problem,
        )


def _running(state: Mapping[str, Any] | None) -> Running | None:
    if state is None:
        return None
    model = state.get("model")
    return Running(gateway_url=state["gateway_url"], model=Path(model) if model else None)
