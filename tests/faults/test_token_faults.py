"""One refresh for all processes, whatever happens to the one that asks for it."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.integration.token_support import (
    DENIED,
    REFUSED,
    AccountsServer,
    cable_to,
    running_accounts_server,
    token_of,
    token_processes,
)
from tests.support import eventually

LEASE_SECONDS = 2.0


@pytest.fixture
async def accounts() -> AsyncIterator[AccountsServer]:
    async with running_accounts_server() as server:
        yield server


async def change(engine: AsyncEngine, assignments: str) -> None:
    """Shift what is stored, as time would."""
    async with engine.begin() as connection:
        await connection.execute(text(f"update access_tokens set {assignments}"))


async def test_200_workers_in_4_processes_with_an_expired_token_make_one_refresh(
    database_url: str, engine: AsyncEngine, accounts: AccountsServer
) -> None:
    async with token_processes(4, database_url, accounts.url) as processes:
        assert (await token_of(processes[0]))["token"] == "token-1"
        await change(engine, "usable_until = clock_timestamp(), renew_at = clock_timestamp()")
        accounts.delay_seconds = 0.3
        for process in processes:
            await process.tell(do="current", callers=50)
        outcomes = [outcome for process in processes for outcome in await process.answer()]
    assert accounts.requests == 2, "the first token and one refresh"
    assert len(outcomes) == 200
    assert {outcome.get("token") for outcome in outcomes} == {"token-2"}


async def test_when_the_holder_is_killed_in_mid_refresh_another_refreshes_within_the_lease(
    database_url: str, accounts: AccountsServer
) -> None:
    accounts.may_answer.clear()
    async with token_processes(2, database_url, accounts.url, lease_seconds=LEASE_SECONDS) as processes:
        holder, other = processes
        await holder.tell(do="current", callers=1)
        await accounts.asked(1)
        await other.tell(do="current", callers=50)
        await holder.kill()
        accounts.may_answer.set()
        outcomes = await other.answer()
    assert {outcome.get("token") for outcome in outcomes} == {"token-2"}
    assert accounts.requests == 2
    assert max(outcome["waited"] for outcome in outcomes) < LEASE_SECONDS + 1


async def test_what_a_frozen_holder_brings_too_late_is_dropped(
    database_url: str, accounts: AccountsServer, tmp_path: Path
) -> None:
    """It has its token in hand when it is frozen, and the other's is stored when it goes on."""
    (tmp_path / "access_token.answered").write_text("freeze")
    async with (
        token_processes(1, database_url, accounts.url, lease_seconds=LEASE_SECONDS, faults=tmp_path) as [
            holder
        ],
        token_processes(1, database_url, accounts.url, lease_seconds=LEASE_SECONDS) as [other],
    ):
        await holder.tell(do="current", callers=1)
        await accounts.asked(1)
        assert (await token_of(other))["token"] == "token-2"
        os.kill(holder.pid, signal.SIGCONT)
        [late] = await holder.answer()
        assert late["token"] == "token-2", "the sleeper goes on with the token of the others"
        assert (await token_of(other))["token"] == "token-2"
    assert accounts.requests == 2


async def test_a_holder_that_froze_in_mid_request_asks_nothing_more(
    database_url: str, accounts: AccountsServer
) -> None:
    accounts.may_answer.clear()
    async with token_processes(2, database_url, accounts.url, lease_seconds=LEASE_SECONDS) as processes:
        holder, other = processes
        await holder.tell(do="current", callers=1)
        await accounts.asked(1)
        os.kill(holder.pid, signal.SIGSTOP)
        accounts.may_answer.set()
        assert (await token_of(other))["token"] == "token-2"
        os.kill(holder.pid, signal.SIGCONT)
        [late] = await holder.answer()
        assert late["token"] == "token-2"
        assert (await token_of(other))["token"] == "token-2"
    assert accounts.requests == 2


async def test_a_holder_that_is_cut_off_from_the_database_delays_the_others_by_its_lease(
    database_url: str, accounts: AccountsServer
) -> None:
    accounts.may_answer.clear()
    async with (
        cable_to(database_url) as cable,
        token_processes(1, cable.url, accounts.url, lease_seconds=LEASE_SECONDS) as [holder],
        token_processes(1, database_url, accounts.url, lease_seconds=LEASE_SECONDS) as [other],
    ):
        await holder.tell(do="current", callers=5)
        await accounts.asked(1)
        cable.cut()
        accounts.may_answer.set()
        outcome = await token_of(other)
        assert outcome["token"] == "token-2"
        assert outcome["waited"] < LEASE_SECONDS + 1
        # Nor do the callers of the one that is cut off hang for ever.
        assert ["no access token came" in each["error"] for each in await holder.answer()] == [True] * 5


async def test_access_denied_stops_every_process_until_its_end(
    database_url: str, engine: AsyncEngine, accounts: AccountsServer
) -> None:
    accounts.answers = [DENIED]
    async with token_processes(2, database_url, accounts.url) as processes:
        for process in [*processes, *processes]:
            outcome = await token_of(process)
            assert outcome["error"] == "Access Denied"
            assert not outcome["permanent"]
            assert 590 < outcome["in"] <= 600
        assert accounts.requests == 1
        await change(engine, "blocked_until = blocked_until - interval '600 s'")
        assert [(await token_of(process))["token"] for process in processes] == ["token-2", "token-2"]
    assert accounts.requests == 2


async def test_a_refused_grant_stops_every_process_at_once(
    database_url: str, accounts: AccountsServer
) -> None:
    accounts.answers = [REFUSED]
    async with token_processes(2, database_url, accounts.url) as processes:
        for process in [*processes, *processes]:
            outcome = await token_of(process)
            assert outcome["permanent"]
            assert "invalid_code" in outcome["error"]
    assert accounts.requests == 1


async def test_every_process_renews_in_the_background_but_one_of_them_asks(
    database_url: str, engine: AsyncEngine, accounts: AccountsServer
) -> None:
    async with token_processes(4, database_url, accounts.url) as processes:
        assert (await token_of(processes[0]))["token"] == "token-1"
        await change(engine, "renew_at = clock_timestamp()")
        accounts.may_answer.clear()
        for process in processes:
            await process.do(do="keep_fresh")
        await accounts.asked(2)
        for process in processes:
            outcome = await token_of(process)
            assert outcome["token"] == "token-1", "the old one is still good and nobody waits"
            assert outcome["waited"] < 1
        accounts.may_answer.set()

        async def renewed() -> bool:
            return bool((await token_of(processes[0]))["token"] == "token-2")

        await eventually(renewed, what="the renewed token is stored")
    assert accounts.requests == 2
