"""The check of a server that somebody else runs: all shortcomings at once, each with its mend."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest

from app.database import DatabaseUnfit, check_server
from app.embedded_postgres import EmbeddedPostgres
from app.roles import WORKER
from tests.roles import with_roles


def administration(server: EmbeddedPostgres) -> psycopg.Connection:
    return psycopg.connect(server.url.rpartition("/")[0] + "/postgres", autocommit=True)


@pytest.fixture
def name(postgres_server: EmbeddedPostgres) -> Iterator[str]:
    """A name for a database and a role; both are gone afterwards."""
    chosen = f"outside_{uuid4().hex}"
    yield chosen
    with administration(postgres_server) as connection:
        connection.execute(f"drop database if exists {chosen} with (force)".encode())
        connection.execute(f"drop role if exists {chosen}".encode())


def address(server: EmbeddedPostgres, user: str, database: str) -> str:
    return f"postgresql://{user}@127.0.0.1:{server.port}/{database}"


def test_a_fit_server_passes_twice_and_gets_its_extensions(
    postgres_server: EmbeddedPostgres, name: str
) -> None:
    with administration(postgres_server) as connection:
        connection.execute(f"create role {name} login".encode())
        connection.execute(f"create database {name} owner {name} template template0".encode())
        # The host's administrator installed what only an administrator may.
        with psycopg.connect(address(postgres_server, "majlis", name), autocommit=True) as owner:
            owner.execute("create extension vector")
    for _ in range(2):
        check_server(address(postgres_server, name, name))
    with psycopg.connect(address(postgres_server, name, name)) as connection:
        extensions = {row[0] for row in connection.execute("select extname from pg_extension")}
    assert {"vector", "pg_trgm", "unaccent"} <= extensions


def test_all_shortcomings_are_told_at_once_with_the_statements(
    postgres_server: EmbeddedPostgres, name: str
) -> None:
    with administration(postgres_server) as connection:
        connection.execute(f"create role {name} login".encode())
        connection.execute(
            f"create database {name} template template0 encoding 'LATIN1'"
            " locale_provider libc locale 'C'".encode()
        )
    with pytest.raises(DatabaseUnfit) as caught:
        check_server(address(postgres_server, name, name))
    assert len(caught.value.shortcomings) == 5
    message = str(caught.value)
    for part in (
        f"127.0.0.1:{postgres_server.port}",
        "CREATE DATABASE majlis ENCODING 'UTF8' TEMPLATE template0;",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {name};",
        "CREATE EXTENSION vector;",
        "CREATE EXTENSION pg_trgm;",
        "CREATE EXTENSION unaccent;",
    ):
        assert part in message


def test_a_server_that_takes_no_writes_is_named(postgres_server: EmbeddedPostgres, name: str) -> None:
    with administration(postgres_server) as connection:
        connection.execute(f"create database {name}".encode())
        connection.execute(f"alter database {name} set default_transaction_read_only = on".encode())
    with pytest.raises(DatabaseUnfit, match="takes no writes"):
        check_server(address(postgres_server, "majlis", name))


def test_a_server_that_is_away_is_named_without_its_password() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        with pytest.raises(DatabaseUnfit, match=rf"(?s)127\.0\.0\.1:{port}.*no connection") as caught:
            check_server(f"postgresql://majlis:hunter2@127.0.0.1:{port}/majlis")
    assert "hunter2" not in str(caught.value)


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(DatabaseUnfit, match="postgresql://user:password@host:5432/database"):
        check_server("postgresql://[broken")


def test_the_role_of_a_process_is_told_that_it_is_one(database_url: str) -> None:
    with pytest.raises(DatabaseUnfit) as refused:
        check_server(with_roles(database_url)[WORKER], repair=False)
    assert refused.value.shortcomings == [
        "majlis_worker is the role of a process; give DATABASE_URL the owner of the tables here"
    ]
