"""Messages that may be said by a template, and what managers are asked to do when they may not."""

from __future__ import annotations

from typing import Any

from app.messages import OutboxMessages
from sales.templates import TemplatePurpose, TemplateUse
from tests.integration.sender_support import SELLER
from tests.support import Database

ORDER = TemplateUse(TemplatePurpose.ORDER_CONFIRMED, {"number": "SO-00017"})
ORDER_TEMPLATE = SELLER.templates.order_confirmed
WORDS = "Your order is confirmed: SO-00017."


async def say(db: Database, words: str | None, use: TemplateUse | None, **more: Any) -> int:
    """An outbox row of the usual chat; its id."""
    async with db.engine.begin() as connection:
        return await OutboxMessages(SELLER.messages).say(
            connection, await db.chat(), words, template=use, **more
        )


async def tasks(db: Database) -> list[str]:
    """The descriptions of what managers are asked to do."""
    rows = await db.rows(
        "select payload ->> 'description' as told from jobs where kind = 'crm.task' order by id"
    )
    return [row.told for row in rows]
