"""What every test may use: a real Postgres, a fresh migrated database, and no network beyond loopback."""

from __future__ import annotations

import gc
import io
import logging
import os
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import hypothesis
import psycopg
import pytest
import pytest_asyncio
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from app.embedded_postgres import EmbeddedPostgres
from app.logs import configure_logging
from app.migrate import migrate
from app.settings import setting_names
from storage.pool import create_engine
from tests.faults.stack import Stack
from tests.roles import with_roles

# They run inside Rasa's environment, with a configuration of their own.
collect_ignore = ["engine"]

# A run of tests can be repeated; whoever looks for new cases turns it off for a while.
hypothesis.settings.register_profile("majlis", derandomize=True, deadline=None)
hypothesis.settings.load_profile("majlis")

# A test never reads the settings of whoever runs it.
for name in setting_names():
    os.environ.pop(name, None)


def pytest_collection_finish() -> None:
    """Thousands of tests are no garbage: looking through them again costs a test that measures a second."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    """What is logged as a process of ours would log it; the tests after it log as before."""
    output = io.StringIO()
    root = logging.getLogger()
    before = root.handlers, root.level
    configure_logging("tests", output=output, level=logging.DEBUG)
    yield output
    root.handlers, root.level = before
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def _refuse_other_hosts(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
        raise PermissionError(f"tests talk to this machine only, not to {address[0]}")


sys.addaudithook(_refuse_other_hosts)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """One embedded server for the whole run; its database `majlis` is the migrated template."""
    home = tmp_path_factory.mktemp("majlis")
    with EmbeddedPostgres(home / "postgres", log_file=home / "logs" / "postgres.log") as server:
        migrate(server.url)
        with_roles(server.url)
        yield server


@pytest.fixture
def database_url(postgres_server: EmbeddedPostgres) -> Iterator[str]:
    """The address of a fresh, migrated database that nobody else uses; dropped afterwards."""
    name = f"test_{uuid4().hex}"
    administration = postgres_server.url.rpartition("/")[0] + "/postgres"
    with psycopg.connect(administration, autocommit=True) as connection:
        connection.execute(f"create database {name} template majlis".encode())
    yield administration.rpartition("/")[0] + f"/{name}"
    with psycopg.connect(administration, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)".encode())


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """The SQLAlchemy engine of `database_url`, with the test clock on."""
    created = create_engine(database_url, test_clock=True)
    yield created
    await created.dispose()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running_stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """Everything started once for the whole test run."""
    stack = Stack(tmp_path_factory.mktemp("stack"))
    try:
        await stack.start()
        yield stack
    finally:
        await stack.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def stack(running_stack: Stack) -> AsyncIterator[Stack]:
    """The running stack, healthy before and after each test."""
    await running_stack.heal()
    yield running_stack


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever comes first waits until the whole product runs, on a busy machine for minutes."""
    for item in items:
        if isinstance(item, pytest.Function) and "running_stack" in item.fixturenames:
            item.add_marker(pytest.mark.timeout(900), append=False)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=None, help="repeat a fault run with the seed it printed")
