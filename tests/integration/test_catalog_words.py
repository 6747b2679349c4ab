"""Words that describe: what they find, what comes first, and when nothing is the honest answer."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.nearest import find_nearest
from catalog.product import Product
from catalog.query import Query, read_query_words
from catalog.schema import products
from catalog.search import SearchFilters, search_catalog
from catalog.small_models import Meaning
from catalog.words import read_words


async def _first(shop: AsyncConnection, text: str, query: Query | None = None) -> str | None:
    result = await search_catalog(shop, SearchFilters(text=text), query)
    return result.products[0].name_en if result.products else None


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Nova executive chair black leather", "Nova executive chair, black leather"),
        ("the NOVA executive chairs in black leather please", "Nova executive chair, black leather"),
        ("كرسي مدير نوفا جلد اسود", "Nova executive chair, black leather"),
        ("ابي كرسي المدير نوفا بالجلد الأسود", "Nova executive chair, black leather"),
        ("طاولة بانتري حتا حديد سودا", "Hatta pantry table, black metal"),  # سوداء
        ("kursi mudir nova jild aswad", "Nova executive chair, black leather"),
        ("كرسي executive نوفا leather اسود", "Nova executive chair, black leather"),
        ("exective chair nova blak leather", "Nova executive chair, black leather"),
        ("white board glass atlas", "Atlas magnetic whiteboard, white glass"),
        ("CH-1224", "Nova executive chair, black leather"),
        ("ch 1224", "Nova executive chair, black leather"),
        ("norvane executive chair, black leather, nova", "Nova executive chair, black leather"),
    ],
)
async def test_a_product_is_found_however_it_is_written(shop: AsyncConnection, text: str, first: str) -> None:
    assert await _first(shop, text) == first


@pytest.mark.parametrize(
    "text",
    [
        "pendant lamp", "gaming laptop", "coffee machine", "office carpet tiles", "pepperoni pizza", "car",
        "ثريا كريستال", "ماكينة قهوة", "سجاد مكاتب", "abi laptop", "عندكم iphone",
    ],
)  # fmt: skip
async def test_what_the_shop_does_not_have_is_not_found(shop: AsyncConnection, text: str) -> None:
    result = await search_catalog(shop, SearchFilters(text=text))
    assert (result.products, result.total, result.words_matched) == ((), 0, False)
    assert await find_nearest(shop, SearchFilters(text=text)) is None


async def test_words_that_describe_nothing_find_nothing_by_themselves(shop: AsyncConnection) -> None:
    for text in ("what do you have", "?!"):
        assert (await search_catalog(shop, SearchFilters(text=text))).total == 0
        assert await find_nearest(shop, SearchFilters(text=text)) is None
        sofas = await search_catalog(shop, SearchFilters(category="sofa", text=text))
        assert sofas == await search_catalog(shop, SearchFilters(category="sofa"))


async def test_products_that_hold_every_word_are_all_of_the_list(shop: AsyncConnection) -> None:
    filters = SearchFilters(category="chair", text="ergonomic", limit=50)
    result = await search_catalog(shop, filters)
    assert result.total > 50
    assert {"ergonomic chair" in one.name_en for one in result.products} == {True}
    # All of them hold it equally well, so the cheapest come first.
    assert [one.rate for one in result.products] == sorted(one.rate for one in result.products)


async def test_with_a_category_one_known_word_is_enough(shop: AsyncConnection) -> None:
    result = await search_catalog(shop, SearchFilters(category="chair", text="ergonomic unicorn"))
    # Nobody may call them unicorns: they are the nearest of the kind.
    assert (result.held, result.words_matched) == ("some", False)
    assert {"ergonomic chair" in one.name_en for one in result.products} == {True}


async def test_a_search_says_how_many_of_the_words_are_held(shop: AsyncConnection) -> None:
    held = {"": "all", "ergonomic": "all", "ergonomic unicorn": "some", "unicorn": "none"}
    for text, expected in held.items():
        result = await search_catalog(shop, SearchFilters(category="chair", text=text))
        assert (result.held, result.words_matched) == (expected, expected == "all"), text
    # Half of the weight of the words is enough without a category, but it is not all of them.
    assert (await search_catalog(shop, SearchFilters(text="emir ergonomic unicorn"))).held == "some"


@pytest.mark.parametrize(
    ("category", "text"),
    [
        ("desk", "متر"),  # not the range Metro, مترو
        ("desk", "meter"),
        ("chair", "office"),  # in names of other kinds; of chairs only descriptions mention it
    ],
)
async def test_what_only_looks_or_sounds_a_little_alike_decides_nothing(
    shop: AsyncConnection, category: str, text: str
) -> None:
    plain = await search_catalog(shop, SearchFilters(category=category))
    result = await search_catalog(shop, SearchFilters(category=category, text=text))
    assert (result.products, result.total, result.held) == (plain.products, plain.total, "none")


async def test_comfortable_is_not_the_range_emir(shop: AsyncConnection) -> None:
    query = Query(read_words("marih thahar", ["مرح", "تحار"]))
    result = await search_catalog(shop, SearchFilters(category="chair", limit=50), query)
    assert {"ergonomic" in one.name_en for one in result.products} == {True}  # مريح، ظهر


@pytest.mark.parametrize(
    ("category", "text", "name"),
    [
        ("cabinet", "malafat", "filing cabinet"),  # ملفات
        ("cabinet", "mlafat", "filing cabinet"),
        ("cabinet", "ملفات", "filing cabinet"),
        ("cabinet", "filing", "filing cabinet"),
        ("cabinet", "file", "filing cabinet"),  # hanging files
        ("cabinet", "gofel", "filing cabinet"),  # بقفل
        ("cabinet", "قفل", "filing cabinet"),
        ("cabinet", "lock", "filing cabinet"),
        ("cabinet", "malafat gofel", "filing cabinet"),
        ("locker", "gofel", "staff locker"),
    ],
)
async def test_arabic_words_written_by_ear_are_found_in_names_and_descriptions(
    shop: AsyncConnection, category: str, text: str, name: str
) -> None:
    result = await search_catalog(shop, SearchFilters(category=category, text=text, limit=50))
    assert result.words_matched
    assert {name in one.name_en for one in result.products} == {True}


async def test_a_foreign_thing_is_not_found_by_what_it_is_for(shop: AsyncConnection) -> None:
    vector = await _of_one_line(shop, "meeting table")
    near_meeting_tables = Meaning(vector, (("shoes", 0.5),))
    for text in ("projector for the meeting room", "بروجكتر لغرفة الاجتماعات"):
        query = Query(read_words(text), near_meeting_tables)
        assert (await search_catalog(shop, SearchFilters(text=text), query)).total == 0
        assert await find_nearest(shop, SearchFilters(text=text), query) is None
    # Nobody says what: then the purpose says it.
    query = Query(read_words("something for our meetings"), near_meeting_tables)
    assert (await search_catalog(shop, SearchFilters(text="something"), query)).total > 0


async def test_with_a_category_unknown_words_leave_the_category(shop: AsyncConnection) -> None:
    plain = await search_catalog(shop, SearchFilters(category="chair"))
    result = await search_catalog(shop, SearchFilters(category="chair", text="unicorn"))
    assert (result.products, result.total) == (plain.products, plain.total)
    assert plain.words_matched
    assert not result.words_matched


async def test_a_name_counts_more_than_a_description(shop: AsyncConnection) -> None:
    # Office sofas are "for the manager's office" too.
    result = await search_catalog(shop, SearchFilters(text="مكتب مدير"))
    assert {one.category for one in result.products} == {"desk"}


async def test_pages_of_words_have_neither_gaps_nor_doubles(shop: AsyncConnection) -> None:
    query = read_query_words("oak or walnut unicorn")
    whole = await search_catalog(shop, SearchFilters(category="desk", limit=50), query)
    assert whole.total > 50
    pages: list[Product] = []
    for offset in range(0, 50, 10):
        page = SearchFilters(category="desk", offset=offset, limit=10)
        pages += (await search_catalog(shop, page, query)).products
    assert len(set(pages)) == 50
    assert pages == list(whole.products)


async def test_the_order_asked_for_holds_within_what_the_words_find(shop: AsyncConnection) -> None:
    filters = SearchFilters(text="executive leather", order="dearest", limit=50)
    result = await search_catalog(shop, filters)
    assert [one.rate for one in result.products] == sorted(
        (one.rate for one in result.products), reverse=True
    )
    assert {"executive" in one.name_en and one.material == "leather" for one in result.products} == {True}


async def test_nearest_keeps_the_words_before_the_price(shop: AsyncConnection) -> None:
    filters = SearchFilters(category="chair", text="ergonomic", colors=("black",), max_price=Decimal(100))
    nearest = await find_nearest(shop, filters)
    assert nearest is not None
    assert nearest.relaxed == ("max_price",)
    assert {"ergonomic" in one.name_en and "black" in one.colors for one in nearest.products} == {True}
    assert [one.rate for one in nearest.products] == sorted(one.rate for one in nearest.products)


async def test_nearest_in_price_beats_another_color_unless_the_price_is_far(shop: AsyncConnection) -> None:
    async def relaxed(**wishes: object) -> tuple[str, ...]:
        nearest = await find_nearest(shop, SearchFilters(**wishes))  # type: ignore[arg-type]
        assert nearest is not None
        return nearest.relaxed

    black = {"category": "chair", "colors": ("black",)}
    # Black begins at 158.95, other colours at 141.50; brown desks begin at 2,091, others at 356.75.
    assert await relaxed(**black, max_price=Decimal(141)) == ("max_price",)
    assert await relaxed(**black, max_price=Decimal(100)) == ("max_price",)
    assert await relaxed(category="desk", colors=("brown",), max_price=Decimal(400)) == ("colors",)
    assert await relaxed(category="chair", quantity=5_000) == ("quantity",)
    assert await relaxed(category="meeting table", seats=40) == ("seats",)
    assert await relaxed(category="chair", brands=("Nobody",)) == ("brands",)
    assert await find_nearest(shop, SearchFilters(brands=("Nobody",))) is None
    assert await find_nearest(shop, SearchFilters(category="lamp")) is None


async def _of_one_line(shop: AsyncConnection, line: str) -> tuple[float, ...]:
    """Give every product a vector: the products of one line look one way, all others another."""
    here, there = (1.0, *[0.0] * 383), (0.0, 1.0, *[0.0] * 382)
    await shop.execute(products.update().values(embedding=list(there)))
    await shop.execute(
        products.update().where(products.c.name_en.contains(line)).values(embedding=list(here))
    )
    return here


async def test_meaning_finds_what_no_word_says(shop: AsyncConnection) -> None:
    vector = await _of_one_line(shop, "staff locker")
    words = read_words("bags and clothes")
    far = Query(words, Meaning(vector, (("shoes", 0.9),)))
    result = await search_catalog(shop, SearchFilters(text="bags and clothes"), far)
    assert {one.category for one in result.products} == {"locker"}
    assert result.words_matched
    active = products.c.name_en.contains("staff locker"), products.c.status == "active", products.c.stock > 0
    assert result.total == len((await shop.execute(select(products.c.sku).where(*active))).all())


async def test_meaning_finds_nothing_where_other_goods_are_as_near(shop: AsyncConnection) -> None:
    vector = await _of_one_line(shop, "staff locker")
    query = Query(read_words("running shoes"), Meaning(vector, (("shoes", 0.99),)))
    assert (await search_catalog(shop, SearchFilters(text="running shoes"), query)).total == 0


async def test_other_goods_that_the_shop_sells_are_not_elsewhere(shop: AsyncConnection) -> None:
    vector = await _of_one_line(shop, "staff locker")
    query = Query(read_words("bags"), Meaning(vector, (("staff lockers", 0.99), ("shoes", 0.9))))
    assert (await search_catalog(shop, SearchFilters(text="bags"), query)).total > 0


async def test_meaning_orders_what_holds_equally_much(shop: AsyncConnection) -> None:
    vector = await _of_one_line(shop, "Emir executive chair")
    filters = SearchFilters(category="chair", text="executive unicorn")
    by_words = await search_catalog(shop, filters)
    assert "Emir" not in by_words.products[0].name_en
    query = Query(read_words(filters.text), Meaning(vector, (("shoes", 0.9),)))
    both = await search_catalog(shop, filters, query)
    assert {one.name_en.partition(",")[0] for one in both.products} == {"Emir executive chair"}
    assert both.total == by_words.total
