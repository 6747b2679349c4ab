"""The message_templates table: what Wazzup said of the account's templates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.templates import Template

_READ = text(
    "select guid, name, category, language, status, channels, variables, text, media_header"
    " from message_templates where guid = any(:guids)"
)
_KEEP = text(
    "insert into message_templates"
    " (guid, name, category, language, status, channels, variables, text, media_header)"
    " values (:guid, :name, :category, :language, :status, :channels, :variables, :text, :media_header)"
    " on conflict (guid) do update set name = excluded.name, category = excluded.category,"
    " language = excluded.language, status = excluded.status, channels = excluded.channels,"
    " variables = excluded.variables, text = excluded.text, media_header = excluded.media_header,"
    " changed_at = majlis_now()"
)
_DROP_OTHERS = text("delete from message_templates where guid <> all(:guids)")
_SET_STATUS = text(
    "update message_templates set status = :status, changed_at = majlis_now() where guid = :guid"
)


async def read_templates(connection: AsyncConnection, guids: Iterable[str]) -> Sequence[Template]:
    """Those of these templates that Wazzup lists."""
    rows = await connection.execute(_READ, {"guids": [guid.casefold() for guid in guids]})
    return [Template(**{**row._mapping, "channels": frozenset(row.channels)}) for row in rows]


async def keep_templates(connection: AsyncConnection, templates: Sequence[Template]) -> None:
    """Put this list in the place of what was known."""
    kept = {template.guid.casefold(): template for template in templates}
    # In one order, so that two workers that read at once do not wait for each other in a circle.
    for guid, template in sorted(kept.items()):
        row = {**asdict(template), "guid": guid, "channels": sorted(template.channels)}
        await connection.execute(_KEEP, row)
    await connection.execute(_DROP_OTHERS, {"guids": sorted(kept)})


async def set_status(connection: AsyncConnection, guid: str, status: str) -> None:
    """Note a template's new status; one that nobody knows is left to the next reading of the list."""
    await connection.execute(_SET_STATUS, {"guid": guid.casefold(), "status": status})
