"""What the rules of the business need from the outside, in their own words."""

from __future__ import annotations

from typing import Protocol


class CustomerRecords(Protocol):
    """Where the sales managers keep their customers and their tasks (Zoho CRM)."""

    async def upsert_lead(self, phone: str, name: str | None) -> str:
        """The id of the lead with this phone (E.164), made if there is none. Safe to repeat."""
        ...

    async def find_task(self, lead_id: str, marker: str) -> str | None:
        """The id of the lead's task that carries `marker`."""
        ...

    async def create_task(self, lead_id: str, subject: str, description: str, marker: str) -> str:
        """Make a task under the lead and return its id. Repeated, it makes another one."""
        ...
