"""An installation in good health, and the doctor who looks at it: all real but Rasa and the gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from app.doctor.findings import Finding, Level, examine
from app.doctor.patient import Tools, admitted
from app.doctor.visit import CHECKS
from app.model import model_path
from app.sample_templates import sample_templates
from app.seller import load_seller
from app.settings import Settings, read_settings
from app.webhook_address import webhook_addresses
from tests.integration.sandbox_support import API_KEY, CHANNEL_ID, Bench, Receiver, bench, running_receiver
from tests.integration.sync_support import samples
from tests.support import Database

MANAGER = "971500000001"
# None of these may ever be printed.
SECRETS = {
    "wazzup_api_key": API_KEY,
    "wazzup_webhook_secret": "webhook-secret-0123456789abcdef",
    "internal_secret": "internal-secret-0123456789abcdef",
    "zoho_client_secret": "zoho-client-secret-of-tests",
    "zoho_refresh_token": "1000.zoho-refresh-token-of-tests",
    "llm_api_key": "model-key-of-tests",
    "transcribe_api_key": "transcriber-key-of-tests",
}


@dataclass
class Clinic:
    """The installation, and what the doctor is told beside its settings."""

    db: Database
    bench: Bench
    # Answers 200 as gateway, Rasa and action server.
    ours: Receiver
    settings: Settings
    tools: Tools = field(default_factory=Tools)
    # Fields of the seller that are other than in the file.
    seller: Mapping[str, Any] = field(default_factory=dict)

    def set(self, **changed: Any) -> None:
        """Other settings."""
        given = {name: getattr(self.settings, name) for name in type(self.settings).model_fields}
        self.settings = read_settings({**given, **changed})

    async def findings(self, *subjects: str) -> list[Finding]:
        """What the doctor finds; with `subjects`, what only these checks find."""
        async with admitted(self.settings, self.tools) as patient:
            if self.seller:
                assert patient.seller is not None
                patient = replace(patient, seller=patient.seller.model_copy(update=dict(self.seller)))
            return await examine(
                [
                    (subject, partial(look, patient))
                    for subject, look in CHECKS
                    if not subjects or subject in subjects
                ]
            )

    async def unhealthy(self, *subjects: str) -> list[Finding]:
        """The warnings and problems."""
        return [
            finding
            for finding in await self.findings(*subjects)
            if finding.level in {Level.WARNING, Level.PROBLEM}
        ]


@asynccontextmanager
async def clinic(engine: AsyncEngine, database_url: str, home: Path, **sandbox: Any) -> AsyncIterator[Clinic]:
    """An installation at which there is nothing to find."""
    present = model_path(home)
    present.parent.mkdir(parents=True, exist_ok=True)
    present.touch()
    templates = sample_templates(load_seller(), CHANNEL_ID)
    config = {
        "templates": templates,
        "zoho_items": [dict(item) for item in samples()[:150]],
        "zoho_client_secret": SECRETS["zoho_client_secret"],
        "zoho_refresh_token": SECRETS["zoho_refresh_token"],
        "model_key": SECRETS["llm_api_key"],
        "transcription_key": SECRETS["transcribe_api_key"],
        **sandbox,
    }
    async with running_receiver() as ours, bench(**config) as opened:
        url, origin = opened.sandbox.url, ours.url.partition("/hook")[0]
        settings = read_settings(
            {
                **SECRETS,
                "majlis_home": home,
                "majlis_model": present,
                "database_url": database_url,
                "public_url": origin,
                "rasa_urls": origin,
                "actions_url": f"{origin}/webhook",
                "wazzup_api_url": url,
                "wazzup_channel_id": CHANNEL_ID,
                "zoho_accounts_url": url,
                "zoho_api_url": url,
                "zoho_client_id": "1000.SANDBOXCLIENT",
                "zoho_organization_id": "60001234567",
                "llm_base_url": f"{url}/v1",
                "llm_triage_models": "sandbox/triage",
                "llm_answer_models": "sandbox/answer,sandbox/answer-second",
                "transcribe_base_url": f"{url}/v1",
                "transcribe_model": "whisper-1",
                "manager_chat_id": MANAGER,
            }
        )
        wanted = {"messagesAndStatuses": True, "channelsUpdates": True, "templateStatus": True}
        await opened.control(
            "registration", {"webhooksUri": webhook_addresses(settings)[0], "subscriptions": wanted}
        )
        made = Clinic(Database(database_url, engine), opened, ours, settings)
        await _seed(made.db)
        ours.received.clear()
        yield made


async def _seed(db: Database) -> None:
    """A worker that lives, a manager who wrote, an hourly check that found nothing."""
    await db.write("insert into workers (name, seen_at) values ('w', clock_timestamp() + interval '1 hour')")
    await db.write(
        "insert into conversations (channel_id, chat_type, chat_id, last_customer_message_at)"
        " values (:channel, 'whatsapp', :chat, majlis_now())",
        channel=CHANNEL_ID,
        chat=MANAGER,
    )
    await db.write(
        "insert into checks (name, state, sentence) values"
        " ('silence', 'fine', 'the last element came 5 min ago'), ('webhook', 'fine', 'Wazzup delivers')"
    )


def words_of(found: list[Finding]) -> str:
    """Everything that is printed of these."""
    return "\n".join(f"{one.level} {one.subject}: {one.sentence} -> {one.mend}" for one in found)


async def webhook_replaced(it: Clinic) -> None:
    """Another integration took the webhook."""
    await it.bench.control("registration", {"webhooksUri": "https://crm.example.net/hook?token=theirs"})
