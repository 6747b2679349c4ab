"""The sandbox as a process: the accounts that Majlis' own settings describe, played on this machine."""

from __future__ import annotations

import asyncio

from app.backstage import RunningMajlis
from app.clock import offset
from app.seller import load_seller
from app.settings import Settings, SettingsError
from app.webhook_address import loopback_address


def _accounts(settings: Settings) -> dict[str, str]:
    """What of a Zoho and a model's account is given; the sandbox makes up the rest."""
    given = {
        "zoho_client_id": settings.zoho_client_id,
        "zoho_client_secret": settings.zoho_client_secret.get_secret_value(),
        "zoho_refresh_token": settings.zoho_refresh_token.get_secret_value(),
        "zoho_organization_id": settings.zoho_organization_id,
        "model_key": settings.llm_api_key.get_secret_value(),
        "transcription_key": settings.transcribe_api_key.get_secret_value(),
    }
    return {name: value for name, value in given.items() if value}


def _backstage(settings: Settings) -> RunningMajlis | None:
    """The Majlis of these settings, for the phone page."""
    if not settings.database_url:
        return None
    return RunningMajlis(
        settings.database_url,
        settings.wazzup_channel_id,
        manager_chat_id=settings.manager_chat_id,
        timezone=settings.timezone,
        discount_field=load_seller().zoho_deal_fields.discount,
        test_clock=settings.majlis_test_clock,
    )


def main(settings: Settings) -> None:
    """Serve until SIGTERM.

    Raises:
        SettingsError: when the key, the channel or the webhook's secret is empty or impossible, or the
            database does not answer.
    """
    from app.sample_items import sample_items
    from app.sample_templates import sample_templates
    from sandbox.server import SandboxConfig, run

    settings.require("wazzup_api_key", "wazzup_channel_id", "wazzup_webhook_secret")
    try:
        config = SandboxConfig(
            api_key=settings.wazzup_api_key.get_secret_value(),
            channel_id=settings.wazzup_channel_id,
            port=settings.sandbox_port,
            webhook_url=loopback_address(settings),
            crm_key=settings.wazzup_crm_key.get_secret_value() or None,
            # Business time stays where it was moved to before this process began.
            clock_offset_seconds=asyncio.run(offset(settings)),
            backstage=_backstage(settings),
            zoho_items=sample_items(),
            templates=sample_templates(load_seller(), settings.wazzup_channel_id),
            **_accounts(settings),
        )
    except ValueError as error:
        raise SettingsError(f"The sandbox cannot play this account: {error}") from error
    run(config)
