"""Customers who are in the middle of the quote's questions while what asks them is replaced."""

from __future__ import annotations

import re

from tests.faults.conftest import Chats
from tests.faults.sales import CHOICE, QUOTE

# What another release called the slot and the question; the facts have their own names in the database.
_SLOT, _OTHER_NAME = "contact_name", "person_asked_for"
_RENAMED = "update events set data = replace(data, %s, %s) where sender_id = %s and data like %s returning id"
_CONVERSATION = "select id from conversations where chat_id = %s"
_ASKED = {"company": "company", "name": "your name", "address": "mail"}
ANSWER_SECONDS = 180.0


class Shopper:
    """Somebody who wants a quote and says one thing at a time."""

    def __init__(self, chats: Chats) -> None:
        self.chat_id = chats.new()
        self._chats = chats
        # Digits in names are read as numbers.
        self._word = self.chat_id[-7:].translate(str.maketrans("0123456789", "abdefgklmn")).capitalize()
        self._heard: list[str] = []

    async def asks_for_a_quote(self) -> None:
        """The form is open, knows the company and asks for the name."""
        await self._says(CHOICE)
        assert _ASKED["company"] in await self._says(QUOTE)
        assert _ASKED["name"] in await self._says(f"{self._word} Trading LLC")

    async def comes_from_a_release_with_another_slot(self) -> None:
        """All that is stored of the dialogue has the other name, as if that release had asked."""
        conversation = await self._chats.stack.value(_CONVERSATION, self.chat_id)
        renamed = await self._chats.stack.rows(_RENAMED, _SLOT, _OTHER_NAME, str(conversation), f"%{_SLOT}%")
        assert renamed, "nothing had the name"

    async def says_the_name(self) -> None:
        """The answer is taken, and the next question comes."""
        said = await self._says("Sara Ahmed")
        assert _ASKED["address"] in said
        assert _ASKED["name"] not in said

    async def says_the_address(self) -> None:
        """The last answer: the quote comes."""
        said = await self._says(f"sara@{self._word.lower()}.ae")
        assert re.search(r"Q-\d{4}-\d{5}", said)

    async def was_asked_each_thing_once_and_has_a_quote(self) -> None:
        """Nothing was forgotten, and the quote is for whom it should be."""
        for question in _ASKED.values():
            assert sum(question in said for said in self._heard) == 1, self._heard
        [quote] = await self._chats.stack.rows(
            "select customer from quotes where conversation_id = (select id from conversations"
            " where chat_id = %s) and sent_at is not null",
            self.chat_id,
        )
        customer = quote["customer"]
        known = (customer["company"], customer["contact"], customer["email"])
        assert known == (f"{self._word} Trading LLC", "Sara Ahmed", f"sara@{self._word.lower()}.ae")

    async def _says(self, words: str) -> str:
        stack = self._chats.stack
        before = len(await stack.seen_by(self.chat_id))
        await self._chats.write(self.chat_id, words)
        await stack.settled([self.chat_id], within=ANSWER_SECONDS)
        self._heard.append(
            "\n".join(one["text"] or "" for one in (await stack.seen_by(self.chat_id))[before:])
        )
        return self._heard[-1]
