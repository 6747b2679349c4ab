"""The desk in the manager's own chat: reads commands, carries them out and says what was done (design §3.10).

Everything happens in the transaction that also stores the answer, so a command takes effect once and is
answered once. Whoever writes from the manager's number is the manager; nothing a customer writes comes here.
"""

from __future__ import annotations

import difflib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales import manager_words as words
from sales.approval_job import ask_for_entry
from sales.case_summary import read_case
from sales.chat_code import chat_with, code_of
from sales.discount_storage import (
    ApprovalState,
    approve,
    approved_discount,
    newest_approval,
    waiting_approvals,
)
from sales.hand_over_reason import Reason, in_words
from sales.house_state import read_pause
from sales.manager_chat import CHAT_TYPE, ManagerChat
from sales.manager_commands import Command, Language, Verb, language_of, parse
from sales.notice_job import CrmLinks
from sales.ownership import Owner
from sales.ownership_storage import give_back, hand_over, own_owner
from sales.quote import QuoteState
from sales.quote_storage import find_quote, standing_quote
from sales.sale_storage import lock_sale

# A message holds that many well; whoever has more open looks into Zoho.
_LISTED = 10
_MOST_LINES = 10

_NOW = text("select majlis_now()")
_PERSONS = text(
    "select o.conversation_id, o.reason, o.changed_at from owners o join conversations c"
    " on c.id = o.conversation_id where o.owner = 'person'"
    " and not (c.chat_type = :type and c.chat_id = :chat)"
    " order by o.changed_at desc, o.conversation_id desc"
)
# A discount that was asked for and neither approved since nor made pointless.
_UNDECIDED = text(
    "select q.conversation_id, q.id from jobs j join quotes q on j.key = 'discount:' || q.id"
    " where j.kind = 'crm.task' and q.state = 'sent' and q.valid_until > majlis_now() and not exists"
    " (select from discount_approvals a where a.quote_id = q.id)"
    " and not exists (select from crm_links l join approved_discounts d on d.deal_id = l.deal_id"
    " where l.conversation_id = q.conversation_id and d.withdrawn_at is null and d.seen_at > j.created_at)"
    " order by q.id desc"
)
_WROTE_AT = text(
    "select id, last_customer_message_at as at from conversations where id = any(:chats)"
    " order by last_customer_message_at, id"
)

# The chats whose customer waits for an answer.
Unanswered = Callable[[AsyncConnection], Awaitable[Sequence[int]]]


