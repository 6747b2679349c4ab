"""Daily budgets of language models: nothing is sent once one is spent, also when many ask at one moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from offscript.budget import Budgets
from offscript.ports import ModelAnswer, ModelUnavailable, Reason
from storage.clock import advance
from tests.integration.llm_support import PRICES, Bench, llm_bench, question
from tests.support import eventually

RESERVED = PRICES.at_most(question())
PLENTY = Decimal(100)
DAY_SECONDS = 24 * 3600.0


@pytest.fixture
async def it(engine: AsyncEngine) -> AsyncIterator[Bench]:
    async with llm_bench(engine) as bench:
        # As dear as reserved, so that the budget falls by the same with every call.
        await bench.script({"text": "Yes.", "times": 0, "cost": float(RESERVED)})
        yield bench


def of(per_chat: Decimal, per_day: Decimal) -> Budgets:
    return Budgets(per_chat, per_day, "Asia/Dubai")


async def test_nothing_is_sent_for_a_chat_whose_budget_is_spent(it: Bench) -> None:
    model = it.guarded(of(RESERVED * 2, PLENTY))
    one, other = await it.chat(1), await it.chat(2)
    for _ in range(2):
        await it.ask(model=model, conversation_id=one)
    unavailable = await it.refusal(model=model, conversation_id=one)
    assert unavailable.reason is Reason.BUDGET
    assert "LLM_BUDGET_PER_CHAT" in unavailable.detail
    assert len(await it.calls()) == 2
    # Others go on, and so does work for no chat.
    await it.ask(model=model, conversation_id=other)
    await it.ask(model=model)
    assert len(await it.calls(4)) == 4


async def test_nothing_is_sent_for_anybody_when_the_budget_of_all_is_spent(it: Bench) -> None:
    model = it.guarded(of(PLENTY, RESERVED * 2))
    one, other = await it.chat(1), await it.chat(2)
    await it.ask(model=model, conversation_id=one)
    await it.ask(model=model)
    unavailable = await it.refusal(model=model, conversation_id=other)
    assert unavailable.reason is Reason.BUDGET
    assert "LLM_BUDGET_PER_DAY" in unavailable.detail
    assert len(await it.calls()) == 2
    # What the refused call had taken from its chat's budget is given back.
    assert await it.rows(f"select 1 from model_spending where conversation_id = {other}") == []


async def test_a_budget_of_nothing_sends_nothing(it: Bench) -> None:
    assert (await it.refusal(model=it.guarded(of(Decimal(0), Decimal(0))))).reason is Reason.BUDGET
    assert await it.calls() == []


async def test_forty_at_one_moment_cannot_spend_the_same_rest(it: Bench) -> None:
    chat = await it.chat(1)
    model = it.guarded(of(RESERVED * 5, PLENTY))
    # Slow, so that all reserve before the first is settled.
    await it.script({"text": "Yes.", "times": 0, "cost": float(RESERVED), "seconds": 0.5})
    results = await asyncio.gather(
        *(it.ask(model=model, conversation_id=chat) for _ in range(40)), return_exceptions=True
    )
    assert sum(isinstance(result, ModelAnswer) for result in results) == 5
    refused = [result for result in results if isinstance(result, ModelUnavailable)]
    assert {result.reason for result in refused} == {Reason.BUDGET}
    assert len(refused) == 35
    assert len(await it.calls(5)) == 5
    spent = await it.rows("select dollars from model_spending")
    assert [row.dollars for row in spent] == pytest.approx([RESERVED * 5] * 2)


async def test_what_was_reserved_and_not_spent_is_free_again(it: Bench) -> None:
    model = it.guarded(of(PLENTY, RESERVED))
    await it.script({"text": "Yes.", "times": 0, "cost": 0})
    for _ in range(3):
        await it.ask(model=model)
    # A refusal before anything was generated costs nothing either.
    await it.script({"fault": "status", "status": 400}, {"text": "Yes."})
    assert (await it.refusal(model=model)).reason is Reason.REFUSED
    await it.ask(model=model)


async def test_a_call_whose_process_died_goes_on_counting(it: Bench) -> None:
    model = it.guarded(of(PLENTY, RESERVED))
    await it.script({"text": "Late.", "seconds": 30})
    task = asyncio.create_task(it.ask(model=model))
    await eventually(
        lambda: it.rows("select 1 from model_calls where outcome = 'open'"), what="the call is reserved"
    )
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await it.refusal(model=model)).reason is Reason.BUDGET


async def test_the_next_business_day_has_a_new_budget(it: Bench, database_url: str) -> None:
    model = it.guarded(of(PLENTY, RESERVED))
    await it.ask(model=model)
    assert (await it.refusal(model=model)).reason is Reason.BUDGET
    await advance(database_url, DAY_SECONDS)
    await it.ask(model=model)
    rows = await it.rows("select day from model_calls order by id")
    assert (rows[1].day - rows[0].day).days == 1


async def test_the_day_begins_at_midnight_of_the_business_time_zone(it: Bench) -> None:
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        await it.ask(model=it.guarded(Budgets(PLENTY, PLENTY, zone)))
    rows = await it.rows(
        "select day, (majlis_now() at time zone 'Pacific/Kiritimati')::date as east,"
        " (majlis_now() at time zone 'Pacific/Pago_Pago')::date as west from model_calls order by id"
    )
    assert (rows[0].day, rows[1].day) == (rows[0].east, rows[1].west)
    assert rows[0].day != rows[1].day
