"""Two of everything on one Postgres: each dies, stands still, and is replaced, while customers write."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from storage.lease import LEASE_SECONDS
from tests.faults.conftest import Chats
from tests.faults.next_release import model_of_next_release
from tests.faults.pair import GRACE_SECONDS, Pair
from tests.faults.shoppers import Shopper
from tests.faults.traffic import Traffic, traffic

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(1800)]

# The customers of a gateway that was killed or stands still: their messenger delivers again.
DELIVERS_AGAIN = [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pair(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pair]:
    """Two of everything, started once for this file; the second Rasa has the model of another release."""
    home = tmp_path_factory.mktemp("pair")
    started = Pair(home, second_model=model_of_next_release(home / "next_release", print))
    try:
        await started.start()
        yield started
    finally:
        await started.stop()


@pytest.fixture
def chats(pair: Pair, seed: int) -> Chats:
    return Chats(pair, seed)


async def test_one_of_each_stands_still_and_one_of_each_is_killed(pair: Pair, chats: Chats) -> None:
    """With models of two releases side by side: a chat's turns are taken by either."""
    await pair.knobs(webhook_retry_seconds=DELIVERS_AGAIN, webhook_timeout_seconds=3.0)
    async with traffic(chats) as customers:
        await customers.goes_on()
        for name in ("gateway", "worker", "actions", "rasa"):
            await _stands_still(pair, customers, name)
        for name in ("gateway2", "worker2", "actions2", "rasa2"):
            await _dies(pair, customers, name)
    await customers.check()


async def _stands_still(pair: Pair, customers: Traffic, name: str) -> None:
    frozen = pair.named[name]
    frozen.signal(signal.SIGSTOP)
    # Past the lease of what it holds: what it does afterwards is another's already.
    await asyncio.gather(asyncio.sleep(LEASE_SECONDS + 1), customers.goes_on())
    frozen.signal(signal.SIGCONT)
    await customers.goes_on()


async def _dies(pair: Pair, customers: Traffic, name: str) -> None:
    killed = pair.named[name]
    killed.kill()
    await customers.goes_on()
    # Rasa takes long to start: the next run begins with one of them.
    if name != "rasa2":
        killed.start()
        await pair.comes(name)


async def test_a_new_release_under_load_loses_and_refuses_nothing_and_forms_go_on(
    pair: Pair, chats: Chats
) -> None:
    """Each process is replaced in turn; forms begin in this release, go on in another and end in this one."""
    if pair.rasa2.alive:
        await pair.ends(pair.rasa2)
    # Nobody delivers a webhook twice now: one that is refused is lost.
    await pair.knobs(webhook_retry_seconds=[], webhook_timeout_seconds=30.0)
    # Those of gateways that were killed above are not this run's.
    pair.front.refused.clear()
    shoppers = [Shopper(chats) for _ in range(4)]
    async with traffic(chats) as customers:
        await asyncio.gather(*(shopper.asks_for_a_quote() for shopper in shoppers))
        await _replace(pair, customers, "gateway", "gateway2", "worker", "worker2", "actions", "actions2")

        pair.rasa2.start()
        await pair.comes("rasa2")
        await pair.ends(pair.rasa)
        for shopper in shoppers[:2]:
            await shopper.comes_from_a_release_with_another_slot()
        await asyncio.gather(*(shopper.says_the_name() for shopper in shoppers))

        pair.start_rasa()
        await pair.comes("rasa")
        await pair.ends(pair.rasa2)
        await asyncio.gather(*(shopper.says_the_address() for shopper in shoppers))
        await customers.goes_on()
    await customers.check()
    assert pair.front.refused == []
    for shopper in shoppers:
        await shopper.was_asked_each_thing_once_and_has_a_quote()


async def _replace(pair: Pair, customers: Traffic, *names: str) -> None:
    for name in names:
        pair.service.leaves(name)
        await pair.ends(pair.named[name])
        pair.named[name].start()
        pair.service.returns(name)
        await pair.comes(name)
        await customers.goes_on(2)


async def test_all_who_are_told_to_end_finish_the_turn_in_hand(pair: Pair, chats: Chats) -> None:
    """Nothing is cut off and taken again: the turn is begun once, by one worker, in one Rasa."""
    ending = [process for process in (pair.rasa, pair.rasa2, *pair.workers) if process.alive]
    chat_id = chats.new()
    pair.arm("actions.written", "freeze")
    await chats.write(chat_id, "I want to talk to a person please")
    frozen = await pair.reached("actions.written", within=120.0)
    for process in ending:
        process.signal(signal.SIGTERM)
    os.kill(frozen, signal.SIGCONT)
    assert await asyncio.gather(*(process.gone(GRACE_SECONDS) for process in ending)) == [0] * len(ending)
    claims = await pair.value("select lease_token from conversations where chat_id = %s", chat_id)
    assert claims == 1
    # It was answered; what is said waits for somebody who sends it.
    pair.workers[0].start()
    evidence = await chats.check(within=120.0)
    assert [(turn["state"], turn["tries"]) for turn in evidence.turns] == [("done", 1)]
