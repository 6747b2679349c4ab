"""What a turn costs when the shop has 1,500 products, and when it has 50,000: the same customers, one run."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from storage.pool import create_engine
from tests.benchmarks.load import CHAT_MARK, Load, run_load
from tests.benchmarks.majlis_stack import NEW_WORDS
from tests.benchmarks.rasa_stack import RasaStack
from tests.benchmarks.report import Aim, Report
from tests.benchmarks.search_speed import store_products
from tests.benchmarks.stack import wait_until

SIZES = (1_500, 50_000)
CHATS = 60
_FIRST_CHAT = 971_540_000_000
_VOCABULARY_SECONDS = 120.0
# Flat: a turn in the large shop costs at most so many times one in the small.
_FLAT = 1.2
_LINES = {
    "rule only": NEW_WORDS,
    "search": f"2 black office chairs under 900, call {CHAT_MARK}",
}
_ANSWERED = (
    "select count(*) from turns t join conversations c on c.id = t.conversation_id"
    " where c.chat_id between %s and %s and t.state = 'done'"
)


@dataclass(frozen=True)
class _Cost:
    """CPU milliseconds of one turn."""

    rasa: float
    actions: float
    worker: float
    postgres: float

    @property
    def total(self) -> float:
        return self.rasa + self.actions + self.worker + self.postgres


def catalog_size(report: Report, stack: RasaStack) -> None:
    """CPU per turn by kind of turn and size of the shop."""
    stack.debounce(0.05)
    seen: dict[tuple[str, int], _Cost] = {}
    first_chat = _FIRST_CHAT
    for size in SIZES:
        report.progress(f"cost by catalog: making {size:,} products")
        asyncio.run(_store(stack.bench.postgres.url, size))
        _wait_for_vocabulary(stack)
        for kind, line in _LINES.items():
            report.progress(f"cost by catalog: {size:,} products, {kind}")
            # The first turns read pages and plans that the later ones find in memory.
            for _ in range(2):
                first_chat += 10 * CHATS
                seen[kind, size] = _cost(stack, line, first_chat)
    stack.debounce(3.0)
    small, large = SIZES
    report.table(
        f"CPU ms a turn by the size of the shop: {CHATS} chats, the second round of two",
        ("", "Rasa", "actions", "worker", "Postgres", "all", f"of {small:,}"),
        [
            (
                f"{kind}, {size:,} products",
                *(
                    f"{part:.1f}"
                    for part in (cost.rasa, cost.actions, cost.worker, cost.postgres, cost.total)
                ),
                f"{cost.total / seen[kind, small].total:.2f}",
            )
            for (kind, size), cost in sorted(seen.items())
        ],
    )
    for kind in _LINES:
        ratio = seen[kind, large].total / seen[kind, small].total
        report.aim(Aim(f"CPU of a turn, {kind}: {large:,} products against {small:,}", ratio, _FLAT, "times"))


async def _store(url: str, size: int) -> None:
    engine = create_engine(url, test_clock=False, size=1)
    await store_products(engine, size)
    await engine.dispose()


def _wait_for_vocabulary(stack: RasaStack) -> None:
    ((version,),) = stack.rows("select version from vocabulary")
    wait_until(
        lambda: stack.rasa.has_said(f"Vocabulary version {version} is in use"),
        seconds=_VOCABULARY_SECONDS,
        what="Rasa knows the catalog's words",
    )


def _cost(stack: RasaStack, line: str, first_chat: int) -> _Cost:
    load = Load(
        ports=(stack.sandbox_port,), path="/control/customer",
        body=f'{{"chat_id": "{CHAT_MARK}", "messages": [{{"type": "text", "text": "{line}"}}]}}',
        connections=4, requests=CHATS, chats=CHATS, first_chat=first_chat,
    )  # fmt: skip

    def cpu() -> tuple[float, ...]:
        ours = (stack.rasa, stack.actions, stack.worker)
        return (*(stack.cpu(process) for process in ours), stack.postgres_cpu())

    before = cpu()
    run_load(load)
    stack.wait_until_at_rest(120)
    spent = [(end - start) * 1e3 / CHATS for start, end in zip(before, cpu(), strict=True)]
    answered = stack.rows(_ANSWERED, str(first_chat), str(first_chat + CHATS - 1))
    if answered != [(CHATS,)]:
        raise RuntimeError(f"{CHATS} customers wrote {line!r}, answered were {answered}")
    return _Cost(*spent)
