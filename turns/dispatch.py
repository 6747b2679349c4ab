"""The worker's main loop: claim due chats, run each turn once, finish it under the fence."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sales.hand_over_reason import Reason
from sales.house_state import note_told
from sales.ownership_storage import give_back, hand_over, lock_ownership
from storage.claims import Claims
from storage.lease import Held
from storage.pool import DATABASE_FAILED, is_away
from storage.steps import reach
from turns import metrics, turn_storage, voice_question
from turns.gateway_events import settle_echoes
from turns.ports import (
    BodyReader,
    DialogueEngine,
    EngineFailed,
    EngineLostTurn,
    EngineNotReady,
    LanguageDecision,
    ManagerDesk,
    Reply,
    TurnRequest,
)
from turns.turn_storage import CONVERSATIONS, OpenTurn
from turns.voice import Voice, listen
from turns.voice_storage import Heard

MAX_TRIES = 3
# A try that no ready engine took is repeated soon; a failed one after 1 s, then 4 s.
NOT_READY_DELAY_SECONDS = 0.5
FAILED_DELAY_SECONDS = (1.0, 4.0)
ENGINE_PROBE_SECONDS = 0.25
SHORTEST_PAUSE_SECONDS = 0.01

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Dispatch:
    """Everything a turn needs; one per worker process.

    `apology` is what the customer reads when a turn failed for good, by reply language; it needs neither
    Rasa nor a model; `paused` what he reads, once, while all chats are persons'. `slots` turns run at once.
    `voice` listens to voice messages. `desk` answers the managers' own chats; None without any. `stopping`
    set: `run` takes no more turns and ends with those in hand.
    """

    engine: AsyncEngine
    rasa: DialogueEngine
    reader: BodyReader
    decide_language: LanguageDecision
    apology: dict[str, str]
    sent: asyncio.Event
    voice: Voice
    paused: dict[str, str]
    desk: ManagerDesk | None = None
    slots: int = 16
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Claim and run turns until `stopping` or cancelled; a database that is away is waited for."""
        claims = Claims(
            self.engine,
            CONVERSATIONS,
            "dispatch",
            self._guarded,
            self.slots,
            may_claim=self._engine_ready,
            stopping=self.stopping,
            lost=metrics.TURNS.labels("lost").inc,
            shortest_sleep_seconds=SHORTEST_PAUSE_SECONDS,
        )
        await claims.run()

    async def _engine_ready(self) -> bool:
        ready = await self.rasa.ready()
        metrics.ENGINE_READY.set(1 if ready else 0)
        return ready

    async def _guarded(self, held: Held) -> None:
        """Run one claimed chat; what goes wrong is logged here and the chat is claimed again later."""
        reach("worker.claimed")
        with structlog.contextvars.bound_contextvars(chat=held.id, fence=held.token):
            try:
                await self._turn(held)
            except DATABASE_FAILED as error:
                # The lease ends by itself; nothing was counted.
                log.warning("turn.database_away", error=type(error).__name__)
            except Exception:
                log.exception("turn.broken")
                async with self.engine.begin() as connection:
                    await CONVERSATIONS.release(connection, held, delay_seconds=FAILED_DELAY_SECONDS[-1])

    async def _turn(self, held: Held) -> None:
        if self.desk is not None:
            async with self.engine.begin() as connection:
                is_managers = await self.desk.serves(connection, held.id)
            if is_managers:
                await self._at_desk(held, self.desk)
                return
        await self._listen(held)
        async with self.engine.begin() as connection:
            turn = await self._begin(connection, held)
        if turn is None:
            return
        reach("worker.frozen")
        with structlog.contextvars.bound_contextvars(turn=turn.turn_id), metrics.TURN_SECONDS.time():
            if turn.tries >= MAX_TRIES:
                await self._park(turn, "it failed again and again")
                return
            if turn.heard in {Heard.UNCLEAR, Heard.WRONG}:
                await self._ask_what_was_said(turn)
                return
            try:
                replies = await self.rasa.take_turn(
                    TurnRequest(turn.turn_id, held.id, held.token, turn.text, turn.intent)
                )
            except EngineNotReady as error:
                await self._release(turn, uncounted=True, delay=NOT_READY_DELAY_SECONDS, why=str(error))
            except EngineLostTurn:
                metrics.TURNS.labels("lost").inc()
            except EngineFailed as error:
                await self._failed(turn, str(error))
            else:
                reach("worker.replied")
                await self._answer(turn, replies)

    async def _listen(self, held: Held) -> None:
        """Settle the recordings that wait, before the turn is frozen, so that their words are the turn's."""
        if self.voice.transcriber is None:
            return
        async with self.engine.begin() as connection:
            waiting = await turn_storage.to_hear(connection, held, self.reader)
        await listen(self.engine, self.voice, held.id, waiting)

    async def _at_desk(self, held: Held, desk: ManagerDesk) -> None:
        """A turn of a manager's own chat: nothing is listened to, kept, or asked of Rasa or a model."""
        async with self.engine.begin() as connection:
            turn = await turn_storage.freeze(
                connection, held, self.reader, desk.decide_language, keeps_files=False
            )
            if turn is None:
                return
            await turn_storage.count_try(connection, turn.turn_id, +1)
        reach("desk.frozen")
        with structlog.contextvars.bound_contextvars(turn=turn.turn_id):
            try:
                async with self.engine.begin() as connection:
                    if await CONVERSATIONS.lock(connection, held):
                        await self._answer_manager(connection, turn, desk)
            except DATABASE_FAILED as error:
                if not is_away(error):
                    raise
                await self._release(
                    turn, uncounted=True, delay=NOT_READY_DELAY_SECONDS, why=type(error).__name__
                )
                return
        reach("desk.answered")
        self.sent.set()

    async def _answer_manager(self, connection: AsyncConnection, turn: OpenTurn, desk: ManagerDesk) -> None:
        language = await turn_storage.reply_language(connection, turn.held.id)
        if turn.tries >= MAX_TRIES:
            log.error("desk.gave_up")
            state, said = "parked", [desk.gave_up(turn.text, language)]
        else:
            words = turn.text if turn.intent is None else ""
            state, said = "done", list(await desk.answer(connection, turn.turn_id, words, language))
        reach("desk.before_outbox")
        await turn_storage.finish(
            connection,
            turn,
            state=state,
            replies=[Reply(text=words) for words in said],
            problem="the command failed again and again" if state == "parked" else None,
            regardless_of_owner=True,
        )
        metrics.TURNS.labels(state).inc()

    async def _ask_what_was_said(self, turn: OpenTurn) -> None:
        """Ask about words that were not heard well, or to say them again; the second time a person does."""
        async with self.engine.begin() as connection:
            language = await turn_storage.reply_language(connection, turn.held.id)
            misheard = turn.heard is Heard.WRONG and await turn_storage.misheard_before(connection, turn)
        wording = self.voice.wording
        if misheard:
            await self._answer(turn, [Reply(text=wording.person[language])], gives_to_person=Reason.MISHEARD)
        elif turn.heard is Heard.WRONG:
            await self._answer(turn, [Reply(text=wording.again[language])])
        else:
            question = voice_question.question(wording, turn.turn_id, turn.text, language)
            await self._answer(turn, [question])

    async def _begin(self, connection: AsyncConnection, held: Held) -> OpenTurn | None:
        turn = await turn_storage.freeze(
            connection,
            held,
            self.reader,
            self.decide_language,
            hears=self.voice.transcriber is not None,
            assent=self.voice.assent,
        )
        if turn is None:
            return None
        if turn.started_after_seconds is not None:
            metrics.DUE_TO_START_SECONDS.observe(turn.started_after_seconds)
        await settle_echoes(connection, held.id, self.reader)
        if await self._withheld(connection, turn, new_message=turn.tries == 0):
            return None
        if turn.tries < MAX_TRIES:
            # Counted before it starts, so that a turn that kills its worker is parked in the end.
            await turn_storage.count_try(connection, turn.turn_id, +1)
        return turn

    async def _withheld(self, connection: AsyncConnection, turn: OpenTurn, *, new_message: bool) -> bool:
        """Whether a person owns the chat; then the turn ends in silence."""
        ownership = await lock_ownership(connection, turn.held.id)
        if new_message and ownership.returns(await turn_storage.business_now(connection)):
            await give_back(connection, turn.held.id, reason=Reason.MANAGER_SILENT)
            return False
        if ownership.may_reply(turn.turn_id):
            return False
        said: list[Reply] = []
        if ownership.is_paused and await note_told(connection, turn.held.id, turn.turn_id):
            language = await turn_storage.reply_language(connection, turn.held.id)
            said = [Reply(text=self.paused[language])]
        await turn_storage.finish(
            connection,
            turn,
            state="withheld",
            replies=said,
            problem="Majlis is paused" if ownership.is_paused else "a person owns the chat",
            regardless_of_owner=True,
        )
        if said:
            self.sent.set()
        metrics.TURNS.labels("withheld").inc()
        return True

    async def _answer(
        self, turn: OpenTurn, replies: Sequence[Reply], *, gives_to_person: Reason | None = None
    ) -> None:
        if not replies:
            # The engine's events are kept, so a repeat would be empty again.
            await self._park(turn, "the engine had no reply")
            return
        async with self.engine.begin() as connection:
            if not await CONVERSATIONS.lock(connection, turn.held):
                metrics.TURNS.labels("lost").inc()
                return
            await settle_echoes(connection, turn.held.id, self.reader)
            if await self._withheld(connection, turn, new_message=False):
                return
            if gives_to_person is not None:
                await hand_over(connection, turn.held.id, reason=gives_to_person, turn_id=turn.turn_id)
            await turn_storage.finish(connection, turn, state="done", replies=replies)
            reach("worker.before_commit")
        reach("worker.finished")
        metrics.TURNS.labels("done").inc()
        self.sent.set()

    async def _failed(self, turn: OpenTurn, why: str) -> None:
        if turn.tries + 1 >= MAX_TRIES:
            await self._park(turn, why)
            return
        metrics.TURNS.labels("failed").inc()
        await self._release(turn, uncounted=False, delay=FAILED_DELAY_SECONDS[turn.tries], why=why)

    async def _release(self, turn: OpenTurn, *, uncounted: bool, delay: float, why: str) -> None:
        log.warning("turn.released", counted=not uncounted, why=why)
        while True:
            try:
                async with self.engine.begin() as connection:
                    if uncounted:
                        # Whoever holds the turn by now: this try was none.
                        await turn_storage.count_try(connection, turn.turn_id, -1)
                    await CONVERSATIONS.release(connection, turn.held, delay_seconds=delay)
                return
            except DATABASE_FAILED as error:
                # Often the very reason of the release; without it the try would stay counted.
                log.warning("turn.release_waits", error=type(error).__name__)
                await asyncio.sleep(ENGINE_PROBE_SECONDS)

    async def _park(self, turn: OpenTurn, why: str) -> None:
        """Give up on the turn: apologise and hand the chat to a person."""
        log.error("turn.parked", why=why)
        async with self.engine.begin() as connection:
            if not await CONVERSATIONS.lock(connection, turn.held):
                return
            ownership = await lock_ownership(connection, turn.held.id)
            language = await turn_storage.reply_language(connection, turn.held.id)
            # A person who took over meanwhile answers; an apology would talk over them.
            apology = [Reply(text=self.apology[language])] if ownership.may_reply(turn.turn_id) else []
            await hand_over(connection, turn.held.id, reason=Reason.FAILED, turn_id=turn.turn_id)
            await turn_storage.finish(
                connection, turn, state="parked", replies=apology, problem=why, regardless_of_owner=True
            )
        metrics.TURNS.labels("parked").inc()
        self.sent.set()
