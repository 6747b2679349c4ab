"""kill -9 during the turn that sends the quote and the turn that places the order: each happens once.

In every test one customer asks for a quote and another one orders while processes die. Afterwards both
have one quote with one PDF, one order, one estimate, one sales order, and were told its number once.
"""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import batched

import psycopg
import pytest
import pytest_asyncio

from tests.faults.conftest import Chats
from tests.faults.sales import Customer, recorded, sold
from tests.faults.stack import Process, Stack
from tests.support import eventually

# The first test of a run also starts the stack and serves all customers up to their quotes.
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

# Once the quote or the order is committed; what comes before knows nothing of either (`test_kills.py`).
WORKER_STEPS = ["worker.replied", "sender.after_post"]
# Pairs of customers of all tests: who has chosen, and who has a quote.
PAIRS = len(WORKER_STEPS) + 1 + 1 + 2 + 2 + 1
AT_ONCE = 6
REPEATED_DELIVERIES = [0.5, 1.0, 2.0, 4.0, 8.0]


class Shop:
    """Customers who came this far without a fault; each test takes some of them on."""

    def __init__(self, choosing: Sequence[Customer], quoted: Sequence[Customer]) -> None:
        self._pairs: Iterator[tuple[Customer, Customer]] = zip(choosing, quoted, strict=True)

    def pair(self, chats: Chats) -> tuple[Customer, Customer]:
        """One who has chosen and one who has a quote, as chats of the test."""
        pair = next(self._pairs)
        for customer in pair:
            customer.passes_to(chats)
        return pair


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shop(running_stack: Stack) -> Shop:
    """All customers of this file, who chose and got their quotes, a few at a time."""
    stack = running_stack
    await stack.heal()
    # The service's limit is far; ours stands still (`tests.faults.sales`).
    answer = await stack.client.put(
        f"{stack.sandbox_url}/control/zoho/knobs", json={"finance_calls_per_minute": 100_000}
    )
    answer.raise_for_status()

    async def synced() -> bool:
        return bool(await stack.value("select count(*) from products where zoho_item_id is null") == 0)

    await eventually(synced, within=60, what="the catalog knows Zoho's items")
    chats = Chats(stack, random.SystemRandom().randrange(1 << 32))
    customers = [Customer(chats, chats.new()) for _ in range(2 * PAIRS)]
    for few in batched(customers, AT_ONCE):
        await asyncio.gather(*(customer.chooses() for customer in few))
    for few in batched(customers[PAIRS:], AT_ONCE):
        await asyncio.gather(*(customer.asks_for_quote() for customer in few))
        await stack.settled([customer.chat_id for customer in few])
    await recorded(stack, chats)
    return Shop(customers[:PAIRS], customers[PAIRS:])


async def killed(stack: Stack, step: str, processes: Sequence[Process]) -> None:
    """Wait until one of these has killed itself at `step`, and start it again."""
    pid = await stack.reached(step)
    victim = next(process for process in processes if process.pid == pid)
    await victim.gone()
    (stack.faults / f"{step}.taken-by-{pid}").unlink()
    victim.start()


@asynccontextmanager
async def holding(stack: Stack, table: str, mode: str = "share") -> AsyncIterator[None]:
    """Whoever writes to (in mode `access exclusive`: reads) the table waits until the block ends."""
    async with await psycopg.AsyncConnection.connect(stack.postgres.url) as holder:
        await holder.execute(f"lock table {table} in {mode} mode".encode())
        yield
        await holder.rollback()


async def waits_for(stack: Stack, table: str) -> None:
    """Wait until somebody waits for that lock."""

    async def waiting() -> bool:
        query = "select count(*) from pg_locks where not granted and relation = %s::regclass"
        return bool(await stack.value(query, table))

    await eventually(waiting, within=120, what=f"somebody waits for the table {table}")


@pytest.mark.parametrize("step", WORKER_STEPS)
async def test_worker_dies(stack: Stack, chats: Chats, shop: Shop, step: str) -> None:
    chosen, quoted = shop.pair(chats)
    for said in (chosen.asks_for_quote, quoted.orders):
        stack.arm(step)
        await said()
        await killed(stack, step, stack.workers)
    await sold(stack, chats, chosen, quoted)


async def test_gateway_dies(stack: Stack, chats: Chats, shop: Shop) -> None:
    step = "gateway.before_answer"
    await stack.knobs(webhook_retry_seconds=REPEATED_DELIVERIES)
    chosen, quoted = shop.pair(chats)
    for said in (chosen.asks_for_quote, quoted.orders):
        stack.arm(step)
        await asyncio.gather(said(), killed(stack, step, stack.gateways))
    await sold(stack, chats, chosen, quoted)


