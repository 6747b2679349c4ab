"""Words that tell goods of one category apart, and words that are said of nothing the shop sells."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.settings import PROJECT_ROOT
from catalog.filters import SearchFilters
from catalog.kinds import Kinds, read_kinds, settle
from catalog.nearest import find_nearest
from catalog.query import read_query_words
from catalog.search import SearchResult, search_catalog
from tests.integration.catalog_support import product, store

KINDS = read_kinds(PROJECT_ROOT / "data" / "vocabulary.yml")


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with engine.connect() as opened:
        yield opened


async def _search(connection: AsyncConnection, search: SearchFilters, kinds: Kinds = KINDS) -> SearchResult:
    return await search_catalog(connection, search, read_query_words(search.text, kinds.others))


@pytest.mark.parametrize(
    ("category", "word", "named"),
    [
        ("chair", "executive", "executive chair"),
        ("cabinet", "filing", "filing cabinet"),
        ("cabinet", "pedestal", "mobile pedestal"),
        ("desk", "l-shaped", "L-shaped desk"),
        ("desk", "workstation", "workstation"),
        ("chair", "visitor", "visitor chair"),
    ],
)
async def test_a_word_of_names_holds_in_all_that_fits(
    shop: AsyncConnection, category: str, word: str, named: str
) -> None:
    found = await _search(shop, SearchFilters(category=category, text=word, limit=50))
    assert found.words_matched
    assert {named in one.name_en for one in found.products} == {True}


async def test_another_catalog_may_use_another_word_for_the_same(connection: AsyncConnection) -> None:
    await store(
        connection,
        [
            product("A-1", name_en="Manager chair", name_ar="كرسي", description_en="", description_ar=""),
            product("A-2", name_en="Task chair", description_en="For the manager's office."),
            product("A-3", name_en="Corner chair", name_ar="كرسي", description_en="", description_ar=""),
        ],
    )
    managers = await _search(connection, SearchFilters(category="chair", text="executive"))
    assert [one.sku for one in managers.products] == ["A-1"]
    corner = await _search(connection, SearchFilters(category="chair", text="l-shaped"))
    assert [one.sku for one in corner.products] == ["A-3"]


async def test_what_is_turned_down_by_its_name_is_not_shown(shop: AsyncConnection) -> None:
    search = SearchFilters(category="chair", text="-visitor", limit=50)
    found = await _search(shop, search)
    assert found.total
    assert not [one for one in found.products if "visitor" in one.name_en]
    nearest = await find_nearest(
        shop, SearchFilters(category="chair", text="-visitor", size=(300,)), read_query_words("-visitor")
    )
    assert nearest is not None
    assert not [one for one in nearest.products if "visitor" in one.name_en]


async def test_a_table_for_meetings_is_a_meeting_table(shop: AsyncConnection) -> None:
    settled = await settle(shop, SearchFilters(category="table", text="round meeting"), {"meeting"}, KINDS)
    assert (settled.category, settled.text) == ("meeting table", "round")
    chairs = await settle(shop, SearchFilters(category="chair", text="meeting"), {"meeting"}, KINDS)
    assert (chairs.category, chairs.text) == ("chair", "")


async def test_a_catalog_without_the_narrower_category_keeps_the_word(connection: AsyncConnection) -> None:
    await store(connection, [product("T-1", category="table", name_en="Meeting table", name_ar="طاولة")])
    settled = await settle(connection, SearchFilters(category="table", text="meeting"), {"meeting"}, KINDS)
    assert (settled.category, settled.text) == ("table", "meeting")


async def test_words_said_aside_count_only_where_a_product_of_the_kind_holds_them(
    shop: AsyncConnection,
) -> None:
    search = SearchFilters(category="chair", text="gaming jlt headrest reception")
    settled = await settle(shop, search, {"jlt", "headrest", "reception"}, KINDS)
    # Headrest: a description; reception: only other categories; gaming was said of the chair itself.
    assert settled.text == "gaming headrest"


async def test_of_a_word_that_is_taken_back_the_latest_counts(shop: AsyncConnection) -> None:
    search = SearchFilters(category="chair", text="executive -visitor visitor -executive")
    assert (await settle(shop, search, (), KINDS)).text == "visitor -executive"


async def test_a_kind_takes_the_place_of_one_that_no_product_has_with_it(shop: AsyncConnection) -> None:
    search = SearchFilters(category="chair", text="visitor headrest executive")
    settled = await settle(shop, search, (), KINDS, said=["executive"])
    assert settled.text == "headrest executive"
    # Said in one message both are meant, and the answer says that there is no such thing.
    assert (await settle(shop, search, (), KINDS, said=["visitor", "executive"])).text == search.text
    both = SearchFilters(category="chair", text="training folding")
    assert (await settle(shop, both, (), KINDS, said=["folding"])).text == "training folding"


def test_phrases_of_several_words_are_no_synonyms_of_one_word(tmp_path: Path) -> None:
    file = tmp_path / "vocabulary.yml"
    file.write_text(
        "kinds:\n  L shaped: [corner, l shape]\ncategories:\n  Table: [Desk top]\n", encoding="utf-8"
    )
    kinds = read_kinds(file)
    assert kinds.others == {"l-shaped": ("corner",)}
    assert kinds.phrases == {"table": "Table", "desk top": "Table"}
