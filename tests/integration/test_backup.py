"""A backup comes back by the commands of docs/deployment.md, and breaks nothing where it does not belong."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import errors, sql

from app.embedded_postgres import EmbeddedPostgres, binary_folder
from app.migrate import migrate
from app.roles import GATEWAY, as_role, make_roles
from app.settings import PROJECT_ROOT
from storage.pool import create_engine
from tests.integration.off_script_support import copy_of
from tests.integration.turn_support import take
from tests.support import AT_ONCE, Database, message, webhook

_TABLES = "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"


def commands() -> tuple[str, str]:
    """How a backup is made and how it is brought back, as the page says it."""
    page = (PROJECT_ROOT / "docs/deployment.md").read_text()
    block = re.search(r"## Backup and restore\n+```\n(.*?)```", page, re.S)
    assert block is not None
    dump, restore, after = block[1].splitlines()
    assert after.startswith("majlis migrate")
    return dump, restore


def run(command: str, url: str, folder: Path) -> None:
    path = f"{binary_folder()}:{os.environ['PATH']}"
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env={"PATH": path, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def content(url: str) -> dict[str, object]:
    """Each table's rows as one number, each sequence's place, and the database's revision with them."""
    with psycopg.connect(url) as connection:
        found: dict[str, object] = {}
        for (table,) in connection.execute(_TABLES).fetchall():
            rows = sql.SQL("select count(*), md5(string_agg(t::text, '\n' order by t::text)) from {} t")
            found[table] = connection.execute(rows.format(sql.Identifier(table))).fetchone()
        found |= dict(connection.execute("select sequencename, last_value from pg_sequences").fetchall())
        return found


@pytest.fixture
async def shop_url(catalog_url: str) -> AsyncIterator[str]:
    """A database with the sample catalog and a customer whose turn is being taken."""
    async with copy_of(catalog_url) as url:
        engine = create_engine(url, test_clock=True)
        db = Database(url, engine)
        await db.receive(webhook(message("مرحبا, 10 chairs please")), AT_ONCE)
        await take(db)
        await engine.dispose()
        yield url


@pytest.fixture
def new_server(tmp_path: Path) -> Iterator[str]:
    """The address of an empty database on a server that has never seen Majlis."""
    with EmbeddedPostgres(tmp_path / "postgres", log_file=tmp_path / "postgres.log") as server:
        yield server.url


async def test_a_backup_comes_back_on_a_server_that_has_never_seen_majlis(
    shop_url: str, new_server: str, tmp_path: Path
) -> None:
    dump, restore = commands()
    saved = content(shop_url)
    run(dump, shop_url, tmp_path)
    run(restore, new_server, tmp_path)
    make_roles(new_server)
    migrate(new_server)
    assert content(new_server) == saved
    with psycopg.connect(as_role(new_server, GATEWAY)) as gateway:
        gateway.execute("select chat_id from conversations")
        with pytest.raises(errors.InsufficientPrivilege):
            gateway.execute("select body from inbox")


async def test_a_backup_is_not_brought_back_over_what_is_there(shop_url: str, tmp_path: Path) -> None:
    dump, restore = commands()
    run(dump, shop_url, tmp_path)
    saved = content(shop_url)
    with pytest.raises(AssertionError, match="already exists"):
        run(restore, shop_url, tmp_path)
    assert content(shop_url) == saved
