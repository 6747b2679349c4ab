"""A role of its own in the database for each process, as an administrator makes them."""

from __future__ import annotations

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import create_engine

from app.roles import ACTIONS, GATEWAY, RASA, WORKER, grant_rights

ROLES = (GATEWAY, RASA, ACTIONS, WORKER)
PASSWORD = "password-of-tests"


def with_roles(url: str) -> dict[str, str]:
    """Make the roles on this server, if they are not there, and give them their rights; address by role."""
    with psycopg.connect(url, autocommit=True) as connection:
        there = {name for (name,) in connection.execute("select rolname from pg_roles")}
        for role in ROLES:
            if role not in there:
                connection.execute(
                    sql.SQL("create role {} login password {}").format(
                        sql.Identifier(role), sql.Literal(PASSWORD)
                    )
                )
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.begin() as connection_of_owner:
        grant_rights(connection_of_owner)
    engine.dispose()
    return {role: as_role(url, role) for role in ROLES}


def as_role(url: str, role: str) -> str:
    """The same database, for this role."""
    given = conninfo_to_dict(url)
    return f"postgresql://{role}:{PASSWORD}@{given['host']}:{given['port']}/{given['dbname']}"
