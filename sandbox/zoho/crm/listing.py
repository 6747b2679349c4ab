"""Lists of records: mandatory fields, pages, page tokens beyond 2,000 records, If-Modified-Since."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

from sandbox.clock import parse_iso
from sandbox.zoho.crm.module_records import ModuleRecords, Record, crm_stamp
from sandbox.zoho.replies import Asked, CrmRefusal, Reply

MAX_FIELDS = 50
MAX_PER_PAGE = 200
# `page` reaches no further; a page token does
PAGE_WALL = 2000
TOKEN_LIFE = timedelta(hours=24)
_SORTS: Mapping[str, Callable[[Record], object]] = {
    "id": lambda record: record.id,
    "Created_Time": lambda record: (record.created_at, record.id),
    "Modified_Time": lambda record: (record.modified_at, record.id),
}
_TOKEN_PARAMETERS = ("fields", "per_page", "sort_by", "sort_order", "ids", "cvid", "converted")


@dataclass(frozen=True, slots=True)
class _PageToken:
    path: str
    parameters: dict[str, str]
    offset: int
    expires_at: datetime


class Listing:
    """Answers lists; remembers the page tokens that it gave out."""

    def __init__(self, records: ModuleRecords) -> None:
        self._records = records
        self._tokens: dict[str, _PageToken] = {}

    def answer(self, asked: Asked, candidates: Sequence[Record]) -> Reply:
        """One page of the candidates; 204 when there is none. Raises CrmRefusal."""
        names = wanted_fields(asked)
        chosen = self._chosen(asked, candidates)
        since = asked.headers.get("if-modified-since")
        if since is not None:
            moment = header_moment(since)
            chosen = [record for record in chosen if record.modified_at > moment]
            if not chosen:
                return Reply(status=304)
        per_page = number(asked, "per_page", MAX_PER_PAGE, most=MAX_PER_PAGE)
        sort_by, descending = _sorting(asked)
        # Any: the keys of one sort compare with one another
        chosen.sort(key=_SORTS[sort_by], reverse=descending)  # type: ignore[arg-type]
        begin, page = self._begin(asked, per_page)
        shown = chosen[begin : begin + per_page]
        if not shown:
            return Reply(status=204)
        has_more = begin + per_page < len(chosen)
        expiry = self._records.now() + TOKEN_LIFE
        info = {
            "per_page": per_page,
            "count": len(shown),
            "page": page,
            "sort_by": sort_by,
            "sort_order": "desc" if descending else "asc",
            "more_records": has_more,
            "next_page_token": self._token(asked, begin + per_page, expiry) if has_more else None,
            "previous_page_token": None,
            "page_token_expiry": crm_stamp(expiry) if has_more else None,
        }
        return Reply({"data": [picked(self._records.shown(item), names) for item in shown], "info": info})

    def _chosen(self, asked: Asked, candidates: Sequence[Record]) -> list[Record]:
        converted = asked.query.get("converted", "false")
        if converted not in {"true", "false", "both"}:
            refuse_parameter("converted")
        chosen = [
            record
            for record in candidates
            if converted == "both" or (record.converted_to is not None) == (converted == "true")
        ]
        if "ids" in asked.query:
            ids = set(asked.query["ids"].split(","))
            chosen = [record for record in chosen if record.id in ids]
        return chosen

    def _begin(self, asked: Asked, per_page: int) -> tuple[int, int]:
        """Where the page begins, and its number."""
        token = asked.query.get("page_token")
        if token is None:
            page = number(asked, "page", 1)
            if page * per_page > PAGE_WALL:
                details = {"limit": PAGE_WALL, "param_name": "page"}
                message = "use page_token to fetch records beyond the limit"
                raise CrmRefusal(400, "DISCRETE_PAGINATION_LIMIT_EXCEEDED", message, details)
            return (page - 1) * per_page, page
        if "page" in asked.query:
            ambiguity = {"ambiguity_due_to": [{"param_name": "page"}, {"param_name": "page_token"}]}
            raise CrmRefusal(400, "AMBIGUITY_DURING_PROCESSING", "ambiguity while processing", ambiguity)
        known = self._tokens.get(token)
        if known is None:
            refuse_parameter("page_token")
        if self._records.now() >= known.expires_at:
            raise CrmRefusal(400, "EXPIRED_VALUE", "page_token is expired", {"param_name": "page_token"})
        if (asked.path, _bound(asked)) != (known.path, known.parameters):
            message = "the parameters differ from those of the page_token"
            raise CrmRefusal(400, "TOKEN_BOUND_DATA_MISMATCH", message, {"param_name": "page_token"})
        return known.offset, known.offset // per_page + 1

    def _token(self, asked: Asked, offset: int, expires_at: datetime) -> str:
        token = secrets.token_hex(24)
        self._tokens[token] = _PageToken(asked.path, _bound(asked), offset, expires_at)
        return token


def wanted_fields(asked: Asked) -> list[str]:
    """`fields`, which every list must name. Raises CrmRefusal."""
    names = [name.strip() for name in asked.query.get("fields", "").split(",") if name.strip()]
    details: dict[str, object] = {"param_name": "fields"}
    if not names:
        raise CrmRefusal(400, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", details)
    if len(names) > MAX_FIELDS:
        raise CrmRefusal(400, "LIMIT_EXCEEDED", "limit exceeded", {**details, "limit": MAX_FIELDS})
    return names


def picked(record: Mapping[str, object], names: Sequence[str]) -> dict[str, object]:
    """The named fields and the id."""
    return {**{name: record[name] for name in names if name in record}, "id": record["id"]}


def number(asked: Asked, name: str, default: int, *, most: int | None = None) -> int:
    """A whole number of the query from 1 to `most`. Raises CrmRefusal."""
    given = asked.query.get(name)
    if given is None:
        return default
    if not given.isdecimal() or int(given) < 1 or (most is not None and int(given) > most):
        refuse_parameter(name)
    return int(given)


def refuse_parameter(name: str) -> NoReturn:
    """Raises CrmRefusal for an argument with an impossible value."""
    raise CrmRefusal(400, "INVALID_DATA", "invalid data", {"param_name": name})


def unchanged(record: Record, headers: Mapping[str, str]) -> bool:
    """If-Modified-Since of a single record. Raises CrmRefusal when it is no time."""
    since = headers.get("if-modified-since")
    return since is not None and record.modified_at <= header_moment(since)


def header_moment(value: str) -> datetime:
    """The time of a conditional header. Raises CrmRefusal when it is none."""
    try:
        return parse_iso(value)
    except ValueError:
        details = {"expected_data_type": "datetime"}
        raise CrmRefusal(400, "INVALID_DATA", "invalid data", details) from None


def _sorting(asked: Asked) -> tuple[str, bool]:
    sort_by = asked.query.get("sort_by", "id")
    if sort_by not in _SORTS:
        refuse_parameter("sort_by")
    order = asked.query.get("sort_order", "desc")
    if order not in {"asc", "desc"}:
        refuse_parameter("sort_order")
    return sort_by, order == "desc"


def _bound(asked: Asked) -> dict[str, str]:
    """The parameters that a page token belongs to."""
    return {name: asked.query[name] for name in _TOKEN_PARAMETERS if name in asked.query}
