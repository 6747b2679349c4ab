"""The gateway while Postgres is frozen, stopped or locked and the disk is full: no 200 is broken."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest

from app.embedded_postgres import EmbeddedPostgres, free_ports
from app.migrate import migrate
from app.settings import PROJECT_ROOT
from tests.support import TOKEN, WEBHOOK, eventually, message, running_gateway, webhook
from turns.spool import Spool

DEADLINE_SECONDS = 1.8
NO_DATABASE = "postgresql://majlis@127.0.0.1:1/none"


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A Postgres of this module alone, to be frozen and stopped."""
    home = tmp_path_factory.mktemp("fragile")
    with EmbeddedPostgres(home / "postgres", log_file=home / "postgres.log") as server:
        migrate(server.url)
        yield server


@pytest.fixture
def server(own_server: EmbeddedPostgres) -> EmbeddedPostgres:
    """The same with nothing in its inbox."""
    own_server.start()
    with psycopg.connect(own_server.url, autocommit=True) as connection:
        connection.execute("truncate inbox, conversations cascade")
    return own_server


@contextmanager
def frozen(server: EmbeddedPostgres) -> Iterator[None]:
    """Stop every process of the server as a hanging disk or host would: it keeps its connections."""
    postmaster = int((server.data_folder / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGSTOP)
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    stopped = [postmaster, *map(int, children)]
    for process in stopped:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in stopped:
            os.kill(process, signal.SIGCONT)


async def deliver(client: httpx.AsyncClient, *words: str) -> float:
    """Deliver one webhook; the seconds until its 200."""
    began = time.monotonic()
    answer = await client.post(WEBHOOK, content=webhook(*(message(line) for line in words)))
    assert answer.status_code == 200, answer.text
    return time.monotonic() - began


def stored_words(server: EmbeddedPostgres) -> list[str]:
    with psycopg.connect(server.url) as connection:
        rows = connection.execute("select body ->> 'text' from inbox order by received_at, id").fetchall()
    return [row[0] for row in rows]


async def until_stored(server: EmbeddedPostgres, count: int) -> list[str]:
    """All words in the inbox, as soon as there are `count`."""

    async def enough() -> list[str]:
        words = await asyncio.to_thread(stored_words, server)
        return words if len(words) >= count else []

    return await eventually(enough, what=f"{count} messages are stored")


def spooled_bytes(home: Path) -> int:
    return sum(path.stat().st_size for path in (home / "spool").glob("*.spool"))


async def until_spool_is_empty(home: Path) -> None:
    async def empty() -> bool:
        return spooled_bytes(home) == 0

    await eventually(empty, what="the spool is empty")


async def test_while_postgres_is_frozen_bodies_are_answered_in_time_and_replayed_in_order(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    async with running_gateway(server.url, tmp_path) as client:
        await deliver(client, "0")
        with frozen(server):
            # The first one finds out; those that come meanwhile wait with it.
            found_out = max(await asyncio.gather(deliver(client, "1"), deliver(client, "2")))
            assert found_out < DEADLINE_SECONDS
            later = [await deliver(client, str(number)) for number in range(3, 20)]
            assert max(later) < DEADLINE_SECONDS
            assert sum(later) / len(later) < found_out / 2
            assert spooled_bytes(tmp_path) > 0
        await until_stored(server, 20)
        await until_spool_is_empty(tmp_path)
        await deliver(client, "20")
        words = await until_stored(server, 21)
    assert sorted(words[1:3]) == ["1", "2"]
    assert words[3:] == [str(number) for number in range(3, 21)]


async def test_a_postgres_that_is_stopped_and_started_again_gets_everything_once_in_order(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    async with running_gateway(server.url, tmp_path) as client:
        await deliver(client, "0")
        await asyncio.to_thread(server.stop)
        for number in range(1, 10):
            assert await deliver(client, str(number)) < DEADLINE_SECONDS
        # From this thread: the server lives no longer than the thread that starts it.
        server.start()
        await until_stored(server, 10)
        await until_spool_is_empty(tmp_path)
        # It may meet a connection of before the stop, and then takes the way through the spool as well.
        await deliver(client, "10")
        assert await until_stored(server, 11) == [str(number) for number in range(11)]


async def test_a_body_that_was_stored_after_all_is_not_doubled_by_its_replay(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    """The frozen server finishes the statement that the gateway had given up."""
    async with running_gateway(server.url, tmp_path) as client:
        await deliver(client, "0")
        with frozen(server):
            await deliver(client, "1", "2")
        await until_stored(server, 3)
        await until_spool_is_empty(tmp_path)
    assert sorted(stored_words(server)) == ["0", "1", "2"]


async def test_what_a_dead_gateway_left_is_stored_by_the_next_one_in_order(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    left = tmp_path / "spool" / "dead.spool"
    left.parent.mkdir()
    spool = Spool(left)
    spool.append([webhook(message(str(number))) for number in range(30)])
    spool.close(remove=False)
    async with running_gateway(server.url, tmp_path) as client:
        await until_stored(server, 30)
        await deliver(client, "30")
        assert await until_stored(server, 31) == [str(number) for number in range(31)]

        async def gone() -> bool:
            return not left.exists()

        await eventually(gone, what="the file of the dead gateway is gone")


async def test_new_bodies_do_not_overtake_those_that_wait(server: EmbeddedPostgres, tmp_path: Path) -> None:
    """Behind a spool that waits, a body goes into the spool too, although the database is there."""
    left = tmp_path / "spool" / "dead.spool"
    left.parent.mkdir()
    spool = Spool(left)
    spool.append([webhook(message(str(number))) for number in range(300)])
    spool.close(remove=False)
    async with running_gateway(server.url, tmp_path) as client:
        await deliver(client, "300")
        words = await until_stored(server, 301)
    assert words == [str(number) for number in range(301)]


async def test_poison_in_the_spool_does_not_hold_back_what_comes_after_it(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    left = tmp_path / "spool" / "dead.spool"
    left.parent.mkdir()
    spool = Spool(left)
    deep = webhook(message("x", contact={})).replace(b"{}", b"[" * 400 + b"]" * 400)
    spool.append(
        [b"\xff\xff", deep, webhook(message("a\x00\ud800".encode("utf-8", "replace").decode())), b"[]"]
    )
    spool.append([webhook(message("good"))])
    spool.close(remove=False)
    async with running_gateway(server.url, tmp_path) as client:
        assert await deliver(client, "next") < DEADLINE_SECONDS
        words = await until_stored(server, 6)
    assert words[-2:] == ["good", "next"]


async def test_a_table_that_is_locked_counts_as_an_outage_and_ends_with_it(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    async with running_gateway(server.url, tmp_path) as client:
        await deliver(client, "0")
        with psycopg.connect(server.url) as connection:
            connection.execute("lock table inbox")
            assert await deliver(client, "1") < DEADLINE_SECONDS
            assert spooled_bytes(tmp_path) > 0
        await until_stored(server, 2)
        await until_spool_is_empty(tmp_path)


@asynccontextmanager
async def gateway_process(home: Path, database_url: str) -> AsyncIterator[tuple[int, httpx.AsyncClient]]:
    """`majlis run gateway` for itself; its process id and a client."""
    [port] = free_ports(1)
    environment = {
        **os.environ,
        "MAJLIS_HOME": str(home),
        "DATABASE_URL": database_url,
        "GATEWAY_PORT": str(port),
        "WAZZUP_WEBHOOK_SECRET": TOKEN,
        "INTERNAL_SECRET": "x",
    }
    process = subprocess.Popen(  # noqa: ASYNC220 - it returns at once
        [sys.executable, "-m", "app.cli", "run", "gateway"],
        cwd=PROJECT_ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", timeout=10, trust_env=False
        ) as client:

            async def healthy() -> bool:
                assert process.poll() is None, "the gateway ended"
                try:
                    return (await client.get("/healthz")).status_code == 200
                except httpx.TransportError:
                    return False

            await eventually(healthy, within=30, what="the gateway answers")
            yield process.pid, client
    finally:
        process.kill()
        process.wait()


async def test_with_neither_database_nor_room_in_the_spool_the_answer_is_503_and_nothing_is_promised(
    tmp_path: Path,
) -> None:
    """The kernel refuses every further byte, as on a full disk; with room again, bodies are kept again."""
    async with gateway_process(tmp_path, NO_DATABASE) as (pid, client):
        assert await deliver(client, "kept") < DEADLINE_SECONDS
        kept = spooled_bytes(tmp_path)
        limits = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (kept + 10, limits[1]))
        began = time.monotonic()
        answer = await client.post(WEBHOOK, content=webhook(message("refused")))
        assert (answer.status_code, time.monotonic() - began < DEADLINE_SECONDS) == (503, True)
        assert "deliver it again" in answer.json()["error"]
        assert spooled_bytes(tmp_path) == kept
        resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
        await deliver(client, "kept too")
        assert spooled_bytes(tmp_path) > kept


async def test_a_gateway_that_is_killed_after_its_answers_loses_nothing(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    async with gateway_process(tmp_path, NO_DATABASE) as (_, client):
        for number in range(10):
            await deliver(client, str(number))
    async with running_gateway(server.url, tmp_path):
        assert await until_stored(server, 10) == [str(number) for number in range(10)]


async def test_a_gateway_that_is_told_to_end_answers_what_it_took_and_keeps_it(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    async with gateway_process(tmp_path, server.url) as (pid, client):

        async def tried(number: int) -> bool:
            try:
                await deliver(client, str(number))
            except httpx.TransportError:
                # Not taken: whoever delivers goes to the next gateway.
                return False
            return True

        deliveries = [asyncio.create_task(tried(number)) for number in range(40)]
        await asyncio.wait(deliveries, return_when=asyncio.FIRST_COMPLETED)
        os.kill(pid, signal.SIGTERM)
        answered = {str(number) for number, one in enumerate(await asyncio.gather(*deliveries)) if one}
    assert answered
    async with running_gateway(server.url, tmp_path):
        stored = await until_stored(server, len(answered))
    assert answered <= set(stored)


async def test_a_gateway_that_is_told_to_end_is_not_ready_and_keeps_what_still_comes(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    """Whoever stands before it goes by its last look, and may bring webhooks for a while yet."""
    async with gateway_process(tmp_path, server.url) as (pid, client):
        os.kill(pid, signal.SIGTERM)

        async def red() -> bool:
            return (await client.get("/healthz")).status_code == 503

        await eventually(red, what="the gateway is not ready")
        answer = await client.post(WEBHOOK, content=webhook(message("late")))
        assert (answer.status_code, answer.headers["connection"]) == (200, "close")
        readiness = await client.get("/readyz")
        assert "this gateway is draining" in readiness.json()["problems"]
    assert await until_stored(server, 1) == ["late"]
