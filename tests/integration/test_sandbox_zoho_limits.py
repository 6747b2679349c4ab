"""Limits of the sandbox Zoho: the finance minute, its day, calls in flight, CRM's credits and concurrency."""

from __future__ import annotations

import asyncio

from sandbox.zoho.limits import Day, SlidingMinute
from tests.integration.zoho_sandbox_support import ZohoBench, zoho


async def test_call_101_within_a_minute_is_code_44_for_both_products() -> None:
    async with zoho() as it:
        statuses = [(await it.inventory("GET", "items")).status_code for _ in range(60)]
        statuses += [(await it.books("GET", "items")).status_code for _ in range(40)]
        assert set(statuses) == {200}
        for product in (it.inventory, it.books):
            refused = await product("GET", "items")
            assert (refused.status_code, refused.json()["code"]) == (429, 44)
            assert "retry-after" not in refused.headers
        finance = (await it.state())["finance"]
        assert (finance["calls_in_window_peak"], finance["refused_per_minute"]) == (102, 2)
        assert 0 < finance["blocked_seconds"] <= 60


async def test_every_finance_answer_tells_the_daily_quota() -> None:
    async with zoho() as it:
        for answer in (await it.inventory("GET", "items"), await it.books("GET", "nowhere")):
            assert answer.headers["x-rate-limit-limit"] == "7500"
            assert 0 < int(answer.headers["x-rate-limit-reset"]) <= 86_400
        assert answer.headers["x-rate-limit-remaining"] == "7498"


async def test_a_used_up_day_is_code_45() -> None:
    async with zoho() as it:
        await it.turn(finance_calls_per_day=1)
        assert (await it.inventory("GET", "items")).status_code == 200
        refused = await it.inventory("GET", "items")
        assert (refused.status_code, refused.json()["code"]) == (429, 45)
        assert refused.headers["x-rate-limit-remaining"] == "0"


async def codes_at_once(it: ZohoBench, count: int) -> list[int]:
    await it.turn(latency_seconds=0.3)
    answers = await asyncio.gather(*(it.inventory("GET", "items") for _ in range(count)))
    return sorted(answer.json()["code"] for answer in answers)


async def test_the_sixth_call_in_flight_is_code_1070() -> None:
    async with zoho() as it:
        assert await codes_at_once(it, 6) == [0, 0, 0, 0, 0, 1070]
        assert await codes_at_once(it, 5) == [0, 0, 0, 0, 0], "places are free again"
        calls = (await it.client.get("/control/zoho/calls", params={"product": "inventory"})).json()["calls"]
        assert max(call["in_flight"] for call in calls) == 6
        assert (await it.state())["finance"]["in_flight_peak"] == 6


async def test_crm_refuses_too_many_at_once_without_retry_after() -> None:
    async with zoho() as it:
        await it.turn(crm_concurrent_calls=2, latency_seconds=0.3)
        answers = await asyncio.gather(*(it.crm("GET", "org") for _ in range(3)))
        assert sorted(answer.status_code for answer in answers) == [200, 200, 429]
        [refused] = [answer for answer in answers if answer.status_code == 429]
        assert refused.json()["code"] == "TOO_MANY_REQUESTS"
        assert "retry-after" not in refused.headers


async def test_crm_tells_credits_from_half_of_the_day_on_and_then_refuses() -> None:
    async with zoho() as it:
        await it.turn(crm_credits_per_day=4, crm_retry_after_seconds=7)
        headers = [(await it.crm("GET", "org")).headers.get("x-api-credits-remaining") for _ in range(4)]
        assert headers == [None, "2", "1", "0"]
        refused = await it.crm("GET", "org")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "7")


async def test_a_write_of_many_records_costs_a_credit_per_ten() -> None:
    async with zoho() as it:
        await it.leads(*({"Last_Name": f"Khan {number}", "Company": "X"} for number in range(11)))
        assert (await it.state())["crm"]["credits_used"] == 2


def test_a_block_lasts_until_the_first_call_is_a_minute_old() -> None:
    now = [0.0]
    minute = SlidingMinute(lambda: now[0])
    assert minute.admit(2)
    now[0] = 30
    assert minute.admit(2)
    now[0] = 40
    assert not minute.admit(2)
    now[0] = 59.9
    assert not minute.admit(2)
    now[0] = 60
    assert minute.admit(2), "calls that were refused do not count against the limit"
    now[0] = 61
    assert not minute.admit(2), "the window slides: two calls since second 1"
    assert minute.peak == 5


def test_a_day_is_whole_again_after_24_hours() -> None:
    now = [0.0]
    day = Day(lambda: now[0])
    assert day.admit(2, 3)
    assert not day.admit(2, 3)
    assert day.admit(1, 3)
    now[0] = 86_400
    assert day.admit(3, 3)
