"""Processes of a test that take orders as JSON lines and answer each with one."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ANSWER_SECONDS = 60


@dataclass(frozen=True)
class OrderedProcess:
    """One such process."""

    process: asyncio.subprocess.Process

    @property
    def pid(self) -> int:
        return self.process.pid

    async def tell(self, **order: object) -> None:
        """Give an order without waiting for its answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        await self.process.stdin.drain()

    async def answer(self) -> Any:
        """The answer to the oldest order that has none."""
        assert self.process.stdout is not None
        async with asyncio.timeout(ANSWER_SECONDS):
            line = await self.process.stdout.readline()
        assert line, "the process ended"
        return json.loads(line)

    async def do(self, **order: object) -> Any:
        """Give an order and wait for its answer."""
        await self.tell(**order)
        return await self.answer()

    async def kill(self) -> None:
        """`kill -9`, frozen or not."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()


@asynccontextmanager
async def ordered_processes(
    count: int, module: str, *arguments: str, faults: Path | None = None
) -> AsyncIterator[list[OrderedProcess]]:
    """Processes of `module` that said that they are ready; killed at the end.

    `faults` is the folder of orders for `storage.steps`.
    """
    environment = os.environ | ({} if faults is None else {"MAJLIS_FAULTS": str(faults)})
    pipe = asyncio.subprocess.PIPE
    started = [
        OrderedProcess(
            # an answer may speak for a great many callers
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                module,
                *arguments,
                stdin=pipe,
                stdout=pipe,
                limit=2**22,
                env=environment,
            )
        )
        for _ in range(count)
    ]
    try:
        for process in started:
            assert await process.answer() == "ready"
        yield started
    finally:
        await asyncio.gather(*(process.kill() for process in started))
