"""Which Postgres belongs to a Majlis, and whether one that somebody else runs can carry it."""

from __future__ import annotations

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict

from app.embedded_postgres import EXTENSIONS
from app.errors import StartError
from app.roles import ROLE_OF
from app.settings import Settings, SettingsError
from app.supervisor import read_state

OLDEST_VERSION = 170000
OLDEST_VECTOR = (0, 8)
_CONNECT_SECONDS = 5


class DatabaseUnfit(StartError):
    """The server lacks something; `shortcomings` has a sentence, with its mend, for each."""

    def __init__(self, address: str, shortcomings: list[str]) -> None:
        self.shortcomings = shortcomings
        lines = "\n".join(f"  - {shortcoming}" for shortcoming in shortcomings)
        super().__init__(f"The database at {address} (DATABASE_URL) cannot be used yet:\n{lines}")


def find_database(settings: Settings) -> str:
    """The address of the database that a running Majlis uses: `DATABASE_URL`, or its embedded one.

    Raises:
        SettingsError: when neither is there.
    """
    state = read_state(settings.run_folder) or {}
    url = settings.database_url or state.get("database_url")
    if not url:
        raise SettingsError(
            f"No Majlis runs on {settings.majlis_home}: start one with `majlis up`, or set MAJLIS_HOME "
            "or DATABASE_URL to those of the one that runs."
        )
    return str(url)


def check_server(url: str, *, repair: bool = True) -> None:
    """Look at everything Majlis needs of the server and create the extensions that are missing.

    With `repair` off nothing is changed, and no statement takes longer than five seconds.

    Raises:
        DatabaseUnfit: once, with all shortcomings and the exact statements for the administrator.
    """
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise DatabaseUnfit("?", ["it is not an address that Postgres understands; write it as "
                                  "postgresql://user:password@host:5432/database"]) from None  # fmt: skip
    address = f"{given.get('host', 'localhost')}:{given.get('port', 5432)}"
    try:
        connection = psycopg.connect(url, connect_timeout=_CONNECT_SECONDS, autocommit=True)
    except psycopg.OperationalError as error:
        raise DatabaseUnfit(address, [f"no connection: {_first_line(error)}"]) from None
    with connection:
        if not repair:
            connection.execute(f"set statement_timeout = '{_CONNECT_SECONDS}s'")
        shortcomings = _shortcomings(connection, repair=repair)
    if shortcomings:
        raise DatabaseUnfit(address, shortcomings)


def _shortcomings(connection: psycopg.Connection, *, repair: bool) -> list[str]:
    row = connection.execute(
        """
        select current_setting('server_version_num')::int, current_setting('server_version'),
               current_setting('server_encoding'),
               pg_is_in_recovery() or current_setting('default_transaction_read_only')::bool,
               has_schema_privilege(current_schema(), 'CREATE'), current_schema(), current_user,
               current_database()
        """
    ).fetchone()
    assert row is not None
    number, version, encoding, read_only, may_create, schema, user, database = row
    found: list[str] = []
    if number < OLDEST_VERSION:
        found.append(f"it runs Postgres {version}; Majlis needs 17 or newer")
    if encoding != "UTF8":
        found.append(
            f"the database {database} is encoded in {encoding}; create one with: "
            f"CREATE DATABASE majlis ENCODING 'UTF8' TEMPLATE template0;"
        )
    if read_only:
        return [*found, "it takes no writes (a standby, or default_transaction_read_only is on)"]
    if schema is None:
        found.append(f"the role {user} sees no schema; run: GRANT USAGE, CREATE ON SCHEMA public TO {user};")
    elif not may_create and user in ROLE_OF.values():
        found.append(f"{user} is the role of a process; give DATABASE_URL the owner of the tables here")
    elif not may_create:
        found.append(
            f"the role {user} may not create tables; run: GRANT USAGE, CREATE ON SCHEMA {schema} TO {user};"
        )
    for extension in EXTENSIONS:
        found.extend(_lacking_extension(connection, extension, str(database), repair=repair))
    return found


def _lacking_extension(
    connection: psycopg.Connection, name: str, database: str, *, repair: bool
) -> list[str]:
    row = connection.execute(
        "select installed_version, default_version from pg_available_extensions where name = %s", (name,)
    ).fetchone()
    if row is None:
        return [f"the extension {name} is not installed on the server's host; install its package there"]
    installed, available = row
    version = str(installed or available)
    if name == "vector" and _version(version) < OLDEST_VECTOR:
        if installed and _version(str(available)) >= OLDEST_VECTOR:
            return [f"the extension vector is {version}; in {database} run: ALTER EXTENSION vector UPDATE;"]
        return [f"the extension vector is {version}; Majlis needs 0.8 or newer on the server's host"]
    if installed is None and not repair:
        return [
            f"the extension {name} is missing: `majlis migrate` creates it where it may; else, as an "
            f"administrator, in {database}, run: CREATE EXTENSION {name};"
        ]
    if installed is None:
        try:
            connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))
        except errors.Error as error:
            return [
                f"the extension {name} is missing and may not be created ({_first_line(error)}); "
                f"as an administrator, in {database}, run: CREATE EXTENSION {name};"
            ]
    return []


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:2] if part.isdigit())


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
