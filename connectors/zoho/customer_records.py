"""Customers and the managers' tasks in Zoho CRM (port `sales.ports.CustomerRecords`).

`Mobile` has to be marked "no duplicates" for leads in CRM: it is what a lead is found by (`zoho.md` §2.3).
"""

from __future__ import annotations

from collections.abc import Mapping

from connectors.zoho.crm import CrmClient, NewTask
from connectors.zoho.kept_record import keep_record

_LEADS = "Leads"
_KEY = "Mobile"
_FIELDS = {"company": "Company", "contact_name": "Last_Name", "email": "Email", "city": "City"}


class ZohoCustomerRecords:
    """Every method raises a `ZohoError`."""

    def __init__(self, crm: CrmClient) -> None:
        self._crm = crm

    async def keep_lead(self, phone: str, known: Mapping[str, str], formerly: Mapping[str, str]) -> str:
        """The lead with this number; one that is there keeps the names that people gave it.

        CRM asks for a name and a company: until they are known the number stands for both.
        """
        return await keep_record(
            self._crm,
            _LEADS,
            (_KEY, phone),
            {_FIELDS[name]: value for name, value in known.items()},
            {_FIELDS[name]: value for name, value in formerly.items()},
            {"Last_Name": phone, "Company": phone},
        )

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
