"""What the caller decides about a sandbox; the sandbox itself reads no environment."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.backstage import Backstage

# transport of a channel -> chat types it accepts (wazzup-v3.md §4.1, §7); a WABA channel is `wapi`.
CHAT_TYPES_BY_TRANSPORT: dict[str, frozenset[str]] = {
    "whatsapp": frozenset({"whatsapp", "whatsgroup"}),
    "wapi": frozenset({"whatsapp"}),
    "instagram": frozenset({"instagram"}),
    "tgapi": frozenset({"telegram", "telegroup"}),
    "telegram": frozenset({"telegram"}),
    "viber": frozenset({"viber"}),
    "vk": frozenset({"vk"}),
    "avito": frozenset({"avito"}),
    "max": frozenset({"max", "maxgroup"}),
    "maxbot": frozenset({"max"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxConfig:
    """Addresses and secrets of one sandbox.

    Raises ValueError naming the field when a value cannot work.
    """

    # the bearer key that `/v3` routes ask for
    api_key: str
    # uuid4 of the one channel of the account
    channel_id: str
    # 0 takes a free port; the server listens on loopback only
    port: int = 0
    # `wapi` (WABA, has the 24-hour window) or another transport of wazzup-v3.md §7
    transport: str = "wapi"
    # the seller's own number, digits only
    plain_id: str = "97145550100"
    # where webhooks go until `PATCH /v3/webhooks` names another address; None: nowhere
    webhook_url: str | None = None
    # sent as `Authorization: Bearer` with webhooks when present
    crm_key: str | None = None
    # how far sandbox time is ahead of the host's at the start
    clock_offset_seconds: float = 0.0
    # what the phone page shows and moves of the Majlis behind the chats; None: there is none
    backstage: Backstage | None = None
    # what the made-up Zoho account lets in, and the one organization that it owns (digits)
    zoho_client_id: str = "1000.SANDBOXCLIENT"
    zoho_client_secret: str = "sandbox-client-secret"
    zoho_refresh_token: str = "1000.sandbox.refresh"
    zoho_organization_id: str = "60001234567"
    # the bearer key that the transcription service asks for; empty: it lets everybody in
    transcription_key: str = ""
    # the items of Zoho Inventory at the start and after a reset, each as `GET /items` would show it
    zoho_items: Sequence[Mapping[str, object]] = ()
    # the account's WhatsApp templates, each as `GET /v3/templates/whatsapp` would show it
    templates: Sequence[Mapping[str, object]] = ()
    # the bearer key that the language model's server asks for
    model_key: str = "sandbox-model-key"

    def __post_init__(self) -> None:
        if not self.api_key:
            raise ValueError("SandboxConfig.api_key is empty: give the key that the client will send")
        if not self.model_key:
            raise ValueError("SandboxConfig.model_key is empty: give the key that the client will send")
        if self.transport not in CHAT_TYPES_BY_TRANSPORT:
            known = ", ".join(sorted(CHAT_TYPES_BY_TRANSPORT))
            raise ValueError(f"SandboxConfig.transport is {self.transport!r}; use one of {known}")
        try:
            uuid.UUID(self.channel_id)
        except ValueError as error:
            raise ValueError(
                f"SandboxConfig.channel_id is {self.channel_id!r}; Wazzup's channel ids are uuids"
            ) from error
        if not self.zoho_organization_id.isdecimal():
            raise ValueError(
                f"SandboxConfig.zoho_organization_id is {self.zoho_organization_id!r}; Zoho's are digits"
            )
