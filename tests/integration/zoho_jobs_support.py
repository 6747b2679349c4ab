"""Jobs that go to the sandbox's Zoho over real sockets, and a look at what they left there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from app.jobs import works
from app.settings import Settings
from app.zoho import Zoho, open_zoho
from sandbox.config import SandboxConfig
from sandbox.server import RunningSandbox, start_sandbox
from storage.job_runner import JobRunner
from tests.integration.sandbox_support import API_KEY
from tests.integration.zoho_support import settings_for
from tests.support import CHANNEL_ID, CHAT_ID, Database

PHONE = f"+{CHAT_ID}"
CONFIG = SandboxConfig(api_key=API_KEY, channel_id=CHANNEL_ID)


def settings_at(url: str) -> Settings:
    """Settings of a Majlis whose Zoho is the sandbox at `url`."""
    return settings_for(
        url,
        zoho_client_id=CONFIG.zoho_client_id,
        zoho_client_secret=CONFIG.zoho_client_secret,
        zoho_refresh_token=CONFIG.zoho_refresh_token,
        zoho_organization_id=CONFIG.zoho_organization_id,
    )


@dataclass(frozen=True)
class ZohoStreet:
    """The database on this side, Zoho on the other."""

    db: Database
    sandbox: RunningSandbox
    zoho: Zoho

    def runner(self) -> JobRunner:
        """A worker's job runner."""
        return JobRunner(self.db.engine, works(self.db.engine, self.zoho), at_once=4)

    def turn_knobs(self, **knobs: object) -> None:
        """Turn knobs of the sandbox."""
        self.sandbox.zoho.knobs.update(knobs)

    def records(self, module: str) -> list[dict[str, Any]]:
        """The records of a CRM module or a kind of Inventory's and Books', in the order of their making."""
        return self.sandbox.zoho.records()[module.lower()]

    def count(self) -> tuple[int, int]:
        """How many leads and tasks there are."""
        return len(self.records("Leads")), len(self.records("Tasks"))

    async def lead(self, **fields: str) -> str:
        """A lead that somebody made by hand with the customer's number; its id."""
        made = await self.zoho.crm.upsert_one("Leads", {"Mobile": PHONE, **fields}, ["Mobile"])
        return made.record_id


@asynccontextmanager
async def zoho_street(db: Database, items: Sequence[Mapping[str, object]] = ()) -> AsyncIterator[ZohoStreet]:
    """A fresh sandbox whose Zoho knows nobody, and these items."""
    async with start_sandbox(replace(CONFIG, zoho_items=items)) as sandbox:
        zoho = open_zoho(settings_at(sandbox.url), db.engine)
        try:
            yield ZohoStreet(db, sandbox, zoho)
        finally:
            await zoho.close()
