"""The commands about one person. Each imports what it needs itself, so that help is there at once."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

_Person = Annotated[
    str,
    typer.Argument(
        help="A phone number in any spelling, or a chat id as the channel has it.", metavar="PHONE"
    ),
]


def erase(
    person: _Person,
    zoho: Annotated[bool, typer.Option("--zoho", help="Also lead and contact in Zoho CRM.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase a person from every store and print a receipt (docs/operators.md says what stays, and why).

    Ends with 1 when nobody is known by this number, when it is the manager's
    own, or when a store failed; then repeat it.
    """
    import logging

    from rich.console import Console

    from app.erase import erase_now
    from app.logs import configure_logging
    from app.settings import read_settings

    configure_logging("erase", level=logging.CRITICAL)
    if not yes:
        typer.confirm(f"Erase everything that is kept of {person} for good?", abort=True)
    receipt = asyncio.run(erase_now(read_settings(), person, zoho=zoho))
    Console().print(receipt.as_table(), *receipt.hints, sep="\n")
    if receipt.failed:
        typer.echo("Not everything is erased: repeat this when what is wrong is mended.", err=True)
        sys.exit(1)


def export(
    person: _Person,
    to: Annotated[
        Path | None,
        typer.Option(help="The ZIP to write, which must not be there yet; else person-DATE-TIME.zip, here."),
    ] = None,
) -> None:
    """Write everything that is kept of a person into one ZIP that only you can read."""
    from app.export import export_now
    from app.settings import read_settings

    path, rows = asyncio.run(export_now(read_settings(), person, to))
    typer.echo(f"{rows} rows are in {path}.")
