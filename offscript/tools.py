"""The tools a model may call: they look up, propose and ask for help; none changes anything.

What they return holds handles instead of amounts, and goes into the turn's ledger, which alone can turn a
handle into a price. Arguments are checked here; what is wrong with them is told to the model as a result.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.filters import SearchFilters
from catalog.listing import Language
from catalog.product import Product
from catalog.query import read_query
from catalog.search import read_products, read_sync_times, search_catalog
from offscript.blinding import blind, blind_text, licences_of
from offscript.ports import ToolCall, ToolSpec
from offscript.token_table import UnknownToken
from offscript.turn_ledger import LedgerProduct, TurnLedger
from sales.fact_values import Fact, Problem
from sales.facts import check_answer

Step = Literal["show_products", "make_quote", "confirm_order", "talk_to_person"]

_LONGEST_LIST = 5


class ToolUnknown(Exception):
    """The model called a tool it was not offered: the talk with it ends."""


class SellerFacts(Protocol):
    """The seller's own words on a topic."""

    def fact(self, topic: str, language: Language) -> str | None:
        """What is known; None when nothing is."""
        ...


@dataclass(frozen=True)
class Proposal:
    """A fact of the customer a model understood; it counts once the customer says so."""

    fact: Fact
    value: str


@dataclass
class Proposed:
    """What the model asked for beside its words."""

    fact: Proposal | None = None
    step: Step | None = None
    wants_person: bool = False


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Search(_Arguments):
    """Find products in the seller's catalog."""

    category: str | None = Field(None, description="one of the context's categories")
    colors: list[str] = Field([], description="of the context's colors")
    not_colors: list[str] = Field([], description="colors that are turned down")
    materials: list[str] = Field([], description="of the context's materials")
    seats: int | None = Field(None, ge=1, le=1000, description="at least so many people")
    quantity: int | None = Field(None, ge=1, le=100_000, description="pieces wanted")
    description: str = Field("", max_length=120, description="English words that describe what is needed")
    cheapest_first: bool = False


class _Details(_Arguments):
    """Everything the catalog knows of one product."""

    sku: str = Field(description="a code that a search or the context returned")


class _Topic(_Arguments):
    """What the seller says on a topic."""

    topic: str = Field(description="one of the context's topics")


class _Remember(_Arguments):
    """Propose a detail the customer told; the customer is asked whether it is right."""

    field: Literal["company", "contact_name", "email"]
    value: str = Field(min_length=1, max_length=80, description="as the customer wrote it, tokens included")


class _Suggest(_Arguments):
    """Propose the next step of the script; it is offered to the customer, not taken."""

    step: Step


class _AskHuman(_Arguments):
    """Give the chat to a colleague."""

    reason: Literal["complaint", "special_request", "unknown_fact", "negotiation", "other"]


def enter(ledger: TurnLedger, product: Product, synced_at: datetime) -> None:
    """Put a product that was read in this turn into its ledger, with the numbers that may be said of it."""
    ledger.add_product(
        LedgerProduct(
            sku=product.sku,
            name_en=product.name_en,
            name_ar=product.name_ar,
            rate=product.rate,
            synced_at=synced_at,
            record_id=f"products:{product.sku}",
        )
    )
    for value, unit in licences_of(product):
        ledger.add_licence(value, unit)


@dataclass
class Toolbox:
    """The tools of one turn. `connect` opens a reading connection for one call; `unmask` gives back what a
    token stands for; `wrote` says whether the customer wrote a text, as the model reads it."""

    connect: Callable[[], AbstractAsyncContextManager[AsyncConnection]]
    ledger: TurnLedger
    facts: SellerFacts
    topics: Sequence[str]
    language: Language
    unmask: Callable[[str], str]
    wrote: Callable[[str], bool]
    proposed: Proposed = field(default_factory=Proposed)

    def __post_init__(self) -> None:
        self._tools: Mapping[str, tuple[type[_Arguments], Callable[[Any], Awaitable[object]]]] = {
            "search_catalog": (_Search, self._search),
            "product_details": (_Details, self._details),
            "company_fact": (_Topic, self._company_fact),
            "remember": (_Remember, self._remember),
            "suggest_next": (_Suggest, self._suggest),
            "ask_human": (_AskHuman, self._ask_human),
        }

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """The tools as a model is told of them; the same bytes every time, for the server's cache."""
        return tuple(
            ToolSpec(name, (arguments.__doc__ or "").strip(), arguments.model_json_schema())
            for name, (arguments, _) in self._tools.items()
        )

    async def call(self, call: ToolCall) -> str:
        """Run a tool; its result, or what is wrong with the arguments, as JSON.

        Raises:
            ToolUnknown: when no such tool was offered.
        """
        if call.name not in self._tools:
            raise ToolUnknown(f"there is no tool {call.name!r}")
        form, run = self._tools[call.name]
        try:
            arguments = form.model_validate(dict(call.arguments))
        except ValidationError as error:
            wrong = {".".join(map(str, one["loc"])): one["msg"] for one in error.errors()}
            return orjson.dumps({"error": "arguments", "fields": wrong}).decode()
        return orjson.dumps(await run(arguments)).decode()

    async def _search(self, said: _Search) -> object:
        filters = SearchFilters(
            category=said.category,
            colors=tuple(said.colors),
            not_colors=tuple(said.not_colors),
            materials=tuple(said.materials),
            seats=said.seats,
            quantity=said.quantity,
            text=said.description,
            order="cheapest" if said.cheapest_first else "relevance",
            limit=_LONGEST_LIST,
        )
        query = await read_query(said.description)
        async with self.connect() as connection:
            result = await search_catalog(connection, filters, query)
            return {
                # Not how many: the model would tell a number that nothing licenses.
                "there_are_more": result.total > len(result.products),
                "fits_the_description": result.words_matched,
                "products": await self._known(connection, result.products),
            }

    async def _details(self, said: _Details) -> object:
        async with self.connect() as connection:
            known = await self._known(connection, await read_products(connection, [said.sku]))
        return known[0] if known else {"error": "no such product"}

    async def _known(
        self, connection: AsyncConnection, products: Sequence[Product]
    ) -> list[Mapping[str, Any]]:
        """The products put into the ledger, and as the model sees them."""
        seen = await read_sync_times(connection, [product.sku for product in products])
        for product in products:
            enter(self.ledger, product, seen[product.sku])
        return [blind(product) for product in products]

    async def _company_fact(self, said: _Topic) -> object:
        english = self.facts.fact(said.topic, "en") if said.topic in self.topics else None
        if english is None:
            return {"error": "nothing is known on this topic"}
        self.ledger.add_fact(said.topic, english, self.facts.fact(said.topic, "ar") or english)
        return {"topic": said.topic, "says": blind_text(english), "write": f"{{fact:{said.topic}}}"}

    async def _remember(self, said: _Remember) -> object:
        fact = Fact(said.field)
        if not self.wrote(said.value):
            # The customer reads it in the question whether it is right: no text of a model's own goes there.
            return {"error": "the customer did not write that"}
        try:
            value = check_answer(fact, self.unmask(said.value))
        except UnknownToken:
            return {"error": "that token stands for nothing here"}
        if isinstance(value, Problem):
            return {"error": f"this is no {said.field}"}
        self.proposed.fact = Proposal(fact, str(value))
        return {"result": "the customer is asked whether it is right"}

    async def _suggest(self, said: _Suggest) -> object:
        self.proposed.step = said.step
        return {"result": "it is offered to the customer after your reply"}

    async def _ask_human(self, said: _AskHuman) -> object:
        self.proposed.wants_person = True
        return {"result": "a colleague takes over; write nothing"}