@dataclass(frozen=True)
class Desk:
    """Answers the manager (port `turns.ports.ManagerDesk`).

    `links` lead to the records of chats; `has_zoho`: whether a discount can be entered at all; `zone` is the
    seller's.
    """

    chat: ManagerChat
    links: CrmLinks
    has_zoho: bool
    zone: str
    unanswered: Unanswered

    async def serves(self, connection: AsyncConnection, conversation_id: int) -> bool:
        """Whether this conversation is the manager's."""
        return await self.chat.is_it(connection, conversation_id)

    def decide_language(self, words: str, previous_reply_language: str | None) -> tuple[str, str]:
        """The language of the words but for codes, of which some look like Arabizi ("3BQH"); twice."""
        language = language_of(words, "ar" if previous_reply_language == "ar" else "en")
        return language, language

    async def answer(
        self, connection: AsyncConnection, turn_id: int, said: str, language: str
    ) -> Sequence[str]:
        """Carry out each line, in the caller's transaction; what to say to it, a message each.

        `said` is empty for what is not written. `language` is the chat's, for lines that show none.
        """
        known: Language = "ar" if language == "ar" else "en"
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        if not lines:
            return [words.ready([words.say("only_text", known)])]
        answers = [
            words.ready(await self._line(connection, turn_id, parse(line), language_of(line, known)))
            for line in lines[:_MOST_LINES]
        ]
        left = len(lines) - _MOST_LINES
        if left > 0:
            answers.append(words.ready([words.say("too_many", known, read=_MOST_LINES, left=left)]))
        return answers

    def gave_up(self, said: str, language: str) -> str:
        """What to say when a command failed again and again."""
        line = " / ".join(said.split("\n"))[:200]
        return words.ready([words.say("gave_up", "ar" if language == "ar" else "en", line=line)])

    async def _line(
        self, connection: AsyncConnection, turn_id: int, command: Command, language: Language
    ) -> list[str]:
        if command.mistake is not None:
            verb = None if command.verb is None else command.verb.value
            return [words.mistaken(command.mistake, verb, command.code, language)]
        if command.verb is Verb.HELP:
            return [words.say("help", language)]
        if command.code is None:
            return await self._everything(connection, language)
        chat = await chat_with(connection, command.code)
        if chat is None:
            return [await self._unknown(connection, command.code, language)]
        if command.verb is Verb.TAKE:
            return await self._take(connection, chat, command.code, language)
        if command.verb is Verb.BACK:
            return await self._back(connection, chat, command.code, language)
        if command.verb is Verb.APPROVE:
            return [await self._approve(connection, turn_id, chat, command, language)]
        case = await read_case(connection, chat)
        lines = [words.standing(case, self.links.known(case), self.zone, language)]
        return [*lines, *await self._pause(connection, language)]

    async def _take(self, connection: AsyncConnection, chat: int, code: str, language: Language) -> list[str]:
        before = await own_owner(connection, chat)
        if before is Owner.PERSON:
            since = words.moment((await read_case(connection, chat)).since, self.zone)
            return [words.say("taken_already", language, code=code, since=since)]
        now = (await connection.execute(_NOW)).scalar_one()
        await hand_over(connection, chat, reason=Reason.TAKEN, manager_message_at=now)
        return [words.say("taken", language, code=code)]

    async def _back(self, connection: AsyncConnection, chat: int, code: str, language: Language) -> list[str]:
        if await own_owner(connection, chat) is Owner.BOT:
            done = words.say("given_back_already", language, code=code)
        else:
            await give_back(connection, chat, reason=Reason.GIVEN_BACK)
            done = words.say("given_back", language, code=code)
        is_paused = await read_pause(connection) is not None
        return [done, words.say("but_paused", language)] if is_paused else [done]

    async def _approve(
        self, connection: AsyncConnection, turn_id: int, chat: int, command: Command, language: Language
    ) -> str:
        assert command.percent is not None
        code, percent = command.code, words.per_cent(command.percent)
        if not self.has_zoho:
            return words.say("no_zoho", language)
        await lock_sale(connection, chat)
        quote = await standing_quote(connection, chat)
        if quote is None:
            return words.say("no_quote", language, code=code)
        if quote.state is not QuoteState.SENT:
            state = words.state_of(quote.state, language)
            return words.say("quote_over", language, code=code, quote=quote.number, state=state)
        before = await newest_approval(connection, chat)
        in_force = await approved_discount(connection, chat)
        is_on_its_way = before is not None and before.state is ApprovalState.WAITING
        if command.percent == (before.percent if before is not None and is_on_its_way else in_force):
            return words.say("approved_already", language, code=code, percent=percent)
        approval = await approve(
            connection, chat, quote.id, command.percent, who=self.chat.chat_id, turn_id=turn_id
        )
        await ask_for_entry(connection, chat, approval)
        return words.say("approved", language, code=code, percent=percent, quote=quote.number)

    async def _unknown(self, connection: AsyncConnection, code: str, language: Language) -> str:
        codes = list(await self._open(connection))
        near = difflib.get_close_matches(code, codes, n=3, cutoff=0.5)
        if near:
            hint = words.say("did_you_mean", language, codes=", ".join(near))
        elif codes:
            hint = words.say("open_are", language, codes=", ".join(codes[:_LISTED]))
        else:
            hint = words.say("none_open", language)
        return words.say("unknown_code", language, code=code, open=hint)

    async def _open(self, connection: AsyncConnection) -> Mapping[str, int]:
        """The chats a manager may mean: those with people, and those that wait for him; by code."""
        persons = await self._persons(connection)
        undecided = (await connection.execute(_UNDECIDED)).all()
        chats = dict.fromkeys([row.conversation_id for row in (*persons, *undecided)])
        return {await code_of(connection, chat): chat for chat in chats}

    async def _everything(self, connection: AsyncConnection, language: Language) -> list[str]:
        persons = [
            words.say(
                "line_person",
                language,
                code=await code_of(connection, row.conversation_id),
                reason=in_words(row.reason, language),
                since=words.moment(row.changed_at, self.zone),
            )
            for row in await self._persons(connection)
        ]
        undecided = []
        for row in (await connection.execute(_UNDECIDED)).all():
            quote = await find_quote(connection, row.id)
            assert quote is not None
            code = await code_of(connection, row.conversation_id)
            undecided.append(words.say("line_discount", language, code=code, quote=quote.number))
        entering = [
            words.say(
                "line_entry",
                language,
                code=await code_of(connection, approval.conversation_id),
                percent=words.per_cent(approval.percent),
            )
            for approval in await waiting_approvals(connection)
        ]
        pause = await self._pause(connection, language) or [words.say("running", language)]
        return [
            *pause,
            *await self._waiting(connection, language),
            *_listed("persons_are", persons, language, none="no_persons"),
            *_listed("waiting_are", undecided, language, none="no_waiting"),
            *(_listed("on_the_way", entering, language) if entering else ()),
        ]

    async def _pause(self, connection: AsyncConnection, language: Language) -> list[str]:
        pause = await read_pause(connection)
        if pause is None:
            return []
        return [words.say("paused", language, since=words.moment(pause.since, self.zone), who=pause.by)]

    async def _waiting(self, connection: AsyncConnection, language: Language) -> list[str]:
        """While the house is paused: who waits for a person's answer, longest first; people's chats aside."""
        if await read_pause(connection) is None:
            return []
        of_persons = {row.conversation_id for row in await self._persons(connection)}
        chats = [chat for chat in await self.unanswered(connection) if chat not in of_persons]
        waiting = [
            words.say(
                "line_unanswered",
                language,
                code=await code_of(connection, row.id),
                since=words.moment(row.at, self.zone),
            )
            for row in (await connection.execute(_WROTE_AT, {"chats": chats})).all()
        ]
        return _listed("unanswered_are", waiting, language, none="no_unanswered")

    async def _persons(self, connection: AsyncConnection) -> Sequence[Row[Any]]:
        parameters = {"type": CHAT_TYPE, "chat": self.chat.chat_id}
        return (await connection.execute(_PERSONS, parameters)).all()


def _listed(title: str, lines: Sequence[str], language: Language, none: str | None = None) -> list[str]:
    if not lines and none is not None:
        return [words.say(none, language)]
    more = len(lines) - _LISTED
    shown = [words.say(title, language, count=len(lines)), *lines[:_LISTED]]
    return [*shown, words.say("and_more", language, count=more)] if more > 0 else shown
