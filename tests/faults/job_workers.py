"""Real workers without a Rasa, between one database and one sandbox: they do jobs, and may be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from app.settings import PROJECT_ROOT
from app.worker import OUR_TICKS, ZOHO_TICKS
from tests.integration.zoho_jobs_support import ZohoStreet, settings_at
from tests.support import Database, eventually

# Ticks of the next hours that are taken already make no jobs.
_NO_TICKS = (
    "insert into cron_ticks (name, due) select cast(:name as text), at from"
    " generate_series(to_timestamp(floor(extract(epoch from majlis_now()) / :seconds) * :seconds),"
    " majlis_now() + interval '3 hours', cast(:every as interval)) at"
)
# A machine may do other things too: a worker that starts imports much, and Zoho's retries take their time.
PATIENCE_SECONDS = 60.0


class Workers:
    """Workers of one test; `arm` has the first one that reaches a step kill or freeze itself there.

    `settings` by their names in the environment win over the usual ones.
    """

    def __init__(self, it: ZohoStreet, home: Path, **settings: str) -> None:
        self._db: Database = it.db
        self._home = home
        self.faults = home / "faults"
        self.faults.mkdir()
        self.running: dict[int, subprocess.Popen[bytes]] = {}
        of_zoho = settings_at(it.sandbox.url).environment()
        self._environment = {
            "PATH": os.environ["PATH"],
            "MAJLIS_HOME": str(home),
            "MAJLIS_FAULTS": str(self.faults),
            "DATABASE_URL": it.db.url,
            # Nobody listens there: turns wait, and nothing here is a turn.
            "RASA_URLS": "http://127.0.0.1:1",
            "WAZZUP_API_URL": it.sandbox.url,
            "WAZZUP_API_KEY": "a key that the sandbox refuses",
            **{name: value for name, value in of_zoho.items() if name.startswith("ZOHO_")},
            **settings,
        }

    async def start(self, count: int) -> None:
        """Start workers and wait until they work; they do the test's jobs only."""
        for tick in (*OUR_TICKS, *ZOHO_TICKS):
            every = timedelta(seconds=tick.every_seconds)
            await self._db.write(_NO_TICKS, name=tick.name, every=every, seconds=tick.every_seconds)
        for _ in range(count):
            self._start_one()

        async def all_beat() -> bool:
            alive = {
                int(row.name.rpartition(":")[2]) for row in await self._db.rows("select name from workers")
            }
            return set(self.running) <= alive

        await eventually(all_beat, within=PATIENCE_SECONDS, what=f"{count} workers work")

    def _start_one(self) -> None:
        with (self._home / "worker.log").open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "run", "worker"],
                cwd=PROJECT_ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self.running[process.pid] = process

    def arm(self, step: str, order: str) -> None:
        (self.faults / step).write_text(order)

    async def reached(self, step: str) -> int:
        """Wait until a worker took the order for `step`; its process id."""

        async def taken() -> int | None:
            found = next(self.faults.glob(f"{step}.taken-by-*"), None)
            return None if found is None else int(found.name.rpartition("-")[2])

        pid = await eventually(taken, within=PATIENCE_SECONDS, what=f"a worker reaches {step}")
        assert pid is not None
        return pid

    async def in_doubt(self) -> None:
        """Wait until an attempt of the only job has ended and nobody knows whether it took effect."""

        async def doubtful() -> bool:
            return bool(await self._db.one("select began_at is not null and lease_until is null from jobs"))

        await eventually(doubtful, within=PATIENCE_SECONDS, what="the job is in doubt")

    async def gone(self, pid: int) -> None:
        """Wait until this worker has ended itself."""

        async def ended() -> bool:
            return self.running[pid].poll() is not None

        await eventually(ended, what="the worker is gone")

    def wake(self, pid: int) -> None:
        os.kill(pid, signal.SIGCONT)

    def kill(self, pid: int) -> None:
        self.running[pid].kill()
        self.running[pid].wait()

    def stop(self) -> None:
        """End all of them."""
        for process in self.running.values():
            process.kill()
            process.wait()
