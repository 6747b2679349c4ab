"""Lists of Inventory and Books: pages, and looking for a record in them (`zoho.md` §3.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from connectors.zoho import wire
from connectors.zoho.answers import Call, Effect
from connectors.zoho.errors import ZohoRefused
from connectors.zoho.session import Pace, ZohoSession
from connectors.zoho.wire import Json

PAGE_SIZE = 200
# A look-up whose filter is ignored reads the whole list; beyond 1,000 records it says so instead.
_LONGEST_LOOK_UP_PAGES = 5


def has_more(document: Json) -> bool:
    """Whether another page follows; `page_context` is an object, in one schema a list with one."""
    context = document.get("page_context")
    if isinstance(context, list):
        context = next((part for part in context if isinstance(part, dict)), None)
    return isinstance(context, dict) and context.get("has_more_page") is True


async def look_up[Result](
    session: ZohoSession,
    pace: Pace,
    path: str,
    name: str,
    query: Mapping[str, str],
    wanted: Callable[[Json], bool],
    read: Callable[[Json], Result],
) -> Sequence[Result]:
    """The records of a list that are `wanted`, newest first.

    The filter in `query` only saves pages: Zoho ignores filters it does not know and answers with
    everything, so each row is looked at again here.

    Raises:
        ZohoRefused: when the list is too long to be searched without a filter; "it is not there" would
            be a guess, and a guess makes a second record.
    """
    found: list[Result] = []
    for page in range(1, _LONGEST_LOOK_UP_PAGES + 1):
        paging = {"page": str(page), "per_page": str(PAGE_SIZE)}
        sorting = {"sort_column": "created_time", "sort_order": "D"}
        call = Call("GET", path, Effect.READ, {**query, **paging, **sorting})

        def chosen(document: Json) -> tuple[Sequence[Result], bool]:
            rows = wire.rows(document, name)
            return [read(row) for row in rows if wanted(row)], has_more(document)

        results, more = await session.request(call, pace, chosen)
        found.extend(results)
        if not more:
            return found
    raise ZohoRefused(
        f"GET {path}: the filter {', '.join(query)} is ignored and the list is longer than "
        f"{_LONGEST_LOOK_UP_PAGES * PAGE_SIZE} records: look it up by hand"
    )
