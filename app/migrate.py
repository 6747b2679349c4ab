"""Bring a database to the newest revision; several processes may try at once, one does it."""

from __future__ import annotations

from enum import Enum
from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.roles import grant_rights

# Any number will do as long as nothing else in the database uses it as an advisory lock.
_MIGRATION_LOCK = 7_305_811


def migrate(database_url: str) -> None:
    """Run all missing revisions on `database_url` (postgresql://…), waiting for a concurrent run.

    Then each process' role, if there are such, gets its rights (`app.roles`).
    """
    config = _config()
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        with engine.connect() as connection:
            connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            connection.commit()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
            grant_rights(connection)
            connection.commit()
            connection.execute(text("select pg_advisory_unlock(:lock)"), {"lock": _MIGRATION_LOCK})
            connection.commit()
    finally:
        engine.dispose()


class Revision(Enum):
    """Where a database stands against this version's revisions."""

    NONE = "none"
    OLDER = "older"
    HEAD = "head"
    # A newer version of Majlis brought it there.
    UNKNOWN = "unknown"


async def revision_of(connection: AsyncConnection) -> Revision:
    """Where the database stands."""
    if (await connection.execute(text("select to_regclass('alembic_version')"))).scalar() is None:
        return Revision.NONE
    current = (await connection.execute(text("select version_num from alembic_version"))).scalar()
    if current is None:
        return Revision.NONE
    script = ScriptDirectory.from_config(_config())
    if current == script.get_current_head():
        return Revision.HEAD
    known = {revision.revision for revision in script.walk_revisions()}
    return Revision.OLDER if current in known else Revision.UNKNOWN


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("migrations")))
    config.set_main_option("path_separator", "os")
    return config
