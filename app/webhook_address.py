"""Where Wazzup reaches this installation's gateway: what is registered there."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from app.settings import Settings


def loopback_address(settings: Settings) -> str:
    """The webhook of the gateway on this machine, with its secret."""
    return _address(f"http://127.0.0.1:{settings.gateway_port}", settings)


def webhook_addresses(settings: Settings) -> Sequence[str]:
    """The addresses that are ours, the one to register first. They hold the secret: never show one.

    A Wazzup without https is a stand-in, which may deliver on this machine too.
    """
    public = _address(settings.public_address, settings)
    is_stand_in = urlsplit(settings.wazzup_api_url).scheme == "http"
    return list(dict.fromkeys([public, loopback_address(settings)] if is_stand_in else [public]))


def _address(origin: str, settings: Settings) -> str:
    token = quote(settings.wazzup_webhook_secret.get_secret_value(), safe="")
    return f"{origin}/webhooks/wazzup?token={token}"
