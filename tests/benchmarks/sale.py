"""Whole sales through everything: how long each kind of turn takes, and what a sale costs at Zoho.

Customers buy one after the other, each answered before they write again, as one customer sees it. Jobs of
the sale before run meanwhile, as they do in a shop with several customers.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from app.sync import CATALOG_TICK
from app.up import SANDBOX_ZOHO
from catalog.load import load_sample_catalog
from sales import deal_poll
from storage.pool import create_engine
from tests.benchmarks.rasa_stack import RasaStack
from tests.benchmarks.report import Report, milliseconds, percentile
from tests.benchmarks.stack import wait_until

SALES = 20
# The first of them, whose turns warm caches up, are not counted.
WARM_UP_SALES = 2
OFF_SCRIPT = "action_off_script"
_FIRST_CHAT = 971_530_000_000
_SYNC_SECONDS = 120.0
_JOBS_SECONDS = 120.0

# The kind of each turn and its words; a form is filled in answer by answer.
_SCRIPT = (
    ("frequent question", "do you deliver to Sharjah?"),
    ("search", "2 black office chairs under 900"),
    ("choice", "the first one, 2 pieces"),
    ("form step", "send me a quotation"),
    ("form step", "{company} Trading LLC"),
    ("form step", "Ahmed Ali"),
    ("quote", "ahmed@{company}.ae"),
    ("order", "confirm the order"),
)
# What each kind must have done; a turn that did something else is not measured as one of its kind.
_ACTIONS = {
    "frequent question": "action_company_fact",
    "search": "action_search_products",
    "choice": "action_select_product",
    "form step": "action_request_quote",
    "quote": "action_send_quote",
    "order": "action_place_order",
}
_PRODUCTS = {
    "crm": "calls of CRM",
    "books": "calls of Books",
    "inventory": "calls of Inventory",
    "accounts": "refreshes of the token",
}

# Ticks of the next hours that are taken already make no jobs: what Zoho is asked is the sales' doing.
_NO_TICKS = (
    "insert into cron_ticks (name, due) select %s, at from generate_series(to_timestamp("
    "floor(extract(epoch from clock_timestamp()) / %s) * %s), clock_timestamp() + interval '3 hours',"
    " make_interval(secs => %s)) at on conflict do nothing returning name"
)
# Customers who write faster than people do wait for neither pacing nor the limit of a minute.
_HURRY = (
    "with limits as (update rate_limits set free_at = clock_timestamp() - interval '1 minute')"
    " update conversations set send_paced_until = null, turns_paced_until = null"
    " where coalesce(send_paced_until, turns_paced_until) is not null returning id"
)
_TURN = (
    "select t.id, extract(epoch from t.finished_at - t.due_at)::float8 * 1000,"
    " extract(epoch from max(o.accepted_at) - t.due_at)::float8 * 1000"
    " from turns t join conversations c on c.id = t.conversation_id join outbox o on o.turn_id = t.id"
    " where c.chat_id = %s group by t.id order by t.id"
)
_UNANSWERED = (
    "select t.text, t.state, coalesce(t.problem, '') from turns t"
    " where not exists (select from outbox o where o.turn_id = t.id and o.state = 'accepted')"
)
_TOLD = (
    "select extract(epoch from o.accepted_at - t.due_at)::float8 * 1000 from turns t"
    " join conversations c on c.id = t.conversation_id"
    " join outbox o on o.conversation_id = c.id and o.turn_id is null"
    " where c.chat_id = %s order by t.id desc limit 1"
)
_ACTED = "select turn_id from action_results where action = %s"


def sale(report: Report, stack: RasaStack) -> None:
    """Print milliseconds by kind of turn, the share of turns without a model, and calls to Zoho a sale."""
    stack.debounce(0.05)
    with _zoho(report, stack):
        before: Counter[str] = Counter()
        chats = [str(_FIRST_CHAT + number) for number in range(WARM_UP_SALES + SALES)]
        for number, chat in enumerate(chats):
            if number == WARM_UP_SALES:
                _wait_for_jobs(stack)
                before = _calls(stack)
            report.progress(f"sale {number + 1} of {len(chats)}")
            _buy(stack, chat, number)
        _wait_for_jobs(stack)
        asked = _calls(stack) - before
        _print_turns(report, stack, chats[WARM_UP_SALES:])
        report.table(
            f"What a sale asks of Zoho: {SALES} sales, from the first message to the confirmed order",
            ("", "in all", "a sale"),
            [
                (name, str(asked[product]), f"{asked[product] / SALES:.1f}")
                for product, name in _PRODUCTS.items()
            ],
            "Hourly syncs and the polling of deals are apart, and held back here.",
        )
    stack.debounce(3.0)


@contextmanager
def _zoho(report: Report, stack: RasaStack) -> Iterator[None]:
    """Worker and action server with the sandbox's Zoho and the sample catalog; as before when it ends."""
    report.progress("sale: the catalog is synced from Zoho's stand-in")
    asyncio.run(_load_catalog(stack.bench.postgres.url))
    sandbox = f"http://127.0.0.1:{stack.sandbox_port}"
    connected = {**SANDBOX_ZOHO, "zoho_accounts_url": sandbox, "zoho_api_url": sandbox}
    _put_knobs(stack, finance_calls_per_minute=100_000)
    _restart(stack, connected)
    wait_until(
        lambda: stack.rows("select count(*) from products where zoho_item_id is null") == [(0,)],
        seconds=_SYNC_SECONDS,
        what="the catalog knows Zoho's items",
    )
    _wait_for_jobs(stack)
    for tick in (CATALOG_TICK, deal_poll.TICK):
        stack.rows(_NO_TICKS, tick.name, tick.every_seconds, tick.every_seconds, tick.every_seconds)
    try:
        yield
    finally:
        _restart(stack, {})


