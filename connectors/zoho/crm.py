"""Zoho CRM v8: records of any module, notes, tasks (`zoho.md` §2).

Nothing here searches: CRM's index lags behind, so a record made a moment ago may not be found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from connectors.zoho import wire
from connectors.zoho.answers import Call, Effect
from connectors.zoho.crm_answers import results
from connectors.zoho.errors import ZohoError, ZohoNotFound
from connectors.zoho.session import BACKGROUND, Pace, ZohoSession
from connectors.zoho.wire import Json, Unreadable

PAGE_SIZE = 200
_RECORDS_AT_ONCE = 100
_NO_SUCH_ID = "INVALID_DATA"


@dataclass(frozen=True, slots=True)
class Record:
    """A record as CRM shows it: its id and the fields that were asked for, by API name."""

    record_id: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing; `next_page_token` is None on the last."""

    records: Sequence[Record]
    next_page_token: str | None


@dataclass(frozen=True, slots=True)
class Upserted:
    """What an upsert did with one record."""

    record_id: str
    created: bool
    # The unique field by which an existing record was found.
    duplicate_field: str | None


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task for a person about a record."""

    subject: str
    # Module and id of what it is about, ("Deals", "…") for example.
    about: tuple[str, str]
    description: str = ""
    due: date | None = None
    owner_id: str = ""
    # `High`, `Normal`, ...; empty: CRM's own default.
    priority: str = ""


class CrmClient:
    """Calls CRM at one pace; every method raises a `ZohoError` (`connectors.zoho.errors`)."""

    def __init__(self, session: ZohoSession, pace: Pace = BACKGROUND) -> None:
        self._session = session
        self._pace = pace

    def at(self, pace: Pace) -> CrmClient:
        """The same client for a caller with another pace, a live turn for example."""
        return CrmClient(self._session, pace)

    async def upsert(
        self, module: str, records: Sequence[Mapping[str, object]], unique_fields: Sequence[str]
    ) -> Sequence[Upserted | ZohoError]:
        """Make or update up to 100 records; what became of each, in the order given.

        `unique_fields` are looked at in this order; each has to be a system duplicate field or marked
        "no duplicates" in CRM. Raises ValueError for no records or more than 100.
        """
        if not 0 < len(records) <= _RECORDS_AT_ONCE:
            raise ValueError(f"{len(records)} records to upsert; give 1 to {_RECORDS_AT_ONCE}")
        body = {"data": list(records), "duplicate_check_fields": list(unique_fields)}
        call = Call("POST", f"/{module}/upsert", Effect.REPEATABLE, body=body)

        def read(document: Json) -> Sequence[Upserted | ZohoError]:
            outcomes = results(call, document, sent=len(records))
            return [out if isinstance(out, ZohoError) else _upserted(out) for out in outcomes]

        return await self._session.request(call, self._pace, read)

    async def upsert_one(
        self, module: str, record: Mapping[str, object], unique_fields: Sequence[str]
    ) -> Upserted:
        """Make or update one record; its error is raised."""
        (outcome,) = await self.upsert(module, [record], unique_fields)
        if isinstance(outcome, ZohoError):
            raise outcome
        return outcome

    async def create(self, module: str, record: Mapping[str, object]) -> str:
        """Make a record and return its id. ZohoDuplicate when a unique value is taken, so that with one in
        it a repetition makes no second record; never repeated here."""
        return await self._create(module, record)

    async def update(self, module: str, record_id: str, fields: Mapping[str, object]) -> None:
        """Change fields of one record."""
        call = Call("PUT", f"/{module}/{record_id}", Effect.REPEATABLE, body={"data": [dict(fields)]})
        await self._session.request(call, self._pace, lambda document: _only_result(call, document))

    async def delete(self, module: str, record_ids: Sequence[str]) -> int:
        """Move records to the recycle bin, where CRM keeps them for 60 days; how many there were.

        One that is not there any more is no error.
        """
        deleted = 0
        for start in range(0, len(record_ids), _RECORDS_AT_ONCE):
            ids = record_ids[start : start + _RECORDS_AT_ONCE]
            call = Call("DELETE", f"/{module}", Effect.REPEATABLE, {"ids": ",".join(ids)})

            def read(document: Json, call: Call = call, sent: int = len(ids)) -> Sequence[Json | ZohoError]:
                return results(call, document, sent=sent)

            for outcome in await self._session.request(call, self._pace, read):
                if not isinstance(outcome, ZohoError):
                    deleted += 1
                elif outcome.code != _NO_SUCH_ID:
                    raise outcome
        return deleted

    async def get(self, module: str, record_id: str, fields: Sequence[str]) -> Record:
        """One record. Raises ZohoNotFound."""
        query = {"fields": ",".join(fields)}
        call = Call("GET", f"/{module}/{record_id}", Effect.READ, query)
        found = await self._session.request(call, self._pace, _read_records)
        if not found:
            raise ZohoNotFound(f"{call}: there is no such record")
        return found[0]

    async def list(
        self,
        module: str,
        fields: Sequence[str],
        *,
        page_token: str | None = None,
        sort_by: str = "id",
        descending: bool = True,
        modified_since: datetime | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Page:
        """One page of a module, 200 records at most; begin without `page_token`.

        Raises ZohoListingLost when the token is no longer good (24 h, or other parameters than before).
        """
        asked = {
            "fields": ",".join(fields),
            "per_page": str(PAGE_SIZE),
            "sort_by": sort_by,
            "sort_order": "desc" if descending else "asc",
            **(query or {}),
        }
        if page_token is not None:
            asked["page_token"] = page_token
        headers = {} if modified_since is None else {"If-Modified-Since": wire.crm_time(modified_since)}
        call = Call("GET", f"/{module}", Effect.READ, asked, headers=headers)
        return await self._session.request(call, self._pace, _read_page)

    async def create_note(self, module: str, record_id: str, title: str, content: str) -> str:
        """Make a note on a record and return its id.

        Never repeated here: after an unknown outcome look for `title` among `notes`.
        """
        parent = {"module": {"api_name": module}, "id": record_id}
        note = {"Note_Title": title, "Note_Content": content, "Parent_Id": parent}
        return await self._create("Notes", note)

    async def create_task(self, task: NewTask) -> str:
        """Make a task and return its id. Never repeated here: look among `tasks` first."""
        module, record_id = task.about
        record: dict[str, object] = {
            "Subject": task.subject,
            "What_Id": {"id": record_id},
            "$se_module": module,
        }
        given = {"Description": task.description, "Priority": task.priority}
        record |= {name: value for name, value in given.items() if value}
        if task.due is not None:
            record["Due_Date"] = task.due.isoformat()
        if task.owner_id:
            record["Owner"] = {"id": task.owner_id}
        return await self._create("Tasks", record)

    async def notes(self, module: str, record_id: str) -> Sequence[Record]:
        """The newest notes of a record, 200 at most: Note_Title, Note_Content, Created_Time."""
        fields = ("Note_Title", "Note_Content", "Created_Time")
        return (await self.list(f"{module}/{record_id}/Notes", fields)).records

    async def tasks(self, module: str, record_id: str) -> Sequence[Record]:
        """The newest tasks of a record, 200 at most: Subject, Description, Status, Due_Date, Created_Time."""
        fields = ("Subject", "Description", "Status", "Due_Date", "Created_Time")
        return (await self.list(f"{module}/{record_id}/Tasks", fields)).records

    async def current_user(self) -> Record:
        """The user the connection acts for."""
        call = Call("GET", "/users", Effect.READ, {"type": "CurrentUser"})
        return await self._session.request(call, self._pace, lambda document: _first(document, "users"))

    async def fields(self, module: str) -> Mapping[str, bool]:
        """API name of each field of a module → whether it is marked "no duplicates"."""
        call = Call("GET", "/settings/fields", Effect.READ, {"module": module})
        return await self._session.request(
            call,
            self._pace,
            lambda document: {
                wire.text(row, "api_name"): bool(row.get("unique")) for row in wire.rows(document, "fields")
            },
        )

    async def organization(self) -> Record:
        """The CRM organization."""
        call = Call("GET", "/org", Effect.READ)
        return await self._session.request(call, self._pace, lambda document: _first(document, "org"))

    async def _create(self, module: str, record: Mapping[str, object]) -> str:
        call = Call("POST", f"/{module}", Effect.ONCE, body={"data": [dict(record)]})
        return await self._session.request(
            call, self._pace, lambda document: _result_id(_only_result(call, document))
        )


def _only_result(call: Call, document: Json) -> Json:
    (outcome,) = results(call, document, sent=1)
    if isinstance(outcome, ZohoError):
        raise outcome
    return outcome


def _result_id(entry: Json) -> str:
    return wire.identifier(wire.record(entry, "details"), "id")


def _upserted(entry: Json) -> Upserted:
    field_name = entry.get("duplicate_field")
    return Upserted(
        record_id=_result_id(entry),
        created=entry.get("action") != "update",
        duplicate_field=field_name if isinstance(field_name, str) else None,
    )


def _read_page(document: Json) -> Page:
    info = document.get("info")
    info = info if isinstance(info, dict) else {}
    token = None
    if info.get("more_records") is True:
        token = wire.text(info, "next_page_token")
        if not token:
            raise Unreadable("info.next_page_token is missing although more records follow")
    return Page(_read_records(document), token)


def _read_records(document: Json) -> Sequence[Record]:
    return [_record(row) for row in wire.rows(document, "data")]


def _record(row: Json) -> Record:
    return Record(wire.identifier(row, "id"), {name: value for name, value in row.items() if name != "id"})


def _first(document: Json, name: str) -> Record:
    found = wire.rows(document, name)
    if not found:
        raise Unreadable(f"{name} is empty, a list with one object was expected")
    return _record(found[0])
