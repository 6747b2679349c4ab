"""`python -m tests.benchmarks.zoho_tokens`: one refresh for 200 workers, and how long they wait for it.

Four processes with 50 workers each find their token expired at the same moment; a request for a new one
takes 300 ms. Then the same with the process that asks for it killed (`kill -9`) in mid-request: the others
wait for the rest of its lease. Last, a token that is renewed in the background while customers ask for it.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg

from tests.benchmarks.report import Aim, Report, milliseconds, percentile
from tests.benchmarks.stack import Bench
from tests.integration.process_support import OrderedProcess
from tests.integration.token_support import AccountsServer, running_accounts_server, token_of, token_processes

PROCESSES = 4
CALLERS = 50
REQUEST_SECONDS = 0.3
KILLED_LEASE_SECONDS = 2.0
ROUNDS = 3
COLUMNS = ("", "refreshes", "wait p50 ms", "wait max ms", "refresh itself ms")


def change(url: str, assignments: str) -> None:
    """Shift what is stored, as time would."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"update access_tokens set {assignments}".encode())


def expire(url: str) -> None:
    """The stored token is used up, and what was asked so far no longer counts for the budget."""
    change(url, "usable_until = clock_timestamp(), renew_at = clock_timestamp(), asked_at = '{}'")


async def ask_all(processes: Sequence[OrderedProcess]) -> list[Mapping[str, Any]]:
    """What the callers of all processes get, asking at once."""
    for process in processes:
        await process.tell(do="current", callers=CALLERS)
    return [outcome for process in processes for outcome in await process.answer()]


def row(
    name: str, refreshes: int, outcomes: Sequence[Mapping[str, Any]], itself: float
) -> tuple[str, str, str, str, str]:
    """One line of the table. Raises RuntimeError when a caller got no token or an old one."""
    if len({outcome.get("token") for outcome in outcomes}) != 1 or "token" not in outcomes[0]:
        raise RuntimeError(f"{name}: not every caller got the new token")
    waits = [outcome["waited"] * 1e3 for outcome in outcomes]
    return (
        name,
        str(refreshes),
        milliseconds(percentile(waits, 50)),
        milliseconds(max(waits)),
        milliseconds(itself * 1e3),
    )


async def expired(report: Report, url: str, accounts: AccountsServer) -> None:
    """200 workers, one expired token."""
    rows, most = [], 0
    async with token_processes(PROCESSES, url, accounts.url) as processes:
        # Connections are open and modules loaded, as in processes that have worked for a while.
        await ask_all(processes)
        for number in range(1, ROUNDS + 1):
            report.progress(f"an expired token, round {number} of {ROUNDS}")
            expire(url)
            before = accounts.requests
            outcomes = await ask_all(processes)
            most = max(most, accounts.requests - before)
            rows.append(row(f"round {number}", accounts.requests - before, outcomes, REQUEST_SECONDS))
    report.table(f"{PROCESSES} processes x {CALLERS} workers, token expired", COLUMNS, rows)
    report.aim(Aim("refreshes for 200 workers whose token has expired", most, 1, ""))


async def killed(report: Report, url: str, accounts: AccountsServer) -> None:
    """The process that asks is killed before it has its answer."""
    rows = []
    for number in range(1, ROUNDS + 1):
        report.progress(f"the holder killed, round {number} of {ROUNDS}")
        async with token_processes(
            PROCESSES, url, accounts.url, lease_seconds=KILLED_LEASE_SECONDS
        ) as started:
            victim, *others = started
            await ask_all(others)
            expire(url)
            before = accounts.requests
            accounts.may_answer.clear()
            await victim.tell(do="current", callers=CALLERS)
            await accounts.asked(before + 1)
            await victim.kill()
            accounts.may_answer.set()
            outcomes = await ask_all(others)
            rows.append(row(f"round {number}", accounts.requests - before, outcomes, REQUEST_SECONDS))
    note = f"The wait is the rest of the lease, {KILLED_LEASE_SECONDS:g} s here and 30 s in production,"
    report.table(
        f"The holder killed in mid-request, {PROCESSES - 1} processes x {CALLERS} workers wait",
        COLUMNS,
        rows,
        f"{note} and the new request. The killed one's request counts as one of the refreshes.",
    )


async def renewed(report: Report, url: str, accounts: AccountsServer) -> None:
    """Four workers renew in the background at 80 % of the life while callers go on asking."""
    async with token_processes(PROCESSES, url, accounts.url) as processes:
        expire(url)
        await ask_all(processes)
        for process in processes:
            await process.do(do="keep_fresh")
        rows, most = [], 0.0
        for number in range(1, ROUNDS + 1):
            report.progress(f"renewed in the background, round {number} of {ROUNDS}")
            before, old = accounts.requests, (await token_of(processes[0]))["token"]
            change(url, "renew_at = clock_timestamp(), asked_at = '{}'")
            waits: list[float] = []
            while (newest := await ask_all(processes))[0]["token"] == old:
                waits += [outcome["waited"] * 1e3 for outcome in newest]
            waits += [outcome["waited"] * 1e3 for outcome in newest]
            most = max(most, *waits)
            itself = milliseconds(REQUEST_SECONDS * 1e3)
            figures = (milliseconds(percentile(waits, 50)), milliseconds(max(waits)))
            rows.append((f"round {number}", str(accounts.requests - before), *figures, itself))
    report.table(
        f"Renewed in the background, {PROCESSES} processes x {CALLERS} workers ask all the time",
        COLUMNS,
        rows,
    )
    report.aim(Aim("longest wait while the token is renewed in the background", most, 300, "ms"))


async def measure(report: Report, url: str) -> None:
    """All three, on the database at `url`."""
    async with running_accounts_server() as accounts:
        accounts.delay_seconds = REQUEST_SECONDS
        await expired(report, url, accounts)
        await killed(report, url, accounts)
        await renewed(report, url, accounts)


def main() -> int:
    """Run it all on a database of its own."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    report = Report()
    with Bench() as bench:
        asyncio.run(measure(report, bench.postgres.url))
    report.summary()
    return 0


if __name__ == "__main__":
    sys.exit(main())
