"""All CRM records by module, and how one is made, changed, found and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from sandbox.clock import SandboxClock
from sandbox.zoho.crm.fields import MODULES, Field, fields_of
from sandbox.zoho.ids import Ids
from sandbox.zoho.knobs import ZohoKnobs

DUBAI = timezone(timedelta(hours=4))
USER = {"name": "Majlis Owner", "id": "4150868000000000013", "email": "owner@sandbox.example"}
# what stands for a record where another points to it
_NAME_FIELDS = {
    "Accounts": "Account_Name",
    "Deals": "Deal_Name",
    "Tasks": "Subject",
    "Notes": "Note_Title",
}


def crm_stamp(moment: datetime) -> str:
    """`2026-01-15T10:00:00+04:00`, no fraction."""
    return moment.astimezone(DUBAI).isoformat(timespec="seconds")


@dataclass(slots=True)
class Record:
    """One record: its fields, and what Zoho itself keeps about it."""

    id: str
    module: str
    created_at: datetime
    modified_at: datetime
    values: dict[str, object] = field(default_factory=dict)
    # a lead that was converted: contact, account and deal ids
    converted_to: dict[str, str | None] | None = None

    @property
    def name(self) -> str:
        """What a lookup to this record shows."""
        if self.module in {"Leads", "Contacts"}:
            parts = (self.values.get("First_Name"), self.values.get("Last_Name"))
            return " ".join(str(part) for part in parts if part)
        return str(self.values.get(_NAME_FIELDS[self.module]) or "")


class ModuleRecords:
    """The six modules of the organization."""

    def __init__(self, clock: SandboxClock, knobs: ZohoKnobs, ids: Ids) -> None:
        self._clock = clock
        self._knobs = knobs
        self._ids = ids
        self.modules: dict[str, dict[str, Record]] = {name: {} for name in MODULES}
        # module, id, when and how
        self.deleted: list[dict[str, object]] = []

    def now(self) -> datetime:
        """Sandbox time."""
        return self._clock.now()

    def fields(self, module: str) -> dict[str, Field]:
        """The module's fields by name, as the knobs have them."""
        return fields_of(module, self._knobs.crm_unique_fields, self._knobs.crm_mandatory_fields)

    def exists(self, module: str, record_id: str) -> bool:
        """Whether a lookup may point there."""
        return record_id in self.modules.get(module, {})

    def find(self, module: str, name: str, value: object) -> Record | None:
        """The record with this value in a field, letter case aside; converted leads no longer count."""
        if value is None or value == "":
            return None
        for record in self.modules[module].values():
            if record.converted_to is None and _same(record.values.get(name), value):
                return record
        return None

    def add(self, module: str, values: Mapping[str, object]) -> Record:
        """A new record."""
        now = self.now()
        record = Record(self._ids.next(), module, now, now, dict(values))
        self.modules[module][record.id] = record
        return record

    def change(self, record: Record, values: Mapping[str, object]) -> None:
        """Some fields of a record."""
        record.values.update(values)
        record.modified_at = self.now()

    def delete(self, module: str, record_id: str) -> None:
        """Into the recycle bin; what belongs to the record goes with it."""
        record = self.modules[module].pop(record_id)
        self.deleted.append(
            {
                "id": record.id,
                "display_name": record.name,
                "type": "recycle",
                "deleted_time": crm_stamp(self.now()),
                "created_by": USER,
                "deleted_by": USER,
                "$module": module,
            }
        )
        for note in list(self.modules["Notes"].values()):
            parent = note.values.get("Parent_Id")
            if isinstance(parent, Mapping) and parent.get("id") == record_id:
                del self.modules["Notes"][note.id]

    def shown(self, record: Record) -> dict[str, object]:
        """The record on the wire, lookups with the names of what they point to."""
        shown: dict[str, object] = dict.fromkeys(self.fields(record.module))
        shown.update({name: self._pointed(value) for name, value in record.values.items()})
        shown.update(
            {
                "id": record.id,
                "Owner": shown.get("Owner") or USER,
                "Created_By": USER,
                "Modified_By": USER,
                "Created_Time": crm_stamp(record.created_at),
                "Modified_Time": crm_stamp(record.modified_at),
            }
        )
        if record.module == "Leads":
            shown["Converted__s"] = record.converted_to is not None
            for name, target in (record.converted_to or {}).items():
                shown[f"Converted_{name}"] = None if target is None else self._pointed({"id": target})
        return shown

    def by_kind(self) -> dict[str, list[dict[str, object]]]:
        """All records for the control API and the page."""
        return {
            module.lower(): [self.shown(record) for record in records.values()]
            for module, records in self.modules.items()
        }

    def clear(self) -> None:
        """No record is left."""
        for records in self.modules.values():
            records.clear()
        self.deleted.clear()

    def _pointed(self, value: object) -> object:
        if not isinstance(value, Mapping) or "id" not in value:
            return value
        for records in self.modules.values():
            if (record := records.get(str(value["id"]))) is not None:
                return {"name": record.name, **value}
        return {"name": USER["name"], **value}


def _same(one: object, other: object) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.casefold() == other.casefold()
    return one == other
