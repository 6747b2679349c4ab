"""`python -m tests.soak.zoho_limit [minutes]`: do all processes together stay under Zoho's limits?

Three processes of background work ask for as much as they get, all through Majlis' own client. For two thirds
of the time one process asks now and then as customers' turns do; in the last third it asks for as much as it
gets too, so that the whole limit is used. The judge is the sandbox, which counts on its own: 100 calls in any
60 seconds and 5 in flight, with a block for whoever exceeds the first.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.config import SandboxConfig
from sandbox.server import RunningSandbox, start_sandbox
from tests.benchmarks.report import Aim, Report, milliseconds, percentile
from tests.benchmarks.stack import CHANNEL_ID, Bench

USUAL_MINUTES = 3.0
WINDOW_SECONDS = 60.0
# What the service itself takes for an answer.
LATENCY_SECONDS = 0.3
BACKGROUND_PROCESSES = 3
BACKGROUND: dict[str, Any] = {
    "live": False, "callers": 6, "mean_pause_seconds": 0.0, "patience_seconds": 120.0,
}  # fmt: skip
# 15 calls a minute: within what is reserved for live turns.
LIVE: dict[str, Any] = {"live": True, "callers": 5, "mean_pause_seconds": 20.0, "patience_seconds": 15.0}
RUSH: dict[str, Any] = {"live": True, "callers": 8, "mean_pause_seconds": 0.0, "patience_seconds": 60.0}
CALM_SHARE = 2 / 3
PROGRESS_SECONDS = 30.0


async def work(settings: Mapping[str, str], order: Mapping[str, Any]) -> dict[str, Any]:
    """One process of `zoho_worker.py`; what it saw. Raises RuntimeError when it failed."""
    arguments = (json.dumps(settings), json.dumps(order))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.soak.zoho_worker",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        limit=2**22,
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise RuntimeError(f"a process of the soak ended with {process.returncode}; its words are above")
    seen: dict[str, Any] = json.loads(output)
    return seen


async def stage(settings: Mapping[str, str], live: dict[str, Any], seconds: float) -> list[dict[str, Any]]:
    """What the live process and those of the background saw, in this order."""
    orders = [live, *[BACKGROUND] * BACKGROUND_PROCESSES]
    return await asyncio.gather(*(work(settings, {**order, "seconds": seconds}) for order in orders))


async def tell_progress(report: Report, sandbox: RunningSandbox) -> None:
    """A sign of life now and then."""
    while True:
        await asyncio.sleep(PROGRESS_SECONDS)
        minute = sandbox.zoho.minute
        report.progress(
            f"{minute.calls} calls in the last minute, {minute.peak} in the fullest, {minute.refused} refused"
        )


def judge(report: Report, sandbox: RunningSandbox, minutes: float) -> None:
    """What the sandbox counted."""
    calls = [call for call in sandbox.zoho.calls.all if call.product == "inventory"]
    span = calls[-1].at_monotonic - calls[0].at_monotonic
    over_rate = sum(call.code in {44, 45} for call in calls)
    over_flight = sum(call.code == 1070 for call in calls)
    # Over all, the pause between the calm and the rush included.
    per_minute = len(calls) / span * WINDOW_SECONDS
    peak, most = sandbox.zoho.minute.peak, max(call.in_flight for call in calls)
    report.table(
        f"{minutes:g} minutes, counted by the sandbox",
        ("calls", "a minute", "fullest minute", "most in flight", "refused 44/45", "refused 1070", "tokens"),
        [
            (
                f"{len(calls):,}",
                f"{per_minute:.1f}",
                str(peak),
                str(most),
                str(over_rate),
                str(over_flight),
                str(sandbox.zoho.tokens.issued_count),
            )
        ],
    )
    report.aim(Aim("calls in the fullest 60 seconds", peak, 100, ""))
    report.aim(Aim("calls in the fullest 60 seconds: the rush did reach for it", peak, 85, "", at_least=True))
    report.aim(Aim("calls refused for the rate (44, 45)", over_rate, 0, ""))
    report.aim(Aim("calls refused for too many in flight (1070)", over_flight, 0, ""))


def compare(report: Report, seen_by: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """How long callers waited, beyond the service's own time."""
    rows = []
    for name, seen in seen_by.items():
        waits = [(took - LATENCY_SECONDS) * 1e3 for each in seen for took in each["took"]]
        errors: Counter[str] = Counter()
        for each in seen:
            errors.update(each["errors"])
        told = ", ".join(f"{kind}: {count}" for kind, count in errors.items()) or "none"
        figures = (percentile(waits, 50), percentile(waits, 99), max(waits))
        rows.append((name, str(len(waits)), *map(milliseconds, figures), told))
    note = f"From asking to the answer, less the {LATENCY_SECONDS * 1e3:.0f} ms the service takes for it."
    report.table("Waits", ("", "calls", "p50 ms", "p99 ms", "max ms", "errors"), rows, note)


async def soak(report: Report, database_url: str, minutes: float) -> None:
    """The processes, the sandbox and the judgement."""
    config = SandboxConfig(api_key="key-of-the-soak", channel_id=CHANNEL_ID)
    async with start_sandbox(config) as sandbox:
        sandbox.zoho.knobs.update({"latency_seconds": LATENCY_SECONDS})
        settings = {
            "database_url": database_url,
            "zoho_accounts_url": sandbox.url,
            "zoho_api_url": sandbox.url,
            "zoho_client_id": config.zoho_client_id,
            "zoho_client_secret": config.zoho_client_secret,
            "zoho_refresh_token": config.zoho_refresh_token,
            "zoho_organization_id": config.zoho_organization_id,
        }
        progress = asyncio.create_task(tell_progress(report, sandbox))
        try:
            calm = await stage(settings, LIVE, minutes * 60 * CALM_SHARE)
            rush = await stage(settings, RUSH, minutes * 60 * (1 - CALM_SHARE))
        finally:
            progress.cancel()
        judge(report, sandbox, minutes)
        compare(
            report,
            {
                "live turns": calm[:1],
                "background beside them": calm[1:],
                "live turns, a rush": rush[:1],
                "background beside it": rush[1:],
            },
        )


def main() -> int:
    """Run it on a database of its own; the exit code is 2 for an argument that is no number."""
    try:
        minutes = float(sys.argv[1]) if len(sys.argv) > 1 else USUAL_MINUTES
    except ValueError:
        print(f"{sys.argv[1]!r} is no number of minutes", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    report = Report()
    with Bench() as bench:
        asyncio.run(soak(report, bench.postgres.url, minutes))
    report.summary()
    return 0


if __name__ == "__main__":
    sys.exit(main())
