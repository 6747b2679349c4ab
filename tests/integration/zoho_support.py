"""Zoho clients as `app.zoho` opens them, and a server that answers what it is told to, word for word."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy.ext.asyncio import AsyncEngine

from app.settings import Settings, read_settings
from app.zoho import Zoho, open_zoho
from sandbox.config import SandboxConfig
from sandbox.server import start_sandbox
from sandbox.zoho.standin import ZohoStandIn
from tests.integration.sandbox_support import API_KEY, CHANNEL_ID

ORGANIZATION_ID = "60001234567"


@dataclass(frozen=True)
class Asked:
    """One API call as it came over the wire."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}

    @property
    def token(self) -> str:
        return self.headers["authorization"].removeprefix("Zoho-oauthtoken ")


@dataclass
class Told:
    """Answers `answers` one by one; grants `token-1`, `token-2` ... to whoever asks for a token."""

    url: str = ""
    # (status, body: bytes as they are or a document, headers); None cuts the connection
    answers: list[tuple[int, object, dict[str, str]] | None] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    grants: int = 0
    token_body: bytes = b""
    # what the accounts server says instead of granting
    grant_refusal: dict[str, str] | None = None

    def answer(self, status: int, body: object, **headers: str) -> None:
        self.answers.append(
            (status, body, {name.replace("_", "-"): value for name, value in headers.items()})
        )

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            method, target, _ = head[0].split(" ")
            headers = {
                name.casefold(): value
                for name, _, value in (line.partition(": ") for line in head[1:] if line)
            }
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            answer = self._answer(Asked(method, target, headers, body))
            if answer is None:
                return
            status, content, given = answer
            written = content if isinstance(content, bytes) else json.dumps(content).encode()
            lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in given.items())]
            lines += [f"content-length: {len(written)}", "connection: close", "", ""]
            writer.write("\r\n".join(lines).encode() + written)
            await writer.drain()
        finally:
            writer.close()

    def _answer(self, asked: Asked) -> tuple[int, object, dict[str, str]] | None:
        if asked.path == "/oauth/v2/token":
            self.grants += 1
            self.token_body = asked.body
            assert "?" not in asked.target, "secrets do not belong into an address"
            granted = {"access_token": f"token-{self.grants}", "expires_in": 3600}
            return 200, self.grant_refusal or granted, {}
        self.asked.append(asked)
        return self.answers.pop(0)


@asynccontextmanager
async def told_zoho(engine: AsyncEngine) -> AsyncIterator[tuple[Told, Zoho]]:
    """Such a server and the clients that call it."""
    told = Told()
    server = await asyncio.start_server(told.serve, "127.0.0.1", 0)
    told.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    zoho = open_zoho(settings_for(told.url), engine)
    try:
        yield told, zoho
    finally:
        await zoho.close()
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def sandbox_zoho(
    engine: AsyncEngine, items: Sequence[Mapping[str, object]] = ()
) -> AsyncIterator[tuple[ZohoStandIn, Zoho]]:
    """The sandbox's Zoho and the clients that call it."""
    config = SandboxConfig(api_key=API_KEY, channel_id=CHANNEL_ID, zoho_items=items)
    async with start_sandbox(config) as sandbox:
        settings = settings_for(
            sandbox.url,
            zoho_client_id=config.zoho_client_id,
            zoho_client_secret=config.zoho_client_secret,
            zoho_refresh_token=config.zoho_refresh_token,
            zoho_organization_id=config.zoho_organization_id,
        )
        zoho = open_zoho(settings, engine)
        try:
            yield sandbox.zoho, zoho
        finally:
            await zoho.close()


def settings_for(url: str, **others: Any) -> Settings:
    """Settings whose Zoho is at `url`, with made-up credentials."""
    return read_settings(
        {
            "zoho_accounts_url": url,
            "zoho_api_url": url,
            "zoho_client_id": "1000.CLIENT",
            "zoho_client_secret": "a secret",
            "zoho_refresh_token": "1000.refresh",
            "zoho_organization_id": ORGANIZATION_ID,
            **others,
        }
    )
