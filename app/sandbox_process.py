"""The sandbox as a process: the account that Majlis' own settings describe, played on this machine."""

from __future__ import annotations

from urllib.parse import quote

from app.settings import Settings, SettingsError


def webhook_url(settings: Settings) -> str:
    """Where Wazzup delivers: the gateway on this machine, with its secret."""
    token = quote(settings.wazzup_webhook_secret.get_secret_value(), safe="")
    return f"http://127.0.0.1:{settings.gateway_port}/webhooks/wazzup?token={token}"


def main(settings: Settings) -> None:
    """Serve until SIGTERM.

    Raises:
        SettingsError: when the key, the channel or the webhook's secret is empty or impossible.
    """
    from sandbox.server import SandboxConfig, run

    settings.require("wazzup_api_key", "wazzup_channel_id", "wazzup_webhook_secret")
    try:
        config = SandboxConfig(
            api_key=settings.wazzup_api_key.get_secret_value(),
            channel_id=settings.wazzup_channel_id,
            port=settings.sandbox_port,
            webhook_url=webhook_url(settings),
            crm_key=settings.wazzup_crm_key.get_secret_value() or None,
            database_url=settings.database_url or None,
        )
    except ValueError as error:
        raise SettingsError(f"The sandbox cannot play this account: {error}") from error
    run(config)
