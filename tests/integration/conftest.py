"""A database that holds the sample catalog, made once: tests look at it inside a transaction of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.embedded_postgres import EmbeddedPostgres
from app.roles import ACTIONS
from catalog.load import load_sample_catalog
from storage.pool import create_engine
from tests.integration.doctor_support import Clinic, clinic
from tests.integration.llm_support import llm_bench
from tests.integration.off_script_support import Chat, copy_of
from tests.roles import with_roles
from tests.support import Database

CHAT_ONE = (
    "insert into conversations (id, channel_id, chat_type, chat_id, last_customer_message_at)"
    " overriding system value values (1, 'of tests', 'whatsapp', '971500000001', majlis_now())",
    "insert into turns (id, conversation_id, text, language, due_at)"
    " overriding system value values (1, 1, 'hello', 'en', clock_timestamp())",
)


async def _load(url: str) -> None:
    engine = create_engine(url, test_clock=True)
    async with engine.begin() as connection:
        await load_sample_catalog(connection)
    await engine.dispose()


@pytest.fixture(scope="session")
def catalog_url(postgres_server: EmbeddedPostgres) -> Iterator[str]:
    """The address of the database with the sample catalog; nobody commits anything to it."""
    base = postgres_server.url.rpartition("/")[0]
    with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        connection.execute("create database sample_catalog template majlis")
    asyncio.run(_load(f"{base}/sample_catalog"))
    yield f"{base}/sample_catalog"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        connection.execute("drop database sample_catalog with (force)")


@pytest.fixture
async def shop(catalog_url: str) -> AsyncIterator[AsyncConnection]:
    """A connection to the sample catalog, with chat 1 and its turn 1; what a test changes is rolled back."""
    engine = create_engine(catalog_url, test_clock=True)
    async with engine.connect() as connection:
        for statement in CHAT_ONE:
            await connection.execute(text(statement))
        yield connection
    await engine.dispose()


@pytest.fixture
def db(database_url: str, engine: AsyncEngine) -> Database:
    """A fresh database, and what tests ask of it and do to it."""
    return Database(database_url, engine)


@pytest.fixture
async def chat(catalog_url: str) -> AsyncIterator[Chat]:
    """A chat on a copy of the sample catalog, with a scripted model on a real socket."""
    async with copy_of(catalog_url) as url:
        engine = create_engine(url, test_clock=True)
        # With no other rights than the action server's, which asks the model.
        of_model = create_engine(with_roles(url)[ACTIONS], test_clock=True)
        async with llm_bench(of_model) as bench:
            yield Chat(Database(url, engine), bench, of_model)
        await of_model.dispose()
        await engine.dispose()


@pytest.fixture
async def healthy(engine: AsyncEngine, database_url: str, tmp_path: Path) -> AsyncIterator[Clinic]:
    """An installation in which the doctor finds nothing."""
    async with clinic(engine, database_url, tmp_path / "home") as opened:
        yield opened
