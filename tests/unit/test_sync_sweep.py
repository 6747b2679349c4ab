"""Reading all pages of a source that misbehaves: the port is played here, page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from catalog.ports import SourceAway, SourceItem, SourcePage, UnreadableSourceItem
from catalog.sync_sweep import Sweep, read_sweep


def item(item_id: str, *, rate: int = 100, day: int = 1) -> SourceItem:
    return SourceItem(
        item_id=item_id,
        sku=f"CH-{item_id}",
        name="Chair",
        description="",
        category="Chairs",
        brand="",
        rate=Decimal(rate),
        stock=1,
        is_active=True,
        last_modified=datetime(2026, 1, day, tzinfo=UTC),
        custom_fields={},
    )


@dataclass
class Pages:
    """Answers with these pages, and by id with `known`, whatever was asked for."""

    pages: list[SourcePage]
    known: list[SourceItem] = field(default_factory=list)
    unreadable: list[UnreadableSourceItem] = field(default_factory=list)
    asked: list[list[str]] = field(default_factory=list)

    async def currency(self) -> str:
        return "AED"

    async def page(self, number: int) -> SourcePage:
        return self.pages[number - 1]

    async def items(self, item_ids: Sequence[str]) -> SourcePage:
        self.asked.append(list(item_ids))
        return SourcePage(self.known, self.unreadable, has_more=False)

    async def items_now(self, item_ids: Sequence[str]) -> SourcePage:
        return await self.items(item_ids)


def page(*items: SourceItem, more: bool = True) -> SourcePage:
    return SourcePage(items, (), more)


async def sweep(source: Pages, *on_sale: str) -> Sweep:
    async def nobody(_progress: Mapping[str, Any]) -> None:
        return

    return await read_sweep(source, on_sale, nobody)


@pytest.mark.parametrize("second", [page(item("1"), item("2")), page()], ids=["the same again", "empty"])
async def test_a_page_that_is_not_the_next_one_ends_the_sweep(second: SourcePage) -> None:
    source = Pages([page(item("1"), item("2")), second, page(item("3"), more=False)])
    with pytest.raises(SourceAway, match="page 2"):
        await sweep(source)


@pytest.mark.parametrize(("first", "second"), [(1, 2), (2, 1)])
async def test_of_two_readings_the_newer_counts(first: int, second: int) -> None:
    source = Pages(
        [page(item("1", rate=first, day=first)), page(item("1", rate=second, day=second), more=False)]
    )
    (read,) = (await sweep(source)).items
    assert read.rate == 2


async def test_only_what_is_on_sale_and_on_no_page_is_asked_for() -> None:
    unreadable = UnreadableSourceItem("2", "rate is missing")
    first = replace(page(item("1"), more=False), unreadable=(unreadable,))
    source = Pages([first], known=[item("1", rate=5), item("3"), item("9")])
    read = await sweep(source, "1", "2", "3", "4")
    assert source.asked == [["3", "4"]]
    # 9 was not asked for, 1 is known better, 4 is gone.
    assert {one.item_id: one.rate for one in read.items} == {"1": 100, "3": 100}


async def test_a_source_that_shows_nothing_is_asked_for_nothing() -> None:
    source = Pages([page(more=False)], known=[item("1")])
    assert (await sweep(source, "1")).items == []
    assert source.asked == []


async def test_an_item_that_cannot_be_read_when_asked_for_is_there() -> None:
    odd = UnreadableSourceItem("2", "rate is a text")
    source = Pages([page(item("1"), more=False)], known=[item("3")], unreadable=[odd])
    read = await sweep(source, "1", "2", "3")
    assert source.asked == [["2", "3"]]
    assert {one.item_id for one in read.items} == {"1", "3"}
    assert list(read.unreadable) == [odd]
