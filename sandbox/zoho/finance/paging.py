"""Pages of finance lists, and the filters that all lists share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

MAX_PER_PAGE = 200


def page_number(query: Mapping[str, str]) -> int:
    """The page that is asked for, from 1."""
    return max(1, _number(query.get("page"), 1))


def page_reply(
    name: str,
    title: str,
    records: Sequence[Mapping[str, object]],
    query: Mapping[str, str],
    *,
    sorted_by: str,
    as_list: bool,
) -> dict[str, object]:
    """The envelope of one page with its `page_context`."""
    page = page_number(query)
    per_page = min(MAX_PER_PAGE, max(1, _number(query.get("per_page"), MAX_PER_PAGE)))
    begin = (page - 1) * per_page
    context: dict[str, object] = {
        "page": page,
        "per_page": per_page,
        "has_more_page": begin + per_page < len(records),
        "report_name": title,
        "applied_filter": query.get("filter_by", "Status.All"),
        "sort_column": sorted_by,
        "sort_order": "D" if query.get("sort_order") == "D" else "A",
    }
    return {
        "code": 0,
        "message": "success",
        name: list(records[begin : begin + per_page]),
        "page_context": [context] if as_list else context,
    }


def contains(record: Mapping[str, object], query: Mapping[str, str], *columns: str) -> bool:
    """`COLUMN_contains=` of these columns, and `search_text=` in any of them."""
    for column in columns:
        wanted = query.get(f"{column}_contains")
        if wanted is not None and wanted.lower() not in str(record.get(column, "")).lower():
            return False
    text = query.get("search_text", "").lower()
    return any(text in str(record.get(column, "")).lower() for column in columns)


def _number(value: str | None, default: int) -> int:
    return int(value) if value and value.isdecimal() else default
