"""The command `majlis report`. It imports what it needs itself, so that help is there at once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer


def report(
    weeks: Annotated[int, typer.Option(min=1, max=104, help="How many whole weeks, the newest last.")] = 1,
    out: Annotated[
        Path | None,
        typer.Option(help="The file to write, over one that is there; else majlis-report-DATE.html, here."),
    ] = None,
) -> None:
    """Write one HTML page about the last whole weeks: sales, answers, people, costs, rules that were broken.

    The page needs no network and holds no personal data.
    """
    from app.report import report_now
    from app.settings import read_settings

    typer.echo(f"The report is in {asyncio.run(report_now(read_settings(), weeks, out))}.")
