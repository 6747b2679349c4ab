"""The routes of CRM v8, thin over records, writing, listing and search."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

from sandbox.zoho.crm import metadata
from sandbox.zoho.crm.conversion import convert
from sandbox.zoho.crm.fields import MODULES
from sandbox.zoho.crm.listing import Listing, header_moment, number, unchanged
from sandbox.zoho.crm.module_records import Record
from sandbox.zoho.crm.search import read_search
from sandbox.zoho.crm.writing import Writing, read_json, read_records
from sandbox.zoho.replies import Asked, CrmRefusal, Reply
from sandbox.zoho.router import Router, Scope
from sandbox.zoho.standin import ZohoStandIn

_RECORDS_PER_CREDIT = 10


class CrmApi:
    """CRM's table of routes."""

    def __init__(self, standin: ZohoStandIn) -> None:
        self._standin = standin
        self._records = standin.crm
        self._writing = Writing(standin.crm)
        self._listing = Listing(standin.crm)
        self.router = Router()
        self._add_settings()
        self._add_related()
        self._add_modules()

    def cost(self, asked: Asked) -> int:
        """Credits of a call (zoho.md §2.9)."""
        if asked.path.endswith("/actions/convert"):
            return 5
        if asked.path.endswith("/deleted"):
            return 2
        if asked.method == "GET":
            return 3 if "cvid" in asked.query else 1
        try:
            data = json.loads(asked.body).get("data", [])
        except (ValueError, AttributeError):
            return 1
        return max(1, -(-len(data) // _RECORDS_PER_CREDIT)) if isinstance(data, list) else 1

    def _add_settings(self) -> None:
        add = self.router.add
        add("GET", "users", metadata.current_user, Scope("ZohoCRM", "users", "READ"))
        add(
            "GET",
            "org",
            lambda _asked: metadata.organization(self._standin.config.zoho_organization_id),
            Scope("ZohoCRM", "org", "READ"),
        )
        add(
            "GET", "settings/modules", lambda _asked: metadata.modules(), Scope("ZohoCRM", "settings", "READ")
        )
        add("GET", "settings/fields", self._fields, Scope("ZohoCRM", "settings.fields", "READ"))

    def _add_modules(self) -> None:
        add = self.router.add
        every = "modules.*"
        add("GET", "*/search", self._search, Scope("ZohoSearch", "securesearch", "READ"))
        add("GET", "*/deleted", self._deleted, Scope("ZohoCRM", every, "READ"))
        add("POST", "*/upsert", self._upsert, Scope("ZohoCRM", every, "CREATE"))
        add("GET", "*", self._list, Scope("ZohoCRM", every, "READ"))
        add("POST", "*", self._insert, Scope("ZohoCRM", every, "CREATE"))
        add("PUT", "*", self._update_many, Scope("ZohoCRM", every, "UPDATE"))
        add("DELETE", "*", self._delete_many, Scope("ZohoCRM", every, "DELETE"))
        add("GET", "*/*", self._one, Scope("ZohoCRM", every, "READ"))
        add("PUT", "*/*", self._update_one, Scope("ZohoCRM", every, "UPDATE"))
        add("DELETE", "*/*", self._delete_one, Scope("ZohoCRM", every, "DELETE"))

    def _add_related(self) -> None:
        add = self.router.add
        add("POST", "Leads/*/actions/convert", self._convert, Scope("ZohoCRM", "modules.leads", "CREATE"))
        add("GET", "*/*/Notes", self._notes_of, Scope("ZohoCRM", "modules.notes", "READ"))
        add("POST", "*/*/Notes", self._add_notes, Scope("ZohoCRM", "modules.notes", "CREATE"))
        add("GET", "*/*/Tasks", self._tasks_of, Scope("ZohoCRM", "modules.tasks", "READ"))

    def _fields(self, asked: Asked) -> Reply:
        module = metadata.module_of(asked)
        return metadata.fields_of_module(asked, module, self._records.fields(module))

    def _list(self, asked: Asked, module: str) -> Reply:
        return self._listing.answer(asked, list(self._module(module).values()))

    def _search(self, asked: Asked, module: str) -> Reply:
        """Only what the index knows; 204 when nothing fits."""
        fits = read_search(asked)
        indexed_until = self._records.now() - timedelta(seconds=self._standin.knobs.crm_search_lag_seconds)
        found = [
            shown
            for record in self._module(module).values()
            if record.modified_at <= indexed_until and record.converted_to is None
            for shown in [self._records.shown(record)]
            if fits(shown)
        ]
        page, per_page = number(asked, "page", 1), number(asked, "per_page", 200, most=200)
        part = found[(page - 1) * per_page : page * per_page]
        if not part:
            return Reply(status=204)
        has_more = page * per_page < len(found)
        info = {"per_page": per_page, "count": len(part), "page": page, "more_records": has_more}
        return Reply({"data": part, "info": info})

    def _deleted(self, asked: Asked, module: str) -> Reply:
        self._module(module)
        gone = [entry for entry in self._records.deleted if entry["$module"] == module]
        if not gone or asked.query.get("type", "all") == "permanent":
            return Reply(status=204)
        data = [{name: value for name, value in entry.items() if name != "$module"} for entry in gone]
        info = {"per_page": 200, "count": len(data), "page": 1, "more_records": False}
        return Reply({"data": data, "info": info})

    def _one(self, asked: Asked, module: str, record_id: str) -> Reply:
        record = self._record(module, record_id)
        if record is None:
            return Reply(status=204)
        if unchanged(record, asked.headers):
            return Reply(status=304)
        return Reply({"data": [self._records.shown(record)]})

    def _insert(self, asked: Asked, module: str) -> Reply:
        self._module(module)
        return self._writing.insert(module, read_records(read_json(asked)))

    def _upsert(self, asked: Asked, module: str) -> Reply:
        self._module(module)
        return self._writing.upsert(module, read_json(asked))

    def _update_many(self, asked: Asked, module: str) -> Reply:
        self._module(module)
        return self._writing.update(module, read_records(read_json(asked)))

    def _update_one(self, asked: Asked, module: str, record_id: str) -> Reply:
        record = self._module(module).get(record_id)
        since = asked.headers.get("if-unmodified-since")
        if record is not None and since is not None and record.modified_at > header_moment(since):
            raise CrmRefusal(412, "ALREADY_MODIFIED", "the record is already modified")
        values = read_records(read_json(asked))[0]
        return self._writing.update(module, [{**values, "id": record_id}])

    def _delete_many(self, asked: Asked, module: str) -> Reply:
        self._module(module)
        ids = [part for part in asked.query.get("ids", "").split(",") if part]
        if not ids:
            details = {"param_name": "ids"}
            message = "One of the expected parameter is missing"
            raise CrmRefusal(400, "REQUIRED_PARAM_MISSING", message, details)
        return self._writing.delete(module, ids)

    def _delete_one(self, _asked: Asked, module: str, record_id: str) -> Reply:
        self._module(module)
        return self._writing.delete(module, [record_id])

    def _convert(self, asked: Asked, lead_id: str) -> Reply:
        return convert(self._records, self._writing, lead_id, read_json(asked))

    def _notes_of(self, asked: Asked, module: str, record_id: str) -> Reply:
        return self._related(asked, module, record_id, "Notes", ("Parent_Id",))

    def _tasks_of(self, asked: Asked, module: str, record_id: str) -> Reply:
        return self._related(asked, module, record_id, "Tasks", ("What_Id", "Who_Id"))

    def _add_notes(self, asked: Asked, module: str, record_id: str) -> Reply:
        self._parent(module, record_id)
        parent = {"id": record_id, "module": {"api_name": module}}
        data = [{**item, "Parent_Id": parent} for item in read_records(read_json(asked))]
        return self._writing.insert("Notes", data)

    def _related(self, asked: Asked, module: str, record_id: str, related: str, by: tuple[str, ...]) -> Reply:
        self._parent(module, record_id)
        found = [
            record
            for record in self._records.modules[related].values()
            for name in by
            if isinstance(pointed := record.values.get(name), Mapping) and pointed.get("id") == record_id
        ]
        return self._listing.answer(asked, found)

    def _module(self, module: str) -> dict[str, Record]:
        """The records of a module. Raises CrmRefusal."""
        if module not in MODULES:
            message = "the module name given seems to be invalid"
            raise CrmRefusal(400, "INVALID_MODULE", message, {"resource_path_index": 0})
        return self._records.modules[module]

    def _record(self, module: str, record_id: str) -> Record | None:
        record = self._module(module).get(record_id)
        is_refused = self._standin.knobs.crm_unknown_id == "400"
        if not record_id.isdecimal() or (record is None and is_refused):
            raise _invalid_id()
        return record

    def _parent(self, module: str, record_id: str) -> None:
        if record_id not in self._module(module):
            raise _invalid_id()


def _invalid_id() -> CrmRefusal:
    details = {"resource_path_index": 1}
    return CrmRefusal(400, "INVALID_DATA", "the id given seems to be invalid", details)
