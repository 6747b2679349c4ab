"""What reviews keep of a person, and how it is erased: the lines are masked, but they are of his chat."""

# ruff: noqa: S608 (statements are put together of our own words only)
from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.personal_data import OF_CHAT, Erased, Person, Rows, Store, read_rows

_VERDICTS = text(
    "select count(*) from quality_verdicts v join quality_reviews r on r.id = v.review_id"
    " where r.conversation_id = any(:chats)"
)
_DELETE = text("delete from quality_reviews where conversation_id = any(:chats)")


async def _erase(connection: AsyncConnection, person: Person) -> Erased:
    # The verdicts go with their review.
    verdicts = (await connection.execute(_VERDICTS, person.parameters())).scalar_one()
    return Erased((await connection.execute(_DELETE, person.parameters())).rowcount + verdicts)


async def _export(connection: AsyncConnection, person: Person) -> Mapping[str, Rows]:
    reviews = f"quality_reviews where {OF_CHAT}"
    return await read_rows(
        connection,
        person,
        {
            "quality_reviews": f"{reviews} order by id",
            "quality_verdicts": f"quality_verdicts where review_id in (select id from {reviews})"
            " order by review_id, rule",
        },
    )


STORES = (Store("quality reviews", ("quality_reviews", "quality_verdicts"), _erase, _export),)
