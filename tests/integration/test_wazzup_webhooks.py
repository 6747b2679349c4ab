"""The client of Wazzup's registration against the sandbox and against answers that are none."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from connectors.wazzup.webhooks import WANTED, WazzupWebhooks
from tests.integration.sandbox_support import API_KEY, Receiver, bench, running_receiver
from turns.ports import RegistryRefused


@pytest.fixture
async def server() -> AsyncIterator[Receiver]:
    async with running_receiver() as opened:
        yield opened


@pytest.fixture
async def client(server: Receiver) -> AsyncIterator[WazzupWebhooks]:
    made = WazzupWebhooks(server.url.partition("/hook")[0], API_KEY)
    yield made
    await made.close()


@pytest.mark.parametrize("style", ["live", "documented"])
async def test_both_spellings_and_types_are_read(style: str) -> None:
    async with bench() as opened:
        webhooks = WazzupWebhooks(opened.sandbox.url, API_KEY)
        await opened.turn(subscription_style=style)
        await webhooks.register(opened.receiver.url)
        registration = await webhooks.read()
        await webhooks.close()
    assert (registration.address, registration.subscriptions) == (opened.receiver.url, WANTED)
    assert registration.answered_at is not None


@pytest.mark.parametrize(
    ("status", "said"), [(401, "does not know this WAZZUP_API_KEY"), (403, "may not read or change webhooks")]
)
async def test_a_wrong_key_and_a_closed_route_are_told_apart(
    server: Receiver, client: WazzupWebhooks, status: int, said: str
) -> None:
    server.next_statuses = [status]
    with pytest.raises(RegistryRefused, match=said) as refused:
        await client.read()
    assert refused.value.status == status


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_trouble_on_their_side_is_no_refusal(
    server: Receiver, client: WazzupWebhooks, status: int
) -> None:
    server.next_statuses = [status]
    with pytest.raises(OSError, match=str(status)):
        await client.read()


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"subscriptions": []}', b'{"subscriptions": "all"}'])
async def test_an_answer_that_is_none_is_trouble(
    server: Receiver, client: WazzupWebhooks, body: bytes
) -> None:
    server.body = body
    if body == b'{"subscriptions": []}':
        assert (await client.read()).address is None
    else:
        with pytest.raises(OSError, match="cannot be read"):
            await client.read()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("uriNotValid", "takes the address for none"),
        ("URI_NOT_VALID", "takes the address for none"),
        ("testPostNotPassed", "got no 200 from the address"),
        ("WEBHOOKS_REQUEST_ERROR", "known to public DNS"),
        ("SOMETHING_NEW", "answers 400 SOMETHING_NEW"),
    ],
)
async def test_why_an_address_is_not_taken_is_explained(
    server: Receiver, client: WazzupWebhooks, code: str, said: str
) -> None:
    server.next_statuses, server.body = [400], f'{{"error": "{code}"}}'.encode()
    with pytest.raises(RegistryRefused, match=said):
        await client.register("https://sales.example.com/webhooks/wazzup?token=secret")


async def test_an_address_that_is_too_long_is_never_sent(server: Receiver, client: WazzupWebhooks) -> None:
    with pytest.raises(RegistryRefused, match="201 characters and Wazzup takes 200"):
        await client.register("https://sales.example.com/".ljust(201, "x"))
    assert server.received == []