async def test_action_server_dies(stack: Stack, chats: Chats, shop: Shop) -> None:
    """At the very action that makes the quote, or the order, not at one before it in the turn."""
    step = "actions.committed"
    chosen, quoted = shop.pair(chats)
    for said, table in ((chosen.asks_for_quote, "quotes"), (quoted.orders, "orders")):
        async with holding(stack, table):
            await said()
            await waits_for(stack, table)
            stack.arm(step)
        await killed(stack, step, [stack.actions])
    await sold(stack, chats, chosen, quoted)


@pytest.mark.parametrize("who", ["sender", "gateway"])
async def test_death_while_the_pdf_is_fetched(stack: Stack, chats: Chats, shop: Shop, who: str) -> None:
    """The file is on its way from our gateway, through the service, to the phone."""
    chosen, quoted = shop.pair(chats)
    stack.arm("worker.before_commit", "freeze")
    await chosen.asks_for_quote()
    frozen = await stack.reached("worker.before_commit")
    worker = next(worker for worker in stack.workers if worker.pid == frozen)
    async with await psycopg.AsyncConnection.connect(stack.postgres.url) as holder:
        # Queued behind what the frozen worker may have read, it still goes before whoever asks later.
        lock = asyncio.create_task(holder.execute("lock table quotes in access exclusive mode"))
        await eventually(lambda: _is_queued(stack), what="the lock is asked for")
        worker.signal(signal.SIGCONT)
        await eventually(lambda: _is_fetched(stack), what="the gateway looks for the file")
        await lock
        if who == "gateway":
            stack.gateways[0].kill()
        else:
            stack.arm("sender.after_post")
        await holder.rollback()
    if who == "gateway":
        stack.gateways[0].start()
    else:
        await killed(stack, "sender.after_post", stack.workers)
    await sold(stack, chats, chosen, quoted)


async def _is_queued(stack: Stack) -> bool:
    query = "select count(*) from pg_locks where relation = 'quotes'::regclass and mode = %s"
    return bool(await stack.value(query, "AccessExclusiveLock"))


async def _is_fetched(stack: Stack) -> bool:
    query = (
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and pid <> pg_backend_pid()"
        " and query like %s"
    )
    return bool(await stack.value(query, "%pdf from quotes%"))


@pytest.mark.parametrize("saved", [False, True], ids=["before the save", "after the save"])
async def test_rasa_dies(stack: Stack, chats: Chats, shop: Shop, saved: bool) -> None:
    """The quote or the order is committed by then: only Rasa does not know, or nobody but Rasa does.

    The other customer's turn waits for this Rasa, too.
    """
    chosen, quoted = shop.pair(chats)
    said, also = (chosen.asks_for_quote, quoted.orders) if saved else (quoted.orders, chosen.asks_for_quote)
    if saved:
        # Its replies are written and its events wait; the lock on the replies is granted at the commit.
        async with holding(stack, "events"):
            await said()
            await waits_for(stack, "events")
            waiting = asyncio.create_task(_reading_held(stack))
            await waits_for(stack, "turn_replies")
        holder = await waiting
        await also()
        stack.rasa.kill()
        await holder.close()
    else:
        async with holding(stack, "turn_replies"):
            await said()
            await waits_for(stack, "turn_replies")
            await also()
            stack.rasa.kill()
    stack.start_rasa()
    await sold(stack, chats, chosen, quoted, within=200)


async def _reading_held(stack: Stack) -> psycopg.AsyncConnection[object]:
    """Nobody reads stored replies until the connection is closed."""
    holder = await psycopg.AsyncConnection.connect(stack.postgres.url)
    await holder.execute("lock table turn_replies in access exclusive mode")
    return holder


async def test_anybody_but_rasa_dies_at_any_moment(stack: Stack, chats: Chats, shop: Shop) -> None:
    """Once each, at moments of the seed's choosing within the first seconds of the turns."""
    await stack.knobs(webhook_retry_seconds=REPEATED_DELIVERIES)
    chosen, quoted = shop.pair(chats)
    victims = [*stack.workers, *stack.gateways, stack.actions]
    moments = {victim: chats.random.uniform(0.0, 2.0) for victim in victims}

    async def dies(victim: Process, after_seconds: float) -> None:
        await asyncio.sleep(after_seconds)
        victim.kill()
        victim.start()

    await asyncio.gather(
        chosen.asks_for_quote(),
        quoted.orders(),
        *(dies(victim, moment) for victim, moment in moments.items()),
    )
    await sold(stack, chats, chosen, quoted)
