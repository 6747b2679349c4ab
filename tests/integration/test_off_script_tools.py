"""A model's tools: what it may ask, what it is told, and what only the ledger knows (offscript.tools)."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.product import Product
from catalog.search import read_products
from offscript.masking import Masker
from offscript.placeholders import Placeholder
from offscript.ports import ToolCall
from offscript.price_fence import holds_price_claim
from offscript.token_table import TokenTable
from offscript.tools import Toolbox, ToolUnknown
from offscript.turn_ledger import TurnLedger, Unresolved
from offscript.vault import Vault
from sales.fact_values import Fact
from tests.integration.action_support import house

SEARCH = {"category": "chair", "colors": ["black"], "description": "comfortable"}


class Bench:
    """The tools of one turn on the sample catalog."""

    def __init__(self, connection: AsyncConnection) -> None:
        seller = house().seller
        self.ledger = TurnLedger(1, 1, datetime.now(UTC), seller.vat_percent, house().kinds.phrases)
        self.masker = Masker(Vault(()), TokenTable())
        self.connection = connection
        self.tools = Toolbox(
            self._connect, self.ledger, seller, tuple(seller.facts), "en", self.masker.restore, self.wrote
        )

    def wrote(self, value: str) -> bool:
        """All but what a test says was made up."""
        return "Made Up" not in value

    @asynccontextmanager
    async def _connect(self) -> AsyncIterator[AsyncConnection]:
        yield self.connection

    async def call(self, name: str, **arguments: Any) -> Any:
        return json.loads(await self.tools.call(ToolCall("call_1", name, arguments)))


@pytest.fixture
def bench(shop: AsyncConnection) -> Bench:
    return Bench(shop)


async def a_product(bench: Bench) -> Product:
    found = await bench.call("search_catalog", **SEARCH)
    (product,) = await read_products(bench.connection, [found["products"][0]["sku"]])
    return product


@pytest.mark.parametrize(
    ("tool", "arguments", "field"),
    [
        ("search_catalog", {"category": 7}, "category"),
        ("search_catalog", {"colors": "black"}, "colors"),
        ("search_catalog", {"seats": 0}, "seats"),
        ("search_catalog", {"seats": "4"}, "seats"),
        ("search_catalog", {"quantity": 100_001}, "quantity"),
        ("search_catalog", {"description": "x" * 121}, "description"),
        ("search_catalog", {"max_price": 500}, "max_price"),
        ("search_catalog", {"cheapest_first": "yes"}, "cheapest_first"),
        ("product_details", {}, "sku"),
        ("product_details", {"sku": ["EX-210"]}, "sku"),
        ("company_fact", {"topic": None}, "topic"),
        ("remember", {"field": "stage", "value": "closing"}, "field"),
        ("remember", {"field": "trn", "value": "100000000000003"}, "field"),
        ("remember", {"field": "company", "value": ""}, "value"),
        ("remember", {"field": "company", "value": "x" * 81}, "value"),
        ("suggest_next", {"step": "give_discount"}, "step"),
        ("ask_human", {"reason": "because"}, "reason"),
        ("ask_human", {"reason": "other", "discount": 50}, "discount"),
    ],
)
async def test_wrong_arguments_are_told_and_nothing_is_done(
    bench: Bench, tool: str, arguments: dict[str, Any], field: str
) -> None:
    answer = await bench.call(tool, **arguments)
    assert answer["error"] == "arguments"
    assert [name.split(".")[0] for name in answer["fields"]] == [field]
    proposed = bench.tools.proposed
    assert (proposed.fact, proposed.step, proposed.wants_person) == (None, None, False)
    assert bench.ledger.products == {}


async def test_a_tool_that_was_not_offered_ends_the_talk(bench: Bench) -> None:
    with pytest.raises(ToolUnknown, match="set_price"):
        await bench.call("set_price", sku="EX-210", price=1)


async def test_what_is_offered_is_what_can_be_called_and_is_the_same_every_time(bench: Bench) -> None:
    assert {spec.name for spec in bench.tools.specs} == {
        "search_catalog",
        "product_details",
        "company_fact",
        "remember",
        "suggest_next",
        "ask_human",
    }
    assert json.dumps([dict(spec.parameters) for spec in bench.tools.specs]) == json.dumps(
        [dict(spec.parameters) for spec in Bench(bench.connection).tools.specs]
    )


async def test_products_are_found_by_what_is_asked_and_a_list_is_short(bench: Bench) -> None:
    answer = await bench.call("search_catalog", **SEARCH)
    assert {product["category"] for product in answer["products"]} == {"chair"}
    assert all("black" in product["colors"] for product in answer["products"])
    assert len(answer["products"]) == 5
    assert answer["there_are_more"] is True


async def test_what_a_model_is_told_of_products_holds_no_amount(bench: Bench) -> None:
    told = [*(await bench.call("search_catalog", **SEARCH, cheapest_first=True))["products"]]
    told += [await bench.call("product_details", sku=product["sku"]) for product in told]
    products = await read_products(bench.connection, [product["sku"] for product in told])
    rates = {str(product.rate) for product in products} | {
        f"{product.rate:f}".split(".")[0] for product in products
    }
    for product in told:
        assert product["price"] == f"{{price:{product['sku']}}}"
        assert product["offer"] == f"{{offer:{product['sku']}}}"
        prose = {name: value for name, value in product.items() if name not in ("offer", "price", "sku")}
        assert not {"rate", "was", "cost"} & set(prose)
        assert not any(holds_price_claim(str(value)) for value in prose.values() if isinstance(value, str))
        texts = json.dumps({**prose, "size_cm": "", "in_stock": 0}, ensure_ascii=False)
        assert not [rate for rate in rates if re.search(rf"(?<!\d){re.escape(rate)}(?!\d)", texts)]


async def test_an_amount_in_a_description_is_not_told(bench: Bench) -> None:
    product = await a_product(bench)
    await bench.connection.execute(
        text(
            "update products set description_en = 'Mesh back. Now only 199 AED! Soft arms.' where sku = :sku"
        ),
        {"sku": product.sku},
    )
    told = await bench.call("product_details", sku=product.sku)
    assert told["description_en"] == "Mesh back. Soft arms."


async def test_what_was_found_is_in_the_ledger_with_the_catalogs_price(bench: Bench) -> None:
    product = await a_product(bench)
    entry = bench.ledger.products[product.sku]
    assert (entry.rate, entry.record_id) == (product.rate, f"products:{product.sku}")
    assert len(bench.ledger.products) == 5
    assert (Decimal(product.stock).normalize(), "pieces") in bench.ledger.licences


async def test_a_product_that_there_is_not_is_not_made_up(bench: Bench) -> None:
    assert await bench.call("product_details", sku="XX-1") == {"error": "no such product"}
    assert bench.ledger.products == {}


async def test_the_catalogs_words_are_data_and_no_sql(bench: Bench) -> None:
    answer = await bench.call("search_catalog", category="chair'; drop table products; --")
    assert answer["products"] == []
    assert await read_products(bench.connection, [(await a_product(bench)).sku])


async def test_a_fact_of_the_seller_is_told_and_may_be_written(bench: Bench) -> None:
    answer = await bench.call("company_fact", topic="warranty")
    assert "3 years" in answer["says"]
    assert answer["write"] == "{fact:warranty}"
    written = bench.ledger.resolve(Placeholder("fact", "warranty"), "ar").text
    assert "3 سنوات" in written


@pytest.mark.parametrize("topic", ["discounts", "", "__class__"])
async def test_what_the_seller_says_nothing_about_is_no_fact(bench: Bench, topic: str) -> None:
    assert await bench.call("company_fact", topic=topic) == {"error": "nothing is known on this topic"}
    with pytest.raises(Unresolved):
        bench.ledger.resolve(Placeholder("fact", topic), "en")


async def test_a_detail_is_proposed_and_not_kept(bench: Bench) -> None:
    token = bench.masker.mask("my email is noor@gulfstar.ae").split()[-1]
    answer = await bench.call("remember", field="email", value=token)
    assert "error" not in answer
    proposal = bench.tools.proposed.fact
    assert proposal is not None
    assert (proposal.fact, proposal.value) == (Fact.EMAIL, "noor@gulfstar.ae")
    assert (await bench.connection.execute(text("select count(*) from customer_facts"))).scalar() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "not an address"), ("email", "a@b"), ("company", "0501234567"), ("contact_name", "yes")],
)
async def test_a_detail_has_to_pass_the_forms_checks(bench: Bench, field: str, value: str) -> None:
    assert await bench.call("remember", field=field, value=value) == {"error": f"this is no {field}"}
    assert bench.tools.proposed.fact is None


@pytest.mark.parametrize("value", ["<EMAIL_9>", "EMAIL_1", "<AMOUNT_1>"])
async def test_a_token_that_stands_for_nothing_is_no_detail(bench: Bench, value: str) -> None:
    bench.masker.mask("my budget is 900 AED")
    answer = await bench.call("remember", field="email", value=value)
    assert answer == {"error": "that token stands for nothing here"}
    assert bench.tools.proposed.fact is None


async def test_a_detail_that_the_customer_never_wrote_is_not_proposed(bench: Bench) -> None:
    answer = await bench.call("remember", field="company", value="Made Up Trading")
    assert answer == {"error": "the customer did not write that"}
    assert bench.tools.proposed.fact is None


async def test_a_step_is_only_proposed(bench: Bench) -> None:
    await bench.call("suggest_next", step="make_quote")
    assert bench.tools.proposed.step == "make_quote"


async def test_a_person_is_asked_for(bench: Bench) -> None:
    await bench.call("ask_human", reason="complaint")
    assert bench.tools.proposed.wants_person is True
