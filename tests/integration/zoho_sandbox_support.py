"""A sandbox Zoho on a free port, and a client that holds a good token for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from sandbox.config import SandboxConfig
from sandbox.server import RunningSandbox, start_sandbox

ORGANIZATION_ID = "60001234567"
GRANT = {
    "grant_type": "refresh_token",
    "client_id": "1000.CLIENT",
    "client_secret": "the-secret",
    "refresh_token": "1000.refresh",
}
CHAIR: dict[str, Any] = {"item_id": "4150868000000200001", "name": "Chair", "sku": "CH-1", "rate": 199.99}
DESK: dict[str, Any] = {"item_id": "4150868000000200002", "name": "Desk", "sku": "DE-1", "rate": 1250}


@dataclass(frozen=True)
class ZohoBench:
    """The sandbox and a client with a token."""

    sandbox: RunningSandbox
    client: httpx.AsyncClient

    async def refresh(self, **changes: str) -> httpx.Response:
        """Ask for an access token with the right fields, some of them changed."""
        return await self.client.post("/oauth/v2/token", data={**GRANT, **changes})

    async def turn(self, **knobs: object) -> None:
        """Turn knobs."""
        answer = await self.client.put("/control/zoho/knobs", json=knobs)
        assert answer.status_code == 200, answer.text

    async def fault(self, action: str, **more: object) -> None:
        """Set one fault, in place of those before."""
        await self.turn(faults=[{"action": action, **more}])

    async def control(self, route: str, body: dict[str, object]) -> dict[str, Any]:
        """POST to a control route that must succeed."""
        answer = await self.client.post(f"/control/zoho/{route}", json=body)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    async def state(self) -> dict[str, Any]:
        """The counters of the sandbox."""
        result: dict[str, Any] = (await self.client.get("/control/zoho/state")).json()
        return result

    async def records(self, kind: str) -> list[dict[str, Any]]:
        """The records of a kind."""
        answer = await self.client.get("/control/zoho/records", params={"kind": kind})
        records: list[dict[str, Any]] = answer.json()[kind]
        return records

    async def crm(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        **query: str | int,
    ) -> httpx.Response:
        """A CRM call."""
        return await self.client.request(
            method,
            f"/crm/v8/{path}",
            params=query,
            headers=headers,
            **_json(body),
        )

    async def leads(self, *records: Mapping[str, object], **more: object) -> httpx.Response:
        """Upsert leads."""
        return await self.crm("POST", "Leads/upsert", {"data": list(records), **more})

    async def inventory(
        self, method: str, path: str, body: object = None, **query: str | int
    ) -> httpx.Response:
        """An Inventory call of the right organization."""
        return await self._finance("/inventory/v1", method, path, body, query, None)

    async def books(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        **query: str | int,
    ) -> httpx.Response:
        """A Books call of the right organization."""
        return await self._finance("/books/v3", method, path, body, query, headers)

    async def customer(self, name: str = "Al Noor Trading") -> str:
        """Id of a new customer."""
        answer = await self.books("POST", "contacts", {"contact_name": name})
        assert answer.status_code == 201, answer.text
        contact_id: str = answer.json()["contact"]["contact_id"]
        return contact_id

    async def _finance(
        self,
        base: str,
        method: str,
        path: str,
        body: object,
        query: Mapping[str, str | int],
        headers: Mapping[str, str] | None,
    ) -> httpx.Response:
        return await self.client.request(
            method,
            f"{base}/{path}",
            params={"organization_id": ORGANIZATION_ID, **query},
            headers=headers,
            **_json(body),
        )


def _json(body: object) -> dict[str, Any]:
    return {} if body is None else {"json": body}


@asynccontextmanager
async def zoho(*items: Mapping[str, object]) -> AsyncIterator[ZohoBench]:
    """A fresh organization with these items; the client's token is the first that was issued."""
    config = SandboxConfig(
        api_key="0123456789abcdef0123456789abcdef",
        channel_id="b96a353b-06f5-4cac-8413-ba1c3e3f9810",
        zoho_client_id=GRANT["client_id"],
        zoho_client_secret=GRANT["client_secret"],
        zoho_refresh_token=GRANT["refresh_token"],
        zoho_organization_id=ORGANIZATION_ID,
        zoho_items=items,
    )
    async with (
        start_sandbox(config) as sandbox,
        httpx.AsyncClient(base_url=sandbox.url, timeout=20, trust_env=False) as client,
    ):
        bench = ZohoBench(sandbox, client)
        token = (await bench.refresh()).json()["access_token"]
        client.headers["Authorization"] = f"Zoho-oauthtoken {token}"
        yield bench
