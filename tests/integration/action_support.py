"""Plays Rasa's part for an action: slots and entities in, responses and slots out, in the domain's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import yaml
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.details import keep_details
from actions.turn import REGISTRY, House, Turn
from app.actions import import_actions
from app.house import read_house
from app.roles import ACTIONS
from app.settings import PROJECT_ROOT

Entity = Mapping[str, Any]

import_actions()


@cache
def house() -> House:
    return read_house("https://sales.example", "secret of tests")


@cache
def domain() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((PROJECT_ROOT / "domain.yml").read_text(encoding="utf-8"))
    return document


def entities(**values: Any) -> list[dict[str, Any]]:
    """Entities as the NLU finds them: one for each value, a list is several of a kind."""
    found: list[dict[str, Any]] = []
    for name, value in values.items():
        found += [{"entity": name, "value": one} for one in (value if isinstance(value, list) else [value])]
    return found


class Chat:
    """One conversation with the actions on a real catalog."""

    def __init__(
        self, connection: AsyncConnection, language: str = "en", *, conversation_id: int = 1, turn_id: int = 1
    ) -> None:
        self.connection = connection
        self.slots: dict[str, Any] = dict.fromkeys(domain()["slots"])
        self.slots |= {"reply_language": language, "stage": "greeting"}
        self.responses: list[dict[str, Any]] = []
        self.house = house()
        self._conversation_id = conversation_id
        self._turn_id = turn_id

    async def act(
        self,
        action: str,
        intent: str,
        found: Sequence[Entity] = (),
        *,
        words: str = "",
        also_asked: Sequence[str] = (),
    ) -> dict[str, Any]:
        """One message of the customer; returns the only response."""
        (response,) = await self.turn(action, intent, found, words=words, also_asked=also_asked)
        return response

    async def turn(
        self,
        action: str,
        intent: str,
        found: Sequence[Entity] = (),
        *,
        words: str = "",
        also_asked: Sequence[str] = (),
    ) -> list[dict[str, Any]]:
        """One action on a message of the customer; returns its responses, however many."""
        turn = Turn(
            turn_id=self._turn_id,
            conversation_id=self._conversation_id,
            connection=self.connection,
            slots=dict(self.slots),
            intent=intent,
            entities=found,
            words=words,
            typed=words,
            also_asked=also_asked,
            house=self.house,
            wordings=domain()["responses"],
        )
        registered = REGISTRY[action]
        # With the rights of the action server's role only, so that each of its statements is one it may make.
        await self.connection.execute(text(f"set role {ACTIONS}"))
        heard = await keep_details(turn) if registered.hears else ()
        events = (*heard, *await registered.body(turn))
        await self.connection.execute(text("reset role"))
        for event in events:
            assert event["event"] == "slot"
            assert event["name"] in domain()["slots"], f"{event['name']} is no slot of the domain"
            self.slots[event["name"]] = event["value"]
        self.responses += turn.responses
        return turn.responses

    async def search(self, intent: str = "search_products", **values: Any) -> dict[str, Any]:
        """A message about what is wanted."""
        return await self.act("action_search_products", intent, entities(**values))

    def text(self, response: Mapping[str, Any] | None = None) -> str:
        """What the customer reads."""
        response = response or self.responses[-1]
        for wording in domain()["responses"][response["response"]]:
            if wording["condition"][0]["value"] == self.slots["reply_language"]:
                return str(wording["text"]).format(
                    **{name: value for name, value in response.items() if name != "response"}
                )
        raise AssertionError(f"{response['response']} has no wording")

    @property
    def shown(self) -> list[str | None]:
        """SKUs of the list on the customer's screen."""
        return self.slots.get("shown_products") or []
