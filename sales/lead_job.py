"""Whoever says who he is becomes a lead in CRM, one per phone number (design §7).

The job is written in the transaction that keeps what the customer said. After the first quote the customer
is a contact, and a lead that a person converted meanwhile must not come back as a new one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sales.chat_phone import phone_of_chat
from sales.crm_links import Known, Links, keep_link, read_links
from sales.fact_storage import read_customer_facts
from sales.ports import CustomerRecords
from storage.jobs import Job, enqueue

KIND = "crm.lead"
_FACTS = ("company", "contact_name", "email", "city")


async def ask_for_lead(connection: AsyncConnection, conversation_id: int) -> int | None:
    """Have the lead made or brought up to date, in the transaction that keeps new facts; the job's id.

    None where nothing is to be done: nothing is known of the customer, or the lead has it all.
    """
    known, links = await _read(connection, conversation_id)
    if not known or links.contact_id is not None or links.written.get("lead_id") == known:
        return None
    # What is written is read when the job runs; the key is another one whenever the facts are, so that
    # news that come while a job is under way get one of their own.
    news = hashlib.sha256(orjson.dumps(known, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]
    return await enqueue(connection, KIND, f"{conversation_id}:{news}", {}, conversation_id=conversation_id)


class LeadJob:
    """The work of these jobs (`storage.jobs.Work`)."""

    def __init__(self, engine: AsyncEngine, records: CustomerRecords) -> None:
        self._engine = engine
        self._records = records

    async def find(self, job: Job) -> Mapping[str, Any] | None:
        """Nothing to look up: a lead is found by its phone number however often it is written."""
        return None

    async def do(self, job: Job) -> Mapping[str, Any]:
        """Write what is known; what became known meanwhile is written, too, so that the last word stands.

        Raises:
            JobImpossible: when the chat has no phone number to find a lead by.
        """
        assert job.conversation_id is not None
        async with self._engine.begin() as connection:
            phone = await phone_of_chat(connection, job.conversation_id)
            known, links = await _read(connection, job.conversation_id)
        lead_id, formerly = links.lead_id, links.written.get("lead_id", {})
        while known != formerly and links.contact_id is None:
            lead_id = await self._records.keep_lead(phone, known, formerly)
            await keep_link(self._engine, job, job.conversation_id, "lead_id", lead_id, known)
            formerly = known
            async with self._engine.begin() as connection:
                known, links = await _read(connection, job.conversation_id)
        return {"lead_id": lead_id}


async def _read(connection: AsyncConnection, conversation_id: int) -> tuple[Known, Links]:
    facts = await read_customer_facts(connection, conversation_id)
    known = {name: value for name in _FACTS if (value := getattr(facts, name))}
    return known, await read_links(connection, conversation_id)
