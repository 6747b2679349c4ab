"""Each line is put to the model as a customer's turn would be, and what the model said on the way is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.house import read_house, with_model
from app.llm import open_model
from app.settings import Settings
from catalog.load import load_sample_catalog
from catalog.vocabulary import VocabularyDocument, read_document
from offscript.consultation import Advice, OffScript, Question
from offscript.ports import LanguageModel, ModelAnswer, ModelRequest, Purpose
from offscript.token_table import TokenTable
from offscript.vault import vault_of
from sales.fact_values import CustomerFacts
from storage.pool import create_engine
from tests.eval.lines import HardLine
from text.language import language_tag, reply_language

# A free account allows few requests at once, and latencies are to be those of one customer.
_AT_ONCE = 2
# Seals what is thrown away with the database.
_SECRET = "of an evaluation"
_CHAT = text(
    "insert into conversations (channel_id, chat_type, chat_id, last_customer_message_at)"
    " values ('eval', 'whatsapp', :chat, majlis_now()) returning id"
)
_TURN = text(
    "insert into turns (conversation_id, text, language, due_at)"
    " values (:chat, :text, :language, clock_timestamp()) returning id, majlis_now()"
)


@dataclass(frozen=True)
class Result:
    """What came of a line."""

    line: HardLine
    # An intent's name, or answer, human, spam; None when no model gave a usable answer.
    decision: str | None
    # Every text the model wrote for the customer, before the gate.
    drafts: tuple[str, ...]
    advice: Advice
    calls: tuple[tuple[Purpose, ModelAnswer], ...]


class _Overheard:
    """A `LanguageModel` that keeps what another one answers."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.calls: list[tuple[Purpose, ModelAnswer]] = []

    async def complete(
        self, request: ModelRequest, *, conversation_id: int | None, turn_id: int | None, deadline: float
    ) -> ModelAnswer:
        answer = await self._model.complete(
            request, conversation_id=conversation_id, turn_id=turn_id, deadline=deadline
        )
        self.calls.append((request.purpose, answer))
        return answer


async def evaluate(settings: Settings, database_url: str, lines: Sequence[HardLine]) -> list[Result]:
    """Put all lines to the model of the settings; the database is migrated and empty."""
    async with AsyncExitStack() as opened:
        engine = create_engine(database_url, test_clock=False, size=4 * _AT_ONCE)
        opened.push_async_callback(engine.dispose)
        async with engine.begin() as connection:
            await load_sample_catalog(connection)
            vocabulary = await read_document(connection)
        model = open_model(settings, engine)
        if model is None:
            raise ValueError("LLM_TRIAGE_MODELS and LLM_ANSWER_MODELS are empty; name a model in one of them")
        opened.push_async_callback(model.close)
        house = read_house("", _SECRET)
        off_script = with_model(house, engine, model, _SECRET).off_script
        assert off_script is not None
        free = asyncio.Semaphore(_AT_ONCE)

        async def one(number: int, line: HardLine) -> Result:
            async with free:
                return await _put(off_script, engine, vocabulary, number, line)

        return await asyncio.gather(*(one(number, line) for number, line in enumerate(lines)))


async def _put(
    off_script: OffScript,
    engine: AsyncEngine,
    vocabulary: VocabularyDocument,
    number: int,
    line: HardLine,
) -> Result:
    overheard = _Overheard(off_script.model)
    async with engine.begin() as connection:
        question = await _question(connection, vocabulary, number, line)
    advice = await replace(off_script, model=overheard).consult(question)
    answers = [answer for purpose, answer in overheard.calls if purpose == "answer"]
    return Result(
        line,
        _decision(overheard.calls, advice),
        tuple(answer.text for answer in answers if not answer.tool_calls),
        advice,
        tuple(overheard.calls),
    )


async def _question(
    connection: AsyncConnection, vocabulary: VocabularyDocument, number: int, line: HardLine
) -> Question:
    phone = f"+97150{number:07}"
    language = reply_language(language_tag(line.text), None)
    chat_id = (await connection.execute(_CHAT, {"chat": phone[1:]})).scalar_one()
    turn_id, now = (
        await connection.execute(_TURN, {"chat": chat_id, "text": line.text, "language": language})
    ).one()
    return Question(
        conversation_id=chat_id,
        turn_id=turn_id,
        message=line.text,
        history=(),
        earlier=(),
        note="",
        stage="greeting",
        language=language,
        requested_slot=None,
        vault=vault_of(CustomerFacts(), phone),
        tokens=TokenTable(),
        vocabulary=vocabulary,
        shown=(),
        chosen=(),
        quantity=None,
        seats=None,
        now=now,
        waited_seconds=0.0,
        # Nobody waits here who could be asked for patience.
        asked_to_wait=True,
    )


def _decision(calls: Sequence[tuple[Purpose, ModelAnswer]], advice: Advice) -> str | None:
    """What the triage said; None when it said nothing usable."""
    if advice.intent is not None:
        return advice.intent
    # Only an answer to be written is asked for after the triage, and an unusable triage ends the turn.
    was_usable = advice.ending != "unavailable" or any(purpose == "answer" for purpose, _ in calls)
    triage = next((answer for purpose, answer in calls if purpose == "triage"), None)
    if triage is None or not was_usable:
        return None
    return str(orjson.loads(triage.text)["decision"])
