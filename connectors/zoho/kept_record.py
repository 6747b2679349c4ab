"""A CRM record that is found by a unique field, or made, and of which people's own changes stay."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.zoho.crm import CrmClient
from connectors.zoho.errors import ZohoDuplicate, ZohoInvalid

Fields = Mapping[str, object]

_MANDATORY_MISSING = "MANDATORY_NOT_FOUND"


async def find(crm: CrmClient, module: str, key: tuple[str, str]) -> str | None:
    """The id of the record with this unique field and value: CRM misses the mandatory fields of a new one."""
    name, value = key
    try:
        return (await crm.upsert_one(module, {name: value}, [name])).record_id
    except ZohoInvalid as error:
        if error.code != _MANDATORY_MISSING:
            raise
    return None


async def find_or_make(crm: CrmClient, module: str, key: tuple[str, str], new: Fields) -> tuple[str, bool]:
    """The id of the record with this unique field and value, and whether it was made now, of `new`.

    The key alone goes first, which changes nothing of a record that is there; only for a new one does CRM
    miss its mandatory fields. Then it is inserted and not upserted: of two workers the slower one is refused
    and adopts the other's record, where an upsert would write over it.
    """
    name, value = key
    if (found := await find(crm, module, key)) is not None:
        return found, False
    try:
        return await crm.create(module, {**new, name: value}), True
    except ZohoDuplicate as error:
        if error.existing_id is None:
            raise
        return error.existing_id, False


async def keep_record(
    crm: CrmClient,
    module: str,
    key: tuple[str, str],
    known: Fields,
    formerly: Fields,
    stand_ins: Fields,
) -> str:
    """The id of the record with this key, with `known` in it where nobody else wrote something.

    A value is written over when it is empty, what was written `formerly`, or the stand-in that a mandatory
    field was made with.
    """
    record_id, made = await find_or_make(crm, module, key, {**stand_ins, **known})
    if made or not known:
        return record_id
    current = (await crm.get(module, record_id, list(known))).fields
    changes = {}
    for name, value in known.items():
        shown = _plain(current.get(name))
        ours = (None, "", stand_ins.get(name), _plain(formerly.get(name)))
        if shown != _plain(value) and shown in ours:
            changes[name] = value
    if changes:
        await crm.update(module, record_id, changes)
    return record_id


def _plain(value: object) -> object:
    """A lookup as its id: CRM adds the name of what it points to."""
    return value.get("id") if isinstance(value, Mapping) else value
