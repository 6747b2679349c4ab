"""The rules of the shared access token, within one process (several: test_token_faults.py)."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import await_only

from storage.access_token import BUDGET_REQUESTS, UNANSWERED_DELAYS_SECONDS, AccessTokens
from storage.ports import Grant, Granted, GrantRefused, GrantThrottled, GrantUnanswered, TokenUnavailable
from tests.support import eventually, in_background


@dataclass
class Grants:
    """Answers each request for a token; `token-1`, `token-2` and so on unless told otherwise."""

    next: deque[Grant] = field(default_factory=deque)
    asked: int = 0
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self) -> Grant:
        self.asked += 1
        number = self.asked
        await self.may_answer.wait()
        return self.next.popleft() if self.next else Granted(f"token-{number}", 3600, None)


@dataclass(frozen=True)
class Bench:
    """Two workers that share a database and what they ask."""

    engine: AsyncEngine
    grants: Grants
    one: AccessTokens
    other: AccessTokens

    async def change(self, assignments: str) -> None:
        """Shift what is stored, as time would."""
        async with self.engine.begin() as connection:
            await connection.execute(text(f"update access_tokens set {assignments}"))

    async def seconds_left(self, column: str) -> float:
        async with self.engine.begin() as connection:
            left = await connection.execute(
                text(f"select extract(epoch from {column} - clock_timestamp())::float8 from access_tokens")
            )
            seconds: float = left.scalar_one()
            return seconds

    async def expire(self) -> None:
        await self.change("usable_until = clock_timestamp(), renew_at = clock_timestamp()")


@pytest.fixture
async def bench(engine: AsyncEngine) -> Bench:
    grants = Grants()
    grants.may_answer.set()
    return Bench(engine, grants, AccessTokens(engine, "a", grants), AccessTokens(engine, "a", grants))


async def test_a_stored_token_is_shared_until_it_is_used_up(bench: Bench) -> None:
    assert [await bench.one.current(), await bench.other.current()] == ["token-1", "token-1"]
    await bench.expire()
    assert [await bench.other.current(), await bench.one.current()] == ["token-2", "token-2"]


async def test_a_life_counts_from_before_the_request(bench: Bench) -> None:
    """The answer may have been long on its way, and a call needs time to arrive."""
    await bench.one.current()
    assert 3600 * 0.97 < await bench.seconds_left("usable_until") < 3600 * 0.98
    assert 3600 * 0.77 < await bench.seconds_left("renew_at") < 3600 * 0.82


async def test_a_401_on_the_stored_token_leads_to_one_refresh_and_on_an_older_one_to_none(
    bench: Bench,
) -> None:
    first = await bench.one.current()
    await asyncio.gather(bench.one.refused(first), bench.other.refused(first))
    assert [await bench.one.current(), await bench.other.current()] == ["token-2", "token-2"]
    await bench.other.refused(first)
    assert [await bench.one.current(), await bench.other.current()] == ["token-2", "token-2"]
    assert bench.grants.asked == 2


async def test_who_was_refused_never_gets_an_answer_that_was_looked_up_before(bench: Bench) -> None:
    """Callers share a look at the row, and one such look may be on its way when the 401 comes."""
    first = await bench.one.current()
    looked, may_go_on = asyncio.Event(), asyncio.Event()

    def hold_first_commit(_connection: Connection) -> None:
        if not looked.is_set():
            looked.set()
            await_only(may_go_on.wait())

    event.listen(bench.engine.sync_engine, "commit", hold_first_commit)
    on_its_way = asyncio.create_task(bench.one.current())
    await looked.wait()
    await bench.one.refused(first)
    afterwards = asyncio.create_task(bench.one.current())
    await asyncio.sleep(0)
    may_go_on.set()
    assert [await on_its_way, await afterwards] == [first, "token-2"]


async def test_a_seventh_refresh_within_ten_minutes_waits_for_the_first_to_be_forgotten(bench: Bench) -> None:
    for number in range(1, BUDGET_REQUESTS + 1):
        token = await (bench.one if number % 2 else bench.other).current()
        assert token == f"token-{number}"
        await bench.one.refused(token)
    for worker in (bench.one, bench.other):
        with pytest.raises(TokenUnavailable, match="6 tokens were asked for within 10 minutes") as refusal:
            await worker.current()
        assert not refusal.value.permanent
        assert refusal.value.retry_after_seconds == pytest.approx(600, abs=10)
    assert bench.grants.asked == BUDGET_REQUESTS
    await bench.change("asked_at[6] = clock_timestamp() - interval '600 s'")
    assert await bench.one.current() == "token-7"


async def test_requests_without_an_answer_are_spread(bench: Bench) -> None:
    bench.grants.next.extend(GrantUnanswered("ConnectError") for _ in range(5))
    for delay in [*UNANSWERED_DELAYS_SECONDS, UNANSWERED_DELAYS_SECONDS[-1]]:
        for worker in (bench.one, bench.other):
            with pytest.raises(TokenUnavailable, match="ConnectError") as refusal:
                await worker.current()
            assert refusal.value.retry_after_seconds == pytest.approx(delay, abs=2)
        await bench.change("blocked_until = clock_timestamp()")
    assert await bench.one.current() == "token-6"
    assert bench.grants.asked == 6


async def test_a_request_that_takes_too_long_is_given_up_before_its_lease_ends(engine: AsyncEngine) -> None:
    grants = Grants()
    with pytest.raises(TokenUnavailable, match="no answer within"):
        await AccessTokens(engine, "a", grants, lease_seconds=0.3).current()


async def test_a_good_token_outlives_access_denied(bench: Bench) -> None:
    """The background asked too often; customers still have the token until its own end."""
    await bench.one.current()
    await bench.change("renew_at = clock_timestamp()")
    bench.grants.next.append(GrantThrottled("Access Denied"))

    async def denied() -> bool:
        async with bench.engine.begin() as connection:
            return (await connection.execute(text("select problem from access_tokens"))).scalar() is not None

    async with in_background(bench.one.keep_fresh()):
        await eventually(denied, what="the answer is stored")
        assert await bench.one.current() == "token-1"
    assert bench.grants.asked == 2


async def test_a_refused_grant_is_kept_under_its_name_and_corrected_settings_have_another(
    bench: Bench,
) -> None:
    bench.grants.next.append(GrantRefused("invalid_client"))
    for worker in (bench.one, bench.other, bench.one):
        with pytest.raises(TokenUnavailable, match="invalid_client") as refusal:
            await worker.current()
        assert refusal.value.permanent
    assert bench.grants.asked == 1
    assert await AccessTokens(bench.engine, "corrected", bench.grants).current() == "token-2"


async def test_nobody_waits_for_a_refresh_while_the_old_token_is_good(bench: Bench) -> None:
    await bench.one.current()
    bench.grants.may_answer.clear()
    await bench.change("renew_at = clock_timestamp()")
    async with in_background(bench.one.keep_fresh(), bench.other.keep_fresh()):
        await eventually(lambda: _is(bench.grants.asked == 2), what="a refresh is under way")
        async with asyncio.timeout(2):
            tokens = [await bench.one.current(), await bench.other.current()]
        assert tokens == ["token-1", "token-1"]
        bench.grants.may_answer.set()
        await eventually(lambda: _has(bench.one, "token-2"), what="the renewed token is stored")
    assert bench.grants.asked == 2


async def test_a_caller_that_leaves_does_not_take_the_refresh_along(bench: Bench) -> None:
    bench.grants.may_answer.clear()
    leaving, staying = (asyncio.create_task(bench.one.current()) for _ in range(2))
    await eventually(lambda: _is(bench.grants.asked == 1), what="the refresh is under way")
    leaving.cancel()
    bench.grants.may_answer.set()
    assert await staying == "token-1"
    assert leaving.cancelled()
    assert bench.grants.asked == 1


async def test_who_finds_a_request_under_way_waits_for_its_answer(bench: Bench) -> None:
    bench.grants.may_answer.clear()
    asking = asyncio.create_task(bench.one.current())
    await eventually(lambda: _is(bench.grants.asked == 1), what="the refresh is under way")
    waiting = asyncio.create_task(bench.other.current())
    await looked(bench, times=2)
    bench.grants.may_answer.set()
    assert [await asking, await waiting] == ["token-1", "token-1"]
    assert bench.grants.asked == 1


async def test_an_answer_that_comes_after_its_lease_does_not_replace_a_newer_one(bench: Bench) -> None:
    """Whoever asked stood still; another asked meanwhile, and the older token may be used up by it."""
    bench.grants.may_answer.clear()
    late = asyncio.create_task(bench.one.current())
    await eventually(lambda: _is(bench.grants.asked == 1), what="the first refresh is under way")
    await bench.change("lease_until = clock_timestamp()")
    newer = asyncio.create_task(bench.other.current())
    await eventually(lambda: _is(bench.grants.asked == 2), what="the second refresh is under way")
    bench.grants.may_answer.set()
    assert await late == "token-2"
    assert await newer == "token-2"


async def test_a_holder_that_neither_answers_nor_dies_is_not_waited_for_without_end(
    engine: AsyncEngine, bench: Bench
) -> None:
    await bench.one.current()
    await bench.change(
        "usable_until = clock_timestamp(), lease_until = clock_timestamp() + interval '1 hour'"
    )
    impatient = AccessTokens(engine, "a", bench.grants, lease_seconds=0.3)
    with pytest.raises(TokenUnavailable, match="no access token came within"):
        await impatient.current()
    assert bench.grants.asked == 1


async def test_a_refused_grant_is_not_asked_for_again_in_the_background(bench: Bench) -> None:
    bench.grants.next.append(GrantRefused("invalid_client"))
    with pytest.raises(TokenUnavailable, match="invalid_client"):
        await bench.one.current()
    async with in_background(bench.one.keep_fresh(), bench.other.keep_fresh()):
        await looked(bench, times=2)
    assert bench.grants.asked == 1


async def looked(bench: Bench, times: int) -> None:
    """Wait until the row was looked at and let go so many times from now on."""
    commits = 0

    def count(_connection: Connection) -> None:
        nonlocal commits
        commits += 1

    event.listen(bench.engine.sync_engine, "commit", count)
    await eventually(lambda: _is(commits >= times), what=f"the token was looked at {times} times")
    event.remove(bench.engine.sync_engine, "commit", count)


async def _is(answer: bool) -> bool:
    return answer


async def _has(tokens: AccessTokens, token: str) -> bool:
    return await tokens.current() == token
