"""The one decorator every action runs under: its effects happen once, whatever is repeated.

Rasa tells the action server nothing of turns, so the turn's id and fence travel in the metadata of the
customer's message. An action's own writes and its stored result share one transaction; when the turn
runs again after a crash, the stored result is returned and nothing is done twice (design §3.6).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

import orjson
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from catalog.kinds import Kinds
from catalog.labels import Labels
from catalog.listing import Language
from catalog.live_price import PriceCheck
from offscript.consultation import OffScript
from sales.seller import Seller
from storage.steps import reach

Events = Sequence[Mapping[str, Any]]
Body = Callable[["Turn"], Awaitable[Events]]
Speaker = Literal["customer", "seller"]
# As many messages back as an action is told of.
_REMEMBERED = 24

# The fence is locked first and held to the end, in the order that storage.lease prescribes.
_FENCE = text("select turn_is_held(:turn, :fence)")
_STORED = text(
    "select result from action_results where turn_id = :turn and ordinal = :ordinal and action = :action"
)
_STORE = text(
    "insert into action_results (turn_id, ordinal, action, result)"
    " values (:turn, :ordinal, :action, cast(:result as jsonb))"
)
_QUESTION = re.compile("[?؟]")


class TurnNotHeld(Exception):
    """Another claim holds the turn, or the call belongs to no turn: nothing was done."""


class WordingMissing(Exception):
    """`domain.yml` has no wording of this response in this language."""


@dataclass(frozen=True)
class House:
    """What every action may know without asking the database; read once, at start."""

    seller: Seller
    labels: Labels
    kinds: Kinds
    # The public address of a quote's PDF, by the quote's id and the moment the address ends.
    quote_link: Callable[[int, datetime], str]
    # Asks the seller's books for what these products cost now, where that is known for more than so many
    # minutes only; None without such books. Never raises for books that are away.
    check_prices: Callable[[Sequence[str], float], Awaitable[Mapping[str, PriceCheck]]] | None = None
    # The model's part; None without a model, and everything else works as it does with one.
    off_script: OffScript | None = None


class Consultation(Protocol):
    """What an action asks of somebody slow, between two transactions; what it wrote before stays."""

    async def prepare(self, turn: Turn) -> Any | None:
        """What is to be asked, read in a transaction of its own; None: nothing."""
        ...

    async def ask(self, house: House, question: Any) -> Any:
        """The answer, which the action finds in `turn.advice`; no transaction is open meanwhile."""
        ...


@dataclass
class Turn:
    """What an action sees of the turn it runs in."""

    turn_id: int
    conversation_id: int
    # In the transaction that also stores the action's result.
    connection: AsyncConnection
    slots: Mapping[str, Any]
    # What the NLU took the customer's message for, and the entities it found in it.
    intent: str
    entities: Sequence[Mapping[str, Any]]
    # The message as NLU read it: folded, and entities count their places in it.
    words: str
    # The message as it was typed, for names and addresses that are kept.
    typed: str
    # Frequent questions that the message asks beside its intent.
    also_asked: Sequence[str]
    house: House
    # The domain's responses, as Rasa sends them with every call.
    wordings: Mapping[str, Sequence[Mapping[str, Any]]]
    # What the turn said so far asks something: at most one question goes out (design §10, rule 5).
    has_asked: bool = False
    # The newest messages before the customer's, the oldest first; only what this session still holds.
    history: Sequence[tuple[Speaker, str]] = ()
    # What the action's consultation answered; None when nothing was asked.
    advice: Any = None
    responses: list[dict[str, Any]] = field(default_factory=list)

    @property
    def language(self) -> Language:
        """The language this turn is answered in."""
        return "ar" if self.slot("reply_language") == "ar" else "en"

    def slot(self, name: str) -> Any:
        """The slot's value, None when it is not filled."""
        return self.slots.get(name)

    def say(self, response: str, **slots: object) -> None:
        """Say a response of the domain; `slots` fill its placeholders."""
        self.responses.append({"response": response, **slots})

    def phrase(self, response: str, **slots: object) -> str:
        """A response of the domain as words to put into another one: a label, a note, a reason.

        Raises:
            WordingMissing: the domain lacks it; nothing is said rather than half a sentence.
        """
        wanted = {"type": "slot", "name": "reply_language", "value": self.language}
        for wording in self.wordings.get(response, ()):
            if wanted in wording.get("condition", ()):
                return str(wording["text"]).format(**slots)
        raise WordingMissing(f"{response} has no wording for reply_language {self.language} in domain.yml")


@dataclass(frozen=True)
class MajlisAction:
    """A registered action: its name and what it does."""

    name: str
    body: Body
    # Ends the turn, whatever rule called it; for actions behind Rasa's fallback, which would call them
    # again and again (`rasa-3.6.md` §4.3).
    ends_turn: bool
    # Whether the customer's details in the message are kept before it runs. A form's validation reads them
    # itself, because what it returns says whether the message was an answer.
    hears: bool
    consultation: Consultation | None = None


