"""Zoho as the rest of Majlis uses it: clients that share one token and the limits of all processes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from app.settings import Settings
from connectors.zoho import crm_answers, finance_answers
from connectors.zoho.accounts import AccountsClient
from connectors.zoho.books import BooksClient
from connectors.zoho.crm import CrmClient
from connectors.zoho.inventory import InventoryClient
from connectors.zoho.session import ZohoSession
from storage.access_token import AccessTokens
from storage.rate_limit import RateLimit

# Zoho allows an organization 100 calls a minute over Inventory and Books together, and 5 at once on its
# smallest plan (`zoho.md` §3.1); 90 leaves room for people and for the other side's clock.
FINANCE_PER_MINUTE = 90
FINANCE_RESERVED_PER_MINUTE = 20
FINANCE_IN_FLIGHT = 5
# CRM counts credits over a day, and 10 heavy calls at once in every edition (`zoho.md` §2.9).
CRM_IN_FLIGHT = 10

_NEEDED = ("zoho_client_id", "zoho_client_secret", "zoho_refresh_token", "zoho_organization_id")


@dataclass(frozen=True)
class Zoho:
    """The clients at background pace (`client.at(Pace(...))` for a live turn), and their shared token."""

    crm: CrmClient
    inventory: InventoryClient
    books: BooksClient
    tokens: AccessTokens
    http: httpx.AsyncClient

    async def close(self) -> None:
        """Close the connections; the engine belongs to who gave it."""
        await self.http.aclose()


def zoho_is_configured(settings: Settings) -> bool:
    """Whether this Majlis is connected to a Zoho: client, refresh token and organization are given."""
    return bool(
        settings.zoho_client_id
        and settings.zoho_client_secret.get_secret_value()
        and settings.zoho_refresh_token.get_secret_value()
        and settings.zoho_organization_id
    )


def open_zoho(settings: Settings, engine: AsyncEngine) -> Zoho:
    """Clients for the Zoho of the settings; nothing is called yet.

    Raises:
        SettingsError: naming what is missing.
    """
    settings.require("zoho_accounts_url", "zoho_api_url", *_NEEDED)
    http = httpx.AsyncClient(trust_env=False, follow_redirects=False)
    api_url, organization_id = settings.zoho_api_url, settings.zoho_organization_id
    accounts = AccountsClient(
        http,
        settings.zoho_accounts_url,
        api_url,
        settings.zoho_client_id,
        settings.zoho_client_secret.get_secret_value(),
        settings.zoho_refresh_token.get_secret_value(),
    )
    tokens = AccessTokens(engine, grant_name(settings), accounts.refresh)
    # Names hold what Zoho counts by: the organization, and for CRM also the client.
    finance = RateLimit(
        engine,
        f"zoho finance {organization_id}",
        per_minute=FINANCE_PER_MINUTE,
        reserved_per_minute=FINANCE_RESERVED_PER_MINUTE,
        in_flight=FINANCE_IN_FLIGHT,
    )
    crm = RateLimit(
        engine,
        f"zoho crm {organization_id} {settings.zoho_client_id}",
        per_minute=None,
        reserved_per_minute=0,
        in_flight=CRM_IN_FLIGHT,
    )
    organization = {"organization_id": organization_id}
    inventory_session = ZohoSession(
        http, f"{api_url}/inventory/v1", tokens, finance, finance_answers.judge, query=organization
    )
    books_session = ZohoSession(
        http, f"{api_url}/books/v3", tokens, finance, finance_answers.judge, query=organization
    )
    crm_session = ZohoSession(http, f"{api_url}/crm/v8", tokens, crm, crm_answers.judge)
    return Zoho(
        crm=CrmClient(crm_session),
        inventory=InventoryClient(inventory_session, organization_id),
        books=BooksClient(books_session),
        tokens=tokens,
        http=http,
    )


def grant_name(settings: Settings) -> str:
    """The key of the shared token; any change of what the grant is made of makes another.

    A refusal is kept under it, so that a corrected setting begins afresh. Secrets go in as a hash.
    """
    parts = (
        settings.zoho_accounts_url,
        settings.zoho_api_url,
        settings.zoho_client_id,
        settings.zoho_client_secret.get_secret_value(),
        settings.zoho_refresh_token.get_secret_value(),
    )
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
    return f"zoho {settings.zoho_client_id} {digest[:32]}"
