"""`majlis doctor --fix`: the webhook is registered when it is not ours, and only then."""

from __future__ import annotations

from app.doctor.findings import Finding, Level
from app.doctor.patient import admitted
from app.doctor.wazzup import register_webhook
from app.webhook_address import webhook_addresses
from tests.integration.doctor_support import Clinic, webhook_replaced, words_of


async def _fixed(it: Clinic) -> Finding:
    async with admitted(it.settings) as patient:
        return await register_webhook(patient)


async def test_fix_registers_our_address_with_what_is_needed(healthy: Clinic) -> None:
    await webhook_replaced(healthy)
    assert (await _fixed(healthy)).level is Level.OK
    (probe,) = healthy.ours.bodies()
    assert probe == {"test": True}
    registered = (await healthy.bench.client.get("/v3/webhooks")).json()
    assert registered["webhooksUri"] == webhook_addresses(healthy.settings)[0]
    assert registered["subscriptions"] == {
        "messagesAndStatuses": True,
        "contactsAndDealsCreation": False,
        "channelsUpdates": True,
        "wabaTemplatesStatus": True,
    }
    assert not await healthy.unhealthy("Wazzup")


async def test_fix_leaves_a_registration_that_is_ours_alone(healthy: Clinic) -> None:
    assert "nothing to register" in (await _fixed(healthy)).sentence
    assert healthy.ours.received == []


async def test_fix_says_that_the_gateway_did_not_answer(healthy: Clinic) -> None:
    await webhook_replaced(healthy)
    healthy.ours.next_statuses = [500]
    found = await _fixed(healthy)
    assert (found.level, "got no 200 from the address" in found.sentence) == (Level.PROBLEM, True)
    assert "crm.example.net" in (await healthy.unhealthy("Wazzup"))[0].sentence


async def test_fix_knows_how_long_an_address_may_be(healthy: Clinic) -> None:
    secret = "s" * 180
    healthy.set(wazzup_webhook_secret=secret)
    found = await _fixed(healthy)
    assert "characters and Wazzup takes 200: shorten" in found.sentence
    assert secret not in words_of([found])
    assert healthy.ours.received == []


async def test_fix_registers_no_loopback_address_at_the_real_wazzup(healthy: Clinic) -> None:
    healthy.set(wazzup_api_url="https://api.wazzup24.com", public_url="")
    assert "PUBLIC_URL is no https address" in (await _fixed(healthy)).sentence