REGISTRY: dict[str, MajlisAction] = {}


def majlis_action(
    name: str, *, ends_turn: bool = False, hears: bool = True, consultation: Consultation | None = None
) -> Callable[[Body], Body]:
    """Register an action under the name the domain uses for it."""

    def register(body: Body) -> Body:
        if name in REGISTRY:
            raise ValueError(f"two actions are named {name}")
        REGISTRY[name] = MajlisAction(name, body, ends_turn, hears, consultation)
        return body

    return register


def bound(
    action: MajlisAction, engine: AsyncEngine, house: House, *, hear: Body
) -> Callable[[CollectingDispatcher, Tracker, dict[str, Any]], Awaitable[list[dict[str, Any]]]]:
    """The action as rasa-sdk calls it; `hear` keeps what the message says of the customer, before it.

    Raises TurnNotHeld when the turn was lost, and what the body raises; in both cases nothing was written.
    """

    async def run(
        dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn_id, fence, ordinal = _place(tracker)
        key = {"turn": turn_id, "ordinal": ordinal, "action": action.name}

        async def begin(connection: AsyncConnection) -> Any | None:
            """The stored result, if this call was carried out before, under the fence from here on."""
            held = (await connection.execute(_FENCE, {"turn": turn_id, "fence": fence})).scalar()
            if not held:
                raise TurnNotHeld(f"turn {turn_id} is not held with fence {fence}")
            return (await connection.execute(_STORED, key)).scalar()

        advice = None
        if action.consultation is not None:
            async with engine.begin() as connection:
                turn = _turn(tracker, domain, turn_id, connection, house)
                stored = await begin(connection)
                question = None if stored is not None else await action.consultation.prepare(turn)
            if question is not None:
                advice = await action.consultation.ask(house, question)
        async with engine.begin() as connection:
            result = await begin(connection)
            if result is None:
                turn = _turn(tracker, domain, turn_id, connection, house)
                turn.advice = advice
                heard = await hear(turn) if action.hears else ()
                events = [dict(event) for event in (*heard, *await action.body(turn))]
                if action.ends_turn:
                    events.append({"event": "followup", "name": "action_listen"})
                result = {"events": events, "responses": turn.responses}
                reach("actions.written")
                await connection.execute(_STORE, {**key, "result": orjson.dumps(result).decode()})
        reach("actions.committed")
        for response in result["responses"]:
            dispatcher.utter_message(**response)
        return list(result["events"])

    return run


def _turn(
    tracker: Tracker, domain: Mapping[str, Any], turn_id: int, connection: AsyncConnection, house: House
) -> Turn:
    return Turn(
        turn_id=turn_id,
        conversation_id=int(tracker.sender_id),
        connection=connection,
        slots=tracker.slots,
        intent=(tracker.latest_message.get("intent") or {}).get("name") or "",
        entities=tracker.latest_message.get("entities", []),
        words=tracker.latest_message.get("text") or "",
        typed=_typed(tracker),
        also_asked=tracker.latest_message.get("also_asked") or (),
        house=house,
        wordings=domain.get("responses", {}),
        has_asked=_has_asked(tracker),
        history=_history(tracker),
    )


def _history(tracker: Tracker) -> list[tuple[Speaker, str]]:
    """What was said before the newest message."""
    said: list[tuple[Speaker, str]] = []
    in_turn = True
    for event in reversed(tracker.events):
        # What stands for a message as a model read it is no message of its own: it came through no channel.
        is_written = event.get("event") == "user" and "turn_id" in (event.get("metadata") or {})
        if not in_turn and event.get("text") and (is_written or event.get("event") == "bot"):
            said.append(("customer" if is_written else "seller", str(event["text"])))
        in_turn = in_turn and not is_written
        if len(said) == _REMEMBERED:
            break
    return said[::-1]


def _typed(tracker: Tracker) -> str:
    """The newest message as the customer typed it; what NLU tells of it is folded, names too."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return str(event.get("text") or "")
    return ""


def _has_asked(tracker: Tracker) -> bool:
    """Whether a reply to the newest message asks something already."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            break
        if event.get("event") == "bot" and _QUESTION.search(str(event.get("text") or "")):
            return True
    return False


def _place(tracker: Tracker) -> tuple[int, int, int]:
    """The turn's id and fence, and this call's place in it: how many events the turn has so far.

    The place is the same when the turn runs again, because stored results make it take the same way.
    """
    for ordinal, event in enumerate(reversed(tracker.events)):
        if event.get("event") == "user" and "turn_id" in (event.get("metadata") or {}):
            return int(event["metadata"]["turn_id"]), int(event["metadata"]["fence"]), ordinal
    raise TurnNotHeld("the tracker holds no message that came through the channel")
