"""Read all items of the source, page by page, while people go on changing them there.

Pages shift under a reader: an item that is deleted lets the next page's first one slip to the page before,
and one that is inserted shows another twice. So what is not on any page is asked for by its id before it
counts as gone, and of two readings the newer counts. No filter is trusted: each row says itself what it is.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from catalog.ports import ItemSource, SourceAway, SourceItem, UnreadableSourceItem
from storage.steps import reach

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Sweep:
    """Everything the source has."""

    items: Sequence[SourceItem]
    # These are there, and so not gone.
    unreadable: Sequence[UnreadableSourceItem]
    pages: int


async def read_sweep(
    source: ItemSource,
    on_sale: Collection[str],
    progress: Callable[[Mapping[str, Any]], Awaitable[None]],
) -> Sweep:
    """Read every page, then by their ids the items `on_sale` that stood on none.

    Raises:
        SourceAway: as the source does, and when a page brings nothing new although more should follow.
        SourceRefused: as the source does.
    """
    items: dict[str, SourceItem] = {}
    unreadable: dict[str | None, UnreadableSourceItem] = {}
    number = 0
    has_more = True
    while has_more:
        number += 1
        page = await source.page(number)
        known = len(items) + len(unreadable)
        for item in page.items:
            items[item.item_id] = _newer(items.get(item.item_id), item)
        for one in page.unreadable:
            unreadable[one.item_id] = one
        has_more = page.has_more
        if has_more and len(items) + len(unreadable) == known:
            raise SourceAway(
                f"page {number} of the items repeats the pages before it and says that more follow"
            )
        await progress({"pages": number, "items": len(items) + len(unreadable), "expected": len(on_sale)})
        reach("catalog.page")
    # A source that shows nothing at all is not asked for each item that it should have shown.
    missing = sorted(set(on_sale) - items.keys() - unreadable.keys()) if items else []
    if missing:
        asked = await source.items(missing)
        for item in asked.items:
            # Whatever else comes along was not asked for, and may be older than what the pages said.
            if item.item_id in missing:
                items[item.item_id] = item
        for one in asked.unreadable:
            unreadable[one.item_id] = one
    return Sweep(list(items.values()), list(unreadable.values()), number)


def _newer(before: SourceItem | None, now: SourceItem) -> SourceItem:
    if before is None or (before.last_modified or _LONG_AGO) <= (now.last_modified or _LONG_AGO):
        return now
    return before
