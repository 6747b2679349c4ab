"""Customers and the managers' tasks in Zoho CRM (port `sales.ports.CustomerRecords`).

`Mobile` has to be marked "no duplicates" for leads in CRM: it is what a lead is found by (`zoho.md` §2.3).
"""

from __future__ import annotations

from connectors.zoho.crm import CrmClient, NewTask
from connectors.zoho.errors import ZohoInvalid

_LEADS = "Leads"
_KEY = "Mobile"
_MANDATORY_MISSING = "MANDATORY_NOT_FOUND"


class ZohoCustomerRecords:
    """Every method raises a `ZohoError`."""

    def __init__(self, crm: CrmClient) -> None:
        self._crm = crm

    async def upsert_lead(self, phone: str, name: str | None) -> str:
        """The lead with this number; one that is there keeps the names that people gave it.

        So the number alone goes first, which changes nothing of a lead that is there; only for a new one
        does CRM miss its mandatory fields.
        """
        try:
            return (await self._crm.upsert_one(_LEADS, {_KEY: phone}, [_KEY])).record_id
        except ZohoInvalid as error:
            if error.code != _MANDATORY_MISSING:
                raise
        named = name or phone
        lead = {_KEY: phone, "Last_Name": named, "Company": named}
        return (await self._crm.upsert_one(_LEADS, lead, [_KEY])).record_id

    async def find_task(self, lead_id: str, marker: str) -> str | None:
        """Among the lead's tasks themselves: CRM's search would not know one that was just made."""
        tasks = await self._crm.tasks(_LEADS, lead_id)
        return next(
            (task.record_id for task in tasks if marker in str(task.fields.get("Subject") or "")), None
        )

    async def create_task(self, lead_id: str, subject: str, description: str, marker: str) -> str:
        """The marker ends the subject, the one text of a task that a listing shows."""
        task = NewTask(subject=f"{subject} ({marker})", about=(_LEADS, lead_id), description=description)
        return await self._crm.create_task(task)
