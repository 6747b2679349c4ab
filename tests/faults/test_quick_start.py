"""The commands of docs/quick-start.md, as a newcomer types them."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import httpx
import pytest

from app.embedded_postgres import free_ports
from app.model import ensure_model
from app.settings import PROJECT_ROOT
from tests.support import eventually


def commands() -> list[str]:
    """The lines of the page's shell blocks, in order."""
    page = (PROJECT_ROOT / "docs/quick-start.md").read_text()
    return [line for block in re.findall(r"```sh\n(.*?)```", page, re.S) for line in block.splitlines()]


async def run(command: str, environment: dict[str, str]) -> tuple[int | None, str]:
    """The end of a command and what it said."""
    process = await asyncio.create_subprocess_shell(
        command, cwd=PROJECT_ROOT, env=environment, stdout=PIPE, stderr=STDOUT
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()


@pytest.mark.timeout(900)
async def test_the_quick_start_runs_as_it_is_written(tmp_path: Path) -> None:
    setup, start, doctor = commands()
    assert (setup, start) == ("make setup", "make run")
    [port] = free_ports(1)
    environment = {
        **os.environ,
        "MAJLIS_HOME": str(tmp_path / "home"),
        "GATEWAY_PORT": str(port),
        # Trained once for the whole checkout.
        "MAJLIS_MODEL": str(ensure_model(PROJECT_ROOT / ".majlis", report=print)),
    }
    code, told = await run(setup, environment)
    assert code == 0, told
    said = tmp_path / "said"
    with said.open("wb") as output:
        running = await asyncio.create_subprocess_shell(
            f"exec {start}",
            cwd=PROJECT_ROOT,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:

        async def printed() -> str:
            assert running.returncode is None, said.read_text()
            found = re.search(r"Phone page: (http\S+)", said.read_text())
            return "" if found is None else found[1]

        page = await eventually(printed, within=600, what="the phone page's address is printed")
        async with httpx.AsyncClient(trust_env=False, follow_redirects=True) as client:
            assert "<html" in (await client.get(page)).text
        code, told = await run(doctor, environment)
        assert code == 0, told
    finally:
        os.killpg(running.pid, signal.SIGINT)
        await asyncio.wait_for(running.wait(), 120)
