"""The launcher of the embedded Postgres: first start, second start, kills, stale files, orphans."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from app.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError
from app.settings import PROJECT_ROOT

# A launcher in a process of its own, so that it can be killed: prints address and pid, then waits.
LAUNCHER = """
import sys
from pathlib import Path
from app.embedded_postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), log_file=Path(sys.argv[1] + ".log"))
print(server.start(), server.data_folder.joinpath("postmaster.pid").read_text().split()[0], flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cluster for this module: initdb is the slow part."""
    return tmp_path_factory.mktemp("embedded") / "postgres"


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(folder, log_file=folder.with_name("postgres.log")) as started:
        yield started


def one_value(url: str, query: str) -> object:
    with psycopg.connect(url, connect_timeout=2) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def server_process(folder: Path) -> int:
    return int((folder / "postmaster.pid").read_text().split()[0])


def wait_for(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, f"waited 20 s for {what}"
        time.sleep(0.02)  # between looks at another process's state, which has no event to wait for


def is_gone(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_the_first_start_gives_a_utf8_database_with_the_extensions(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url) as connection:
        extensions = {row[0] for row in connection.execute("select extname from pg_extension")}
        locale = connection.execute(
            "select pg_encoding_to_char(encoding), datlocale from pg_database"
            " where datname = current_database()"
        ).fetchone()
    assert {"vector", "pg_trgm", "unaccent"} <= extensions
    assert locale == ("UTF8", "C.UTF-8")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("max_wal_size", "256MB"),
        ("shared_buffers", "128MB"),
        ("listen_addresses", "127.0.0.1"),
        ("idle_in_transaction_session_timeout", "1min"),
    ],
)
def test_the_server_runs_with_our_settings(server: EmbeddedPostgres, setting: str, value: str) -> None:
    assert one_value(server.url, f"show {setting}") == value


def test_nobody_from_another_address_is_let_in(folder: Path, server: EmbeddedPostgres) -> None:
    rules = (folder / "pg_hba.conf").read_text().split("\n")
    assert [rule.split()[:1] + rule.split()[-2:] for rule in rules if rule] == [
        ["local", "all", "trust"],
        ["host", "127.0.0.1/32", "trust"],
    ]


def test_a_second_start_leaves_the_running_server_alone(server: EmbeddedPostgres) -> None:
    second = EmbeddedPostgres(server.data_folder)
    before = server_process(server.data_folder)
    assert second.start() == server.url
    assert not second.is_ours
    second.stop()
    assert server_process(server.data_folder) == before
    assert one_value(server.url, "select 1") == 1


def test_a_killed_server_comes_back_at_its_address_with_what_was_committed(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("create table if not exists kept (value int)")
        connection.execute("insert into kept values (42)")
    address, killed = server.url, server_process(server.data_folder)
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: is_gone(killed), "the killed server")
    assert server.start() == address
    assert one_value(address, "select value from kept limit 1") == 42


def test_a_pid_file_that_names_a_zombie_does_not_stop_a_start(folder: Path) -> None:
    """Where the first process of a container never reaps, a killed server stays a zombie for ever."""
    with EmbeddedPostgres(folder, log_file=folder.with_name("postgres.log")):
        left_behind = (folder / "postmaster.pid").read_text().split("\n")
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    wait_for(lambda: is_gone(zombie.pid), "a zombie")
    (folder / "postmaster.pid").write_text("\n".join([str(zombie.pid), *left_behind[1:]]))
    with EmbeddedPostgres(folder, log_file=folder.with_name("postgres.log")) as server:
        assert one_value(server.url, "select 1") == 1
    zombie.wait()


def test_a_pid_file_that_names_a_stranger_does_not_stop_a_start(folder: Path) -> None:
    """After a container's restart the recorded id belongs to another program."""
    with EmbeddedPostgres(folder, log_file=folder.with_name("postgres.log")):
        left_behind = (folder / "postmaster.pid").read_text().split("\n")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        (folder / "postmaster.pid").write_text("\n".join([str(stranger.pid), *left_behind[1:]]))
        with EmbeddedPostgres(folder, log_file=folder.with_name("postgres.log")) as server:
            assert one_value(server.url, "select 1") == 1
        assert stranger.poll() is None
        stranger.communicate(b"\n")


def test_a_killed_launcher_takes_its_server_with_it_and_the_next_start_works(folder: Path) -> None:
    launcher = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROJECT_ROOT,
    )  # fmt: skip
    assert launcher.stdout is not None
    assert launcher.stdin is not None
    _, process = launcher.stdout.readline().split()
    launcher.kill()
    launcher.wait()
    launcher.stdout.close()
    launcher.stdin.close()
    with EmbeddedPostgres(folder, log_file=folder.with_name("postgres.log")) as server:
        assert is_gone(int(process))
        assert server_process(folder) != int(process)
        assert one_value(server.url, "select 1") == 1


def test_stop_leaves_no_process_and_may_be_called_twice(folder: Path) -> None:
    server = EmbeddedPostgres(folder, log_file=folder.with_name("postgres.log"))
    server.start()
    process = server_process(folder)
    server.stop()
    server.stop()
    assert is_gone(process)
    assert not (folder / "postmaster.pid").exists()


def test_a_folder_of_another_major_version_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    folder.mkdir()
    (folder / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedPostgresError, match=r"made by Postgres 17, this is Postgres 18: dump it"):
        EmbeddedPostgres(folder).start()


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    folder.mkdir()
    (folder / "thesis.txt").write_text("mine")
    with pytest.raises(EmbeddedPostgresError, match="holds something that is not a Postgres cluster"):
        EmbeddedPostgres(folder).start()
    assert (folder / "thesis.txt").read_text() == "mine"


def test_a_first_start_that_was_cut_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    half = tmp_path / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(tmp_path / "postgres", log_file=tmp_path / "postgres.log") as server:
        assert one_value(server.url, "select 1") == 1
    assert not half.exists()
