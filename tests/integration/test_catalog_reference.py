"""Which products a message refers to, with a real catalog behind it."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.assortment import read_categories
from catalog.mentions import Mentions
from catalog.reference import AtHand, resolve
from catalog.search import read_products

# Black plastic, white plastic, red mesh.
SHOWN = AtHand(shown=("CH-1073", "CH-1005", "CH-1339"))


@pytest.mark.parametrize(
    ("said", "at_hand", "expected"),
    [
        (Mentions(options=(2,)), SHOWN, ["CH-1005"]),
        (Mentions(options=(-1, 1)), SHOWN, ["CH-1339", "CH-1073"]),
        (Mentions(options=(1,), colors=("red",)), SHOWN, ["CH-1073"]),
        (Mentions(skus=("DK-1002",)), SHOWN, ["DK-1002"]),
        (Mentions(skus=("DK-1002",), options=(1,)), SHOWN, ["DK-1002", "CH-1073"]),
        (Mentions(colors=("red",)), SHOWN, ["CH-1339"]),
        (Mentions(materials=("mesh",), categories=("chair",)), SHOWN, ["CH-1339"]),
        (Mentions(words=("visitor",)), SHOWN, ["CH-1339"]),
        # Words that are no product's describe nothing: what is at hand is meant.
        (Mentions(words=("pls tell",), colors=("red",)), SHOWN, ["CH-1339"]),
        (Mentions(words=("yaltayeb",)), AtHand(("CH-1073",)), ["CH-1073"]),
        (Mentions(words=("yaltayeb",)), AtHand(SHOWN.shown, "CH-1005"), ["CH-1005"]),
        (Mentions(), AtHand(SHOWN.shown, "CH-1005"), ["CH-1005"]),
        (Mentions(), AtHand(("CH-1073",)), ["CH-1073"]),
    ],
)
async def test_what_is_meant(
    shop: AsyncConnection, said: Mentions, at_hand: AtHand, expected: list[str]
) -> None:
    reference = await resolve(shop, said, at_hand)
    assert (reference.state, [product.sku for product in reference.products]) == ("known", expected)


@pytest.mark.parametrize(
    ("said", "at_hand", "state"),
    [
        (Mentions(options=(4,)), SHOWN, "no_such"),
        (Mentions(options=(-4,)), SHOWN, "no_such"),
        (Mentions(options=(2,)), AtHand(("CH-1073", None)), "no_such"),
        (Mentions(options=(1,)), AtHand(), "nothing"),
        (Mentions(), AtHand(), "nothing"),
        (Mentions(), SHOWN, "which"),
        (Mentions(materials=("plastic",)), SHOWN, "which"),
        (Mentions(words=("yaltayeb",)), SHOWN, "which"),
        (Mentions(skus=("XX-1",)), SHOWN, "gone"),
        (Mentions(categories=("desk",)), SHOWN, "search"),
        (Mentions(colors=("green",)), SHOWN, "search"),
        (Mentions(words=("bookshelf",)), SHOWN, "search"),
        (Mentions(words=("zeppelin",)), AtHand(), "search"),
    ],
)
async def test_what_is_not_clear(shop: AsyncConnection, said: Mentions, at_hand: AtHand, state: str) -> None:
    reference = await resolve(shop, said, at_hand)
    assert (reference.state, reference.products) == (state, ())


async def test_a_full_name_is_one_product_even_when_it_is_sold_out(shop: AsyncConnection) -> None:
    [wanted] = await read_products(shop, ["SF-1007"])
    await shop.execute(text("update products set stock = 0 where sku = 'SF-1007'"))
    for name in (wanted.name_en, wanted.name_ar):
        reference = await resolve(shop, Mentions(words=(name.replace("،", ""),)), SHOWN)
        assert [product.sku for product in reference.products] == ["SF-1007"], name


async def test_the_fullest_categories_are_named_first(shop: AsyncConnection) -> None:
    assert (await read_categories(shop))[:2] == ["chair", "desk"]
    await shop.execute(text("update products set stock = 0 where category = 'chair'"))
    assert "chair" not in await read_categories(shop, limit=50)