async def _load_catalog(url: str) -> None:
    engine = create_engine(url, test_clock=False, size=1)
    async with engine.begin() as connection:
        await load_sample_catalog(connection)
    await engine.dispose()


def _restart(stack: RasaStack, settings: dict[str, str]) -> None:
    stack.worker.stop()
    stack.actions.stop()
    stack.actions = stack.bench.run("actions", stack.settings(**settings))
    stack.worker = stack.bench.run("worker", stack.settings(**settings))
    wait_until(
        lambda: bool(stack.rows("select from workers where name like %s", f"%:{stack.worker.pid}")),
        seconds=60,
        what="the worker is at work",
    )
    # By now the gateway has forgotten that the old action server was ready.
    stack.gateway.wait_until_ready(f"http://127.0.0.1:{stack.gateway_port}/readyz", 60)


def _buy(stack: RasaStack, chat: str, number: int) -> None:
    # Names of companies are unique in Books; digits in them would be read as numbers.
    company = "Dune" + "".join("abdefgklmn"[int(digit)] for digit in f"{number:03}")
    for _, words in _SCRIPT:
        stack.rows(_HURRY)
        stack.customer_writes(chat, words.format(company=company))
        stack.wait_until_at_rest()


def _wait_for_jobs(stack: RasaStack) -> None:
    def done() -> bool:
        stack.rows(_HURRY)
        return stack.rows("select count(*) from jobs where state = 'waiting'") == [(0,)]

    wait_until(done, seconds=_JOBS_SECONDS, what="all jobs are done")
    stack.wait_until_at_rest()


def _print_turns(report: Report, stack: RasaStack, chats: Sequence[str]) -> None:
    acted = {kind: _turns_with(stack, action) for kind, action in _ACTIONS.items()}
    off_script = _turns_with(stack, OFF_SCRIPT)
    stored: dict[str, list[float]] = defaultdict(list)
    sent: dict[str, list[float]] = defaultdict(list)
    turns = set[int]()
    for chat in chats:
        found = stack.rows(_TURN, chat)
        if len(found) != len(_SCRIPT):
            raise RuntimeError(
                f"a sale had {len(found)} answered turns instead of {len(_SCRIPT)}; without an answer are:"
                f" {stack.rows(_UNANSWERED)}"
            )
        for (kind, _), (turn, after_stored, after_sent) in zip(_SCRIPT, found, strict=True):
            turns.add(turn)
            stored[kind].append(after_stored)
            sent[kind].append(after_sent)
        for kind in _ACTIONS:
            if not any(turn in acted[kind] for turn, *_ in found):
                raise RuntimeError(f"no turn of a sale ran {_ACTIONS[kind]}")
    told = [stack.rows(_TOLD, chat)[0][0] for chat in chats]
    usual = percentile(sent["frequent question"], 50)
    report.table(
        f"From due to the reply, by kind of turn: {len(chats)} sales one after the other, debounce 0.05 s",
        ("", "turns", "stored p50 ms", "stored p95 ms", "sent p50 ms", "sent p95 ms", "ratio"),
        [
            (
                kind, str(len(stored[kind])), *_spread(stored[kind]), *_spread(sent[kind]),
                f"{percentile(sent[kind], 50) / usual:.1f}",
            )
            for kind in _ACTIONS
        ]
        + [
            (
                "order's number told", str(len(told)), "", "", *_spread(told),
                f"{percentile(told, 50) / usual:.1f}",
            )
        ],
        "Sent: Wazzup's stand-in has accepted the last message of the reply; a quote's is the fetched PDF.",
        "The ratio is that of the medians of sent, to a frequent question's.",
        f"Turns without a model: {1 - len(turns & off_script) / len(turns):.1%} of {len(turns)}"
        f" ({len(turns & off_script)} ran {OFF_SCRIPT}).",
    )  # fmt: skip


def _turns_with(stack: RasaStack, action: str) -> set[int]:
    return {turn for (turn,) in stack.rows(_ACTED, action)}


def _spread(values: Sequence[float]) -> tuple[str, str]:
    return milliseconds(percentile(values, 50)), milliseconds(percentile(values, 95))


def _calls(stack: RasaStack) -> Counter[str]:
    """Answered calls by product so far, as the stand-in counted them."""
    answer = stack.client.get(f"http://127.0.0.1:{stack.sandbox_port}/control/zoho/calls")
    return Counter(call["product"] for call in answer.raise_for_status().json()["calls"])


def _put_knobs(stack: RasaStack, **knobs: object) -> None:
    url = f"http://127.0.0.1:{stack.sandbox_port}/control/zoho/knobs"
    stack.client.put(url, json=knobs).raise_for_status()
