"""`majlis doctor` on installations of several kinds: small ones, other channels, production."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.doctor.findings import Level, off, ok
from app.seller import load_seller
from sales.templates import TemplatePurpose
from tests.integration.doctor_support import Clinic, clinic, words_of
from tests.integration.sandbox_support import running_receiver


async def test_what_is_not_configured_is_off_and_said_what_it_means(healthy: Clinic) -> None:
    healthy.set(
        zoho_refresh_token="", llm_api_key="", transcribe_model="", manager_chat_id="", rasa_urls="",
        actions_url="",
    )  # fmt: skip
    found = await healthy.findings("Zoho", "language model", "transcriber", "manager", "Rasa", "actions")
    assert {finding.level for finding in found} == {Level.OFF}
    assert "customers who send voice messages are asked to write" in words_of(found)


async def test_another_kind_of_channel_has_no_window(
    engine: AsyncEngine, database_url: str, tmp_path: Path
) -> None:
    async with clinic(engine, database_url, tmp_path / "home", transport="whatsapp", templates=()) as opened:
        found = await opened.findings("channel", "templates")
    assert found == [
        ok("channel", "active; transport whatsapp: no 24-hour window, and no templates"),
        off("templates", "not needed: the channel has no 24-hour window"),
    ]


async def test_without_a_managers_chat_nobody_misses_its_template(healthy: Clinic) -> None:
    guids = load_seller().templates.of(TemplatePurpose.HAND_OVER)
    for guid in (guids.en, guids.ar):
        await healthy.bench.control("template", {"guid": guid, "status": "rejected"})
    assert len(await healthy.unhealthy("templates")) == 2
    healthy.set(manager_chat_id="")
    assert not await healthy.unhealthy("templates")


async def test_an_action_server_with_another_secret_is_told(healthy: Clinic) -> None:
    async with running_receiver() as actions:
        actions.next_statuses = [401]
        healthy.set(actions_url=actions.url.partition("/hook")[0] + "/webhook")
        (found,) = await healthy.unhealthy("actions")
    assert "does not know our INTERNAL_SECRET" in found.sentence
    assert actions.received[0].target == "/health"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"public_url": ""}, "PUBLIC_URL is empty"),
        ({"public_url": "http://sales.example.com"}, "PUBLIC_URL is no https address"),
        ({"wazzup_webhook_secret": "short"}, "WAZZUP_WEBHOOK_SECRET has 5 characters"),
        ({"wazzup_webhook_secret": ""}, "WAZZUP_WEBHOOK_SECRET is empty"),
        ({"internal_secret": "short"}, "INTERNAL_SECRET has 5 characters"),
        ({"majlis_test_clock": True}, "MAJLIS_TEST_CLOCK is on"),
    ],
)
async def test_production_asks_more_of_the_settings(
    healthy: Clinic, changed: dict[str, object], said: str
) -> None:
    production = {"wazzup_api_url": "https://api.wazzup24.com", "public_url": "https://sales.example.com"}
    healthy.set(**production)
    assert not await healthy.unhealthy("settings")
    healthy.set(**{**production, **changed})
    (found,) = await healthy.unhealthy("settings")
    assert (found.level, said in found.sentence, bool(found.mend)) == (Level.PROBLEM, True, True), found
