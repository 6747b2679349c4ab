"""`majlis erase` and `majlis export` as processes of their own, as an operator runs them."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.person_support import MANAGER, SECRET, everything, make_person, settings_for
from tests.support import CHAT_ID, OTHER_CHAT_ID, Database
from turns.person_mark import PersonMark

NAME = "Zubaida"


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it printed."""

    code: int | None
    output: str
    errors: str


def environment_of(db: Database, home: Path) -> dict[str, str]:
    """Where an operator has set everything."""
    return {
        "DATABASE_URL": db.url,
        "MAJLIS_HOME": str(home),
        "INTERNAL_SECRET": SECRET,
        "MANAGER_CHAT_ID": MANAGER,
    }


async def majlis(
    db: Database, home: Path, *arguments: str, typed: str = "", environment: Mapping[str, str] | None = None
) -> Ended:
    """Run the command in a process of its own, in the folder `home`."""
    home.mkdir(exist_ok=True)
    given = environment_of(db, home) if environment is None else environment
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "majlis"),
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=home,
        env={**os.environ, **given, "COLUMNS": "200"},
    )
    output, errors = await process.communicate(typed.encode())
    return Ended(process.returncode, output.decode(), errors.decode())


async def test_exported_and_then_erased(db: Database, tmp_path: Path) -> None:
    await make_person(db, CHAT_ID, NAME)
    home = tmp_path / "home"
    exported = await majlis(db, home, "export", "050 123 4567", "--to", "his.zip")
    assert (exported.code, exported.errors) == (0, "")
    assert exported.output.endswith("rows are in his.zip.\n")
    with zipfile.ZipFile(home / "his.zip") as packed:
        assert NAME in packed.read("person.json").decode()
    again = await majlis(db, home, "export", CHAT_ID, "--to", "his.zip")
    assert (again.code, again.errors[:22]) == (1, "his.zip is there alrea")
    nowhere = await majlis(db, home, "export", CHAT_ID, "--to", "missing/his.zip")
    assert (nowhere.code, nowhere.errors) == (
        1,
        "missing/his.zip cannot be written (No such file or directory): name another place with --to.\n",
    )

    erased = await majlis(db, home, "erase", "+971 50 123 4567", "--yes")
    assert (erased.code, erased.errors) == (0, "")
    for store in ("conversations", "outbox", "received_files", "spool of the gateway", "logs"):
        assert f" {store} " in erased.output
    assert "tax law" in erased.output
    assert NAME not in erased.output
    assert CHAT_ID not in erased.output
    assert await db.one("select count(*) from conversations where chat_id = :id", id=CHAT_ID) == 0


async def test_beside_a_sandbox_its_own_settings_count(db: Database, tmp_path: Path) -> None:
    """Who tries Majlis has set nothing: database, secret and the manager's chat are the sandbox's choice."""
    await make_person(db, CHAT_ID, NAME)
    home = tmp_path / "home"
    settings = settings_for(db, home)
    settings.run_folder.mkdir(parents=True)
    state = {
        "gateway_url": "http://127.0.0.1:9",
        "ports": {},
        "database_url": db.url,
        "model": "",
        "sandbox_settings": settings.environment(),
        "pids": {"supervisor": os.getpid()},
    }
    (settings.run_folder / "state.json").write_text(json.dumps(state))
    tried = {"MAJLIS_HOME": str(home)}
    exported = await majlis(db, home, "export", CHAT_ID, "--to", "his.zip", environment=tried)
    assert exported.code == 0, exported.errors
    with zipfile.ZipFile(home / "his.zip") as packed:
        assert f"{NAME} needs you" in packed.read("person.json").decode()
    erased = await majlis(db, home, "erase", CHAT_ID, "--yes", environment=tried)
    assert erased.code == 0, erased.errors
    assert NAME not in (await everything(db)).replace(f"{NAME} Trading", "")
    assert await db.one("select person from erasures") == PersonMark(SECRET).of(CHAT_ID)


async def test_the_managers_own_chat_is_not_erased_by_the_way(db: Database, tmp_path: Path) -> None:
    await make_person(db, CHAT_ID, NAME)
    before = await everything(db)
    ended = await majlis(db, tmp_path / "home", "erase", f"+{MANAGER}", "--yes")
    assert (ended.code, ended.output) == (1, "")
    assert ended.errors.startswith("This is the manager's chat (MANAGER_CHAT_ID)")
    assert await everything(db) == before


async def test_it_asks_first(db: Database, tmp_path: Path) -> None:
    await db.customer("hello")
    refused = await majlis(db, tmp_path / "home", "erase", CHAT_ID, typed="n\n")
    assert refused.code == 1
    assert await db.one("select count(*) from conversations") == 1
    taken = await majlis(db, tmp_path / "home", "erase", CHAT_ID, typed="y\n")
    assert taken.code == 0
    assert await db.one("select count(*) from conversations") == 0


@pytest.mark.parametrize(
    "arguments", [("erase", CHAT_ID, "--yes"), ("export", CHAT_ID)], ids=["erase", "export"]
)
async def test_somebody_unknown_is_said_in_one_sentence(
    db: Database, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    await db.customer("hello", chat_id=OTHER_CHAT_ID)
    ended = await majlis(db, tmp_path / "home", *arguments)
    assert (ended.code, ended.output) == (1, "")
    assert ended.errors.startswith("Nobody with this number or chat id is known here")
    assert len(ended.errors.splitlines()) == 1


async def test_a_store_that_failed_ends_the_command_with_1(db: Database, tmp_path: Path) -> None:
    await make_person(db, CHAT_ID, NAME)
    await db.write(
        "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$"
    )
    await db.write("create trigger refuse before delete on chat_notes for each row execute function refuse()")
    ended = await majlis(db, tmp_path / "home", "erase", CHAT_ID, "--yes")
    assert ended.code == 1
    assert "FAILED" in ended.output
    assert ended.errors == "Not everything is erased: repeat this when what is wrong is mended.\n"
