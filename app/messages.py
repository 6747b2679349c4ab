"""What customers are told without having asked just now (port `sales.ports.Messages`), as outbox rows."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales import seller_words
from sales.templates import TemplateUse
from text.bidi import isolate
from turns.outbox import put_one

_LANGUAGE = text("select reply_language from conversations where id = :id")


class OutboxMessages:
    """Speaks with the seller's texts; the sender judges owner and window when it comes to a row."""

    def __init__(self, messages: seller_words.Messages) -> None:
        self._messages = messages

    async def tell(
        self,
        connection: AsyncConnection,
        conversation_id: int,
        response: str,
        values: Mapping[str, str],
        *,
        template: TemplateUse | None = None,
        regardless_of_owner: bool = False,
    ) -> None:
        """Write the text of `wording` as a row."""
        words = await self.wording(connection, conversation_id, response, values)
        await self.say(
            connection, conversation_id, words, template=template, regardless_of_owner=regardless_of_owner
        )

    async def wording(
        self, connection: AsyncConnection, conversation_id: int, response: str, values: Mapping[str, str]
    ) -> str:
        """The text in the chat's language; `response` is its name under `messages` in seller.yml."""
        language = (await connection.execute(_LANGUAGE, {"id": conversation_id})).scalar_one()
        wording: seller_words.InBothLanguages = getattr(self._messages, response)
        return isolate(wording.in_language("ar" if language == "ar" else "en").format(**values))

    async def say(
        self,
        connection: AsyncConnection,
        conversation_id: int,
        words: str | None,
        *,
        template: TemplateUse | None = None,
        regardless_of_owner: bool = False,
    ) -> int:
        """Write one row; see the port."""
        return await put_one(
            connection,
            conversation_id=conversation_id,
            words=words,
            template=template,
            regardless_of_owner=regardless_of_owner,
        )
