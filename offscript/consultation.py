"""One off-script turn from the question to the advice: mask, sort, answer, judge.

Runs between two transactions of the action: what it needs was read before, what comes of it is written
after. In between it waits for a model, up to 20 seconds, and holds nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import structlog
from cryptography.fernet import Fernet
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog.listing import Language
from catalog.product import Product
from catalog.vocabulary import VocabularyDocument
from offscript.answer import Answered, answer
from offscript.blinding import blind, blind_text
from offscript.briefing import Briefing, Said
from offscript.gate import Gate, Sendable
from offscript.masking import Masker
from offscript.memory import payload_of
from offscript.ports import LanguageModel, ModelUnavailable
from offscript.replay import may_replay
from offscript.token_storage import keep_tokens
from offscript.token_table import AMOUNT, TokenTable
from offscript.tools import Proposed, SellerFacts, Toolbox, enter
from offscript.triage import Decision, Triage, triage
from offscript.turn_ledger import TurnLedger
from offscript.vault import Vault
from text.amounts import find_amounts
from text.fold import fold
from text.numbers import plain

Ending = Literal["replayed", "answered", "held", "person", "declined", "unavailable"]

# All models and tools together; the engine gives an action 25.
ANSWER_SECONDS = 20.0
# A customer who has waited so long since the message was due is asked for patience.
PATIENCE_SECONDS = 8.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Question:
    """What the action read for the consultation; nothing in it is masked yet."""

    conversation_id: int
    turn_id: int
    message: str
    # The messages before it, the oldest first, as ("customer" or "seller", text).
    history: Sequence[tuple[Literal["customer", "seller"], str]]
    # And those before them, for the note.
    earlier: Sequence[tuple[Literal["customer", "seller"], str]]
    note: str
    stage: str
    language: Language
    # The slot a form waits for; None outside of forms.
    requested_slot: str | None
    vault: Vault
    tokens: TokenTable
    vocabulary: VocabularyDocument
    # With its place in the list on the screen, from 1, and the moment it was last seen in its source.
    shown: Sequence[tuple[int, Product, datetime]]
    # With that moment, and how many pieces were chosen.
    chosen: Sequence[tuple[Product, datetime, int | None]]
    # Pieces and people that the message itself names.
    quantity: int | None
    seats: int | None
    now: datetime
    # Since the message was due.
    waited_seconds: float
    asked_to_wait: bool
    # The message answers a reminder of the customer's quote.
    was_reminded: bool = False


@dataclass(frozen=True)
class Advice:
    """What came of it. `intent` and `entities` with "replayed", `reply` with "answered"."""

    ending: Ending
    intent: str | None = None
    entities: Sequence[Mapping[str, Any]] = ()
    reply: Sendable | None = None
    proposed: Proposed = field(default_factory=Proposed)
    model: str | None = None
    prompt_version: str | None = None
    held_by: Sequence[str] = ()
    # For the memory's job: masked lines.
    memory: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OffScript:
    """The off-script part of one action server.

    `ask_to_wait` tells the customer of a chat and turn that the answer takes a moment; `codes` in the
    vocabulary are never masked.
    """

    model: LanguageModel
    engine: AsyncEngine
    seal: Fernet
    facts: SellerFacts
    topics: Sequence[str]
    # The category of each word for goods (`catalog.kinds.Kinds.phrases`).
    kinds: Mapping[str, str]
    vat_percent: Decimal
    ask_to_wait: Callable[[int, int], Awaitable[None]]

    async def consult(self, question: Question) -> Advice:
        """Ask the model; whatever goes wrong with it is an ending, never an error."""
        masker = Masker(question.vault, question.tokens, question.vocabulary["skus"])
        briefing = self._briefing(question, masker)
        said = [*_masked(question.earlier, masker), *briefing.history, Said("customer", briefing.message)]
        memory = payload_of(question.turn_id, said)
        # What the table gained has to outlive the turn before anything with its tokens is stored.
        async with self.engine.begin() as connection:
            await keep_tokens(connection, question.conversation_id, question.tokens, self.seal)
        async with self._patience(question):
            return await self._advice(question, briefing, masker, memory)

    async def _advice(
        self, question: Question, briefing: Briefing, masker: Masker, memory: Mapping[str, Any]
    ) -> Advice:
        place: dict[str, Any] = {
            "conversation_id": question.conversation_id,
            "turn_id": question.turn_id,
            "deadline": asyncio.get_running_loop().time() + ANSWER_SECONDS,
        }
        try:
            sorted_as = await triage(self.model, briefing, self._amounts(question, briefing), **place)
            if sorted_as.decision is not Decision.ANSWER:
                return self._without_answer(question, sorted_as, memory)
            ledger = self._ledger(question)
            toolbox = Toolbox(
                self.engine.connect,
                ledger,
                self.facts,
                self.topics,
                question.language,
                masker.restore,
                briefing.customer_wrote,
            )
            gate = Gate(ledger, masker, question.language)
            written = await answer(self.model, briefing, toolbox, gate, **place)
        except ModelUnavailable as error:
            log.warning("offscript.unavailable", reason=error.reason.value)
            return Advice("unavailable", memory=memory)
        facts: dict[str, Any] = {
            "model": written.model,
            "prompt_version": written.prompt_version,
            "held_by": written.held_by,
            "memory": memory,
        }
        if isinstance(written, Answered):
            return Advice("answered", reply=written.reply, proposed=toolbox.proposed, **facts)
        return Advice("person" if written.wants_person else "held", **facts)

    def _without_answer(self, question: Question, sorted_as: Triage, memory: Mapping[str, Any]) -> Advice:
        facts: dict[str, Any] = {
            "model": sorted_as.answer.model,
            "prompt_version": sorted_as.prompt_version,
            "memory": memory,
        }
        if sorted_as.intent is not None:
            if may_replay(sorted_as.intent, question.requested_slot):
                return Advice("replayed", sorted_as.intent, sorted_as.entities, **facts)
            return Advice("held", held_by=("yes to the order",), **facts)
        if sorted_as.decision is Decision.HUMAN:
            return Advice("person", **facts)
        return Advice("declined", **facts)

    def _briefing(self, question: Question, masker: Masker) -> Briefing:
        words = question.vocabulary
        return Briefing(
            message=masker.mask(question.message),
            history=_masked(question.history, masker),
            summary=question.note,
            stage=question.stage,
            language=question.language,
            open_question=question.requested_slot,
            categories=words["categories"],
            colors=words["colors"],
            materials=words["materials"],
            brands=words["brands"],
            shown=[{"option": place, **blind(product)} for place, product, _ in question.shown],
            chosen=[{**blind(product), "quantity": quantity} for product, _, quantity in question.chosen],
            topics=self.topics,
            was_reminded=question.was_reminded,
        )

    def _ledger(self, question: Question) -> TurnLedger:
        """What this turn knows before any tool is called: the list on the screen, and what was chosen."""
        ledger = TurnLedger(
            question.conversation_id, question.turn_id, question.now, self.vat_percent, self.kinds
        )
        for _, product, seen in question.shown:
            enter(ledger, product, seen)
        for product, seen, quantity in question.chosen:
            enter(ledger, product, seen)
            # No lines of a grand total: what a quote says, with its discount, is told by the quote.
            if quantity:
                ledger.add_quantity(product.sku, quantity)
        if question.quantity:
            ledger.add_quantity(None, question.quantity)
        if question.seats:
            ledger.add_licence(Decimal(question.seats), "people")
        for entry in question.tokens.entries:
            if entry.kind != AMOUNT:
                ledger.add_token(f"<{entry.kind}_{entry.number}>")
        return ledger

    @staticmethod
    def _amounts(question: Question, briefing: Briefing) -> Mapping[str, str]:
        """The AED behind each amount of this message; an amount in another currency is none."""
        found = find_amounts(fold(question.message))
        ours = [one for one in found if one.currency in (None, "AED")]
        dirhams = {str(plain(value)) for one in ours for value in one.values}
        tokens = {
            f"<{entry.kind}_{entry.number}>": entry.canonical
            for entry in question.tokens.entries
            if entry.kind == AMOUNT and entry.canonical in dirhams
        }
        return {token: value for token, value in tokens.items() if token in briefing.message}

    @asynccontextmanager
    async def _patience(self, question: Question) -> AsyncIterator[None]:
        """Ask the customer to wait if this block takes long, at most once a turn."""

        async def later() -> None:
            await asyncio.sleep(max(0.0, PATIENCE_SECONDS - question.waited_seconds))
            await self.ask_to_wait(question.conversation_id, question.turn_id)

        asking = None if question.asked_to_wait else asyncio.create_task(later())
        try:
            yield
        finally:
            if asking is not None:
                asking.cancel()
                (outcome,) = await asyncio.gather(asking, return_exceptions=True)
                if isinstance(outcome, Exception):
                    log.warning("offscript.patience_failed", error=type(outcome).__name__)


def _masked(said: Sequence[tuple[Literal["customer", "seller"], str]], masker: Masker) -> list[Said]:
    """Messages as a model may read them: what the seller said without its prices, too.

    One of which nothing is left is left out: servers refuse an empty message.
    """
    masked = ((who, masker.mask(text)) for who, text in said)
    told = (Said(who, blind_text(text) if who == "seller" else text) for who, text in masked)
    return [one for one in told if one.text.strip()]
