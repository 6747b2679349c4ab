"""The `majlis` command. Each command imports what it needs itself, so that help is there at once."""

from __future__ import annotations

import asyncio
import re
import sys
import traceback
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.errors import StartError
from app.interrupts import until_interrupted
from app.person_commands import erase, export
from app.quality_commands import conversations, evaluate
from app.report_command import report

if TYPE_CHECKING:
    from rich.table import Table

    from app.parked import Answer, Parked

majlis = typer.Typer(
    name="majlis",
    help="A rules-first sales assistant on WhatsApp. Settings come from the environment (see the README).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Process(StrEnum):
    """What `majlis run` can run."""

    gateway = "gateway"
    worker = "worker"
    actions = "actions"
    rasa = "rasa"
    sandbox = "sandbox"


tests = typer.Typer(
    name="test", help="Check how well Majlis answers.", no_args_is_help=True, pretty_exceptions_enable=False
)
majlis.add_typer(tests)
parked = typer.Typer(
    name="parked",
    help="List what waits for you: jobs, turns and webhook elements that cannot go on by themselves.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
)
majlis.add_typer(parked)

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@majlis.command()
def up(
    sandbox: Annotated[
        bool,
        typer.Option(help="Play Wazzup, Zoho and the model here, with a phone page and the sample catalog."),
    ] = False,
) -> None:
    """Run everything on this machine until Ctrl-C.

    Starts an embedded Postgres unless DATABASE_URL is set, migrates,
    trains the model if it is stale, and starts every process; what dies
    is started again. Only GATEWAY_PORT has to be free.
    """
    from app.settings import read_settings
    from app.up import up as run_everything

    asyncio.run(run_everything(read_settings(), sandbox=sandbox))


@majlis.command()
def run(process: Annotated[Process, typer.Argument(help="Which process.")]) -> None:
    """Run one process in the foreground, configured by the environment alone."""
    from importlib import import_module

    from structlog import get_logger

    from app.logs import configure_logging
    from app.metrics import share_figures
    from app.settings import read_settings

    settings = read_settings()
    configure_logging(process.value)
    share_figures(settings.majlis_home)
    module = f"app.{process}_process" if process in {Process.rasa, Process.sandbox} else f"app.{process}"
    try:
        import_module(module).main(settings)
    except StartError:
        raise
    except Exception:  # the edge of the process: the log keeps where it broke, without anybody's words
        get_logger(__name__).exception("process.crashed")
        sys.exit(1)


@majlis.command()
def migrate() -> None:
    """Bring the database of DATABASE_URL up to date; several may run at once."""
    from app.database import check_server
    from app.migrate import migrate as run_migrations
    from app.settings import read_settings

    settings = read_settings()
    settings.require("database_url")
    check_server(settings.database_url)
    run_migrations(settings.database_url)


@majlis.command()
def train() -> None:
    """Train the model if its inputs changed; prints where it is."""
    from app.model import ensure_model
    from app.settings import read_settings

    print(
        ensure_model(
            read_settings().majlis_home, report=lambda text: print(text, file=sys.stderr, flush=True)
        )
    )


@majlis.command()
def chat() -> None:
    """Chat with Majlis in this terminal, as a customer; changed YAML is trained before the next message.

    Joins the `majlis up --sandbox` of this MAJLIS_HOME, or starts one.
    """
    from app.chat import chat as run_chat
    from app.settings import read_settings

    until_interrupted(run_chat(read_settings()))


@majlis.command()
def sync(
    accept_removals: Annotated[
        bool,
        typer.Option("--accept-removals", help="Take over a sweep in which many products are gone at once."),
    ] = False,
) -> None:
    """Bring the catalog to what Zoho Inventory says now, and show what changed.

    The worker does so by itself every hour; this joins a run that is
    under way. Ends with 1, and nothing changed, when Zoho is away or the
    sweep is implausible.
    """
    import logging

    from rich.console import Console

    from app.logs import configure_logging
    from app.settings import read_settings
    from app.sync import sync_now

    # What goes wrong is told by the command itself.
    configure_logging("sync", level=logging.CRITICAL)
    until_interrupted(sync_now(read_settings(), Console(), accept_removals=accept_removals))


@majlis.command()
def doctor(
    fix: Annotated[
        bool,
        typer.Option("--fix", help="Have Wazzup deliver to this installation, whoever it delivers to now."),
    ] = False,
) -> None:
    """Look whether everything that Majlis needs is there, and say how to mend what is not.

    Looks at the `majlis up` that runs on this MAJLIS_HOME, else at what the
    environment describes. Nothing is changed without --fix. Ends with 1 when
    there is a problem.
    """
    import logging

    from rich.console import Console

    from app.doctor.visit import visit
    from app.logs import configure_logging
    from app.settings import read_settings

    # What goes wrong is told by the findings.
    configure_logging("doctor", level=logging.CRITICAL)
    if not until_interrupted(visit(read_settings(), Console(), fix=fix)):
        sys.exit(1)


@majlis.command()
def pause() -> None:
    """Give all chats to people at once: Majlis is silent in every chat until `majlis resume`.

    Prints which customers wait for an answer, by the codes of the manager's chat. Safe to repeat.
    """
    from app.pause import pause as give_all_to_persons
    from app.settings import read_settings

    print(asyncio.run(give_all_to_persons(read_settings())))


@majlis.command()
def resume() -> None:
    """Give the chats back after `majlis pause`; each is answered from its customer's next message on."""
    from app.pause import resume as give_all_back
    from app.settings import read_settings

    print(asyncio.run(give_all_back(read_settings())))


@majlis.command()
def clock(
    jump: Annotated[str, typer.Argument(help="How far forward: +25h, +30m, +1d12h, +90s.", metavar="JUMP")],
) -> None:
    """Move business time forward, in Postgres and in the sandbox (tests and demonstrations).

    Needs MAJLIS_TEST_CLOCK=1 here and where Majlis runs.
    """
    from app.clock import advance
    from app.settings import SettingsError, read_settings

    seconds = parse_jump(jump)
    if seconds is None:
        raise SettingsError(f"{jump!r} is not a jump in time: write it like +25h, +30m, +1d12h or +90s.")
    print(f"Business time is now {asyncio.run(advance(read_settings(), seconds)):+.0f} s from real time.")


@parked.callback()
def parked_list(context: typer.Context) -> None:
    """List what waits for you: jobs, turns and webhook elements that cannot go on by themselves."""
    from app.parked import as_table

    if context.invoked_subcommand is None:
        found = _everything_parked()
        if found:
            _show(as_table(found))
        else:
            print("Nothing is parked.")


_Ids = Annotated[list[str] | None, typer.Argument(help="Ids as `majlis parked` lists them.", metavar="ID…")]
_All = Annotated[bool, typer.Option("--all", help="Everything that is parked.")]


@parked.command("show")
def parked_show(
    wanted: Annotated[str, typer.Argument(help="An id as `majlis parked` lists it.", metavar="ID")],
) -> None:
    """Show all that is known of one."""
    from app.parked import as_page

    _show(as_page(_parked_with([wanted], everything=False)[0]))


@parked.command("retry")
def parked_retry(ids: _Ids = None, everything: _All = False) -> None:
    """Try again, once the cause is mended; ends with 1 when one of them cannot be."""
    from app.parked import retry

    _answer(retry, _parked_with(ids, everything=everything))


@parked.command("drop")
def parked_drop(
    ids: _Ids = None,
    everything: _All = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Give up for good: a dropped job is never done, a dropped element is deleted."""
    from app.parked import drop

    wanted = _parked_with(ids, everything=everything)
    if not yes:
        typer.confirm(f"Drop {', '.join(each.id for each in wanted)} for good?", abort=True)
    _answer(drop, wanted)


def _everything_parked() -> list[Parked]:
    from app.parked import connected, everything
    from app.settings import read_settings

    async def ask() -> list[Parked]:
        async with connected(read_settings()) as connection:
            return await everything(connection)

    return asyncio.run(ask())


def _parked_with(ids: list[str] | None, *, everything: bool) -> list[Parked]:
    """The parked things with these ids, or all; an id that is wrong or not there ends the command."""
    from app.parked import is_id

    if bool(ids) == everything:
        raise typer.BadParameter("give ids as `majlis parked` lists them, for example job:12, or --all")
    for written in ids or ():
        if not is_id(written):
            raise typer.BadParameter(f"{written!r} is no id: write it like job:12, turn:7 or element:3")
    found = {each.id: each for each in _everything_parked()}
    if missing := [written for written in ids or () if written not in found]:
        raise typer.BadParameter(f"{', '.join(missing)}: not parked; `majlis parked` lists what is")
    return list(found.values()) if ids is None or everything else [found[written] for written in ids]


def _answer(what: Callable[[Any, list[Parked]], Awaitable[list[Answer]]], wanted: list[Parked]) -> None:
    from app.parked import connected
    from app.settings import read_settings

    async def ask() -> list[Answer]:
        async with connected(read_settings()) as connection:
            return await what(connection, wanted)

    answers = asyncio.run(ask())
    for answer in answers:
        print(f"{answer.id} {answer.sentence}", file=sys.stdout if answer.done else sys.stderr)
    if not all(answer.done for answer in answers):
        sys.exit(1)


def _show(table: Table) -> None:
    from rich.console import Console

    Console().print(table)


tests.command()(conversations)
majlis.command("eval")(evaluate)
majlis.command()(report)
majlis.command()(erase)
majlis.command()(export)


@majlis.command()
def version() -> None:
    """Print the version."""
    from importlib.metadata import version as installed_version

    print(installed_version("majlis"))


def parse_jump(jump: str) -> float | None:
    """Seconds of a jump such as +25h or +1d12h; None when it is none."""
    if not re.fullmatch(r"\+(\d+[smhd])+", jump):
        return None
    return float(sum(int(count) * _SECONDS[unit] for count, unit in re.findall(r"(\d+)([smhd])", jump)))


def main() -> None:
    """The console script: an error is one paragraph and a code that is not 0."""
    try:
        majlis()
    except StartError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except Exception as error:  # the edge: whoever typed the command gets no trace, but where it broke
        place = traceback.extract_tb(error.__traceback__)[-1]
        print(
            f"Majlis stopped on an error of its own: {type(error).__name__}: {error} "
            f"({Path(place.filename).name}, line {place.lineno}).",
            file=sys.stderr,
        )
        sys.exit(1)


if __name__ == "__main__":
    main()
