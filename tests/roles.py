"""A role of its own in the database for each process, with the rights that `majlis migrate` gives."""

from __future__ import annotations

from sqlalchemy import create_engine

from app.roles import ROLE_OF, as_role, grant_rights, make_roles


def with_roles(url: str) -> dict[str, str]:
    """Make the roles on this server, if they are not there, and give them their rights; address by role."""
    make_roles(url)
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.begin() as connection_of_owner:
        grant_rights(connection_of_owner)
    engine.dispose()
    return {role: as_role(url, role) for role in ROLE_OF.values()}
