"""Taking a person out of Zoho CRM, found by the phone number like everything Majlis keeps there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.zoho.crm import CrmClient
from connectors.zoho.errors import ZohoNotFound
from connectors.zoho.kept_record import find

# Subjects of tasks that Majlis made end with it (`sales.marker`).
_OUR_MARK = "(majlis:"


@dataclass(frozen=True)
class KnownRecords:
    """Ids of the person's records that Majlis has noted, whatever became of them in CRM since."""

    leads: Sequence[str] = ()
    contacts: Sequence[str] = ()
    # Notes that sum up his chats.
    notes: Sequence[str] = ()


class ZohoPersonRecords:
    """Every method raises a `ZohoError`."""

    def __init__(self, crm: CrmClient) -> None:
        self._crm = crm

    async def erase(self, phone: str, known: KnownRecords) -> Mapping[str, int]:
        """Delete lead and contact with this number, the lead's tasks that Majlis made and the notes on deals.

        The account stays, because it is a company; its reference, which is the number, is emptied. How many
        of each module there were.
        """
        leads = await self._with("Leads", ("Mobile", phone), known.leads)
        contacts = await self._with("Contacts", ("Mobile", phone), known.contacts)
        account = await find(self._crm, "Accounts", ("Majlis_Reference", phone))
        if account is not None:
            await self._crm.update("Accounts", account, {"Majlis_Reference": None})
        tasks = [task_id for lead in leads for task_id in await self._tasks(lead)]
        return {
            "Tasks": await self._crm.delete("Tasks", tasks),
            "Notes": await self._crm.delete("Notes", known.notes),
            "Contacts": await self._crm.delete("Contacts", contacts),
            "Leads": await self._crm.delete("Leads", leads),
        }

    async def _with(self, module: str, key: tuple[str, str], known: Sequence[str]) -> list[str]:
        found = await find(self._crm, module, key)
        return [*known, *([] if found is None or found in known else [found])]

    async def _tasks(self, lead_id: str) -> list[str]:
        try:
            tasks = await self._crm.tasks("Leads", lead_id)
        except ZohoNotFound:
            # Somebody deleted the lead in CRM.
            return []
        return [task.record_id for task in tasks if _OUR_MARK in str(task.fields.get("Subject") or "")]
