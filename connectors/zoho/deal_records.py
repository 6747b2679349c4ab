"""Accounts, contacts and deals in Zoho CRM (port `sales.ports.DealRecords`).

In CRM these have to be marked "no duplicates" (`zoho.md` §2.3): `Mobile` of contacts, and a text field
`Majlis_Reference` of accounts (the customer's number) and of deals (the quote's).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from connectors.zoho import wire
from connectors.zoho.crm import CrmClient
from connectors.zoho.kept_record import find_or_make, keep_record
from sales.ports import Deal, DealEnd, DealSeen, DealStage

_REFERENCE = "Majlis_Reference"
_ACCOUNT_FIELDS = {"company": "Account_Name", "city": "Billing_City"}
_CONTACT_FIELDS = {"contact_name": "Last_Name", "email": "Email"}
# Stages of CRM's standard pipeline.
_STAGES = {DealStage.QUOTED: "Proposal/Price Quote", DealStage.NEGOTIATED: "Negotiation/Review"}
_WON = "Closed Won"
# "Closed Lost to Competition", too.
_LOST = "Closed Lost"
_DEALS_AT_ONCE = 100


class ZohoDealRecords:
    """Every method raises a `ZohoError`. `discount_field` is the deal's field in which managers approve."""

    def __init__(self, crm: CrmClient, discount_field: str) -> None:
        self._crm = crm
        self._discount_field = discount_field

    async def keep_account(self, phone: str, known: Mapping[str, str], formerly: Mapping[str, str]) -> str:
        """The account with this number as reference."""
        return await keep_record(
            self._crm,
            "Accounts",
            (_REFERENCE, phone),
            {_ACCOUNT_FIELDS[name]: value for name, value in known.items()},
            {_ACCOUNT_FIELDS[name]: value for name, value in formerly.items()},
            {"Account_Name": phone},
        )

    async def keep_contact(self, phone: str, known: Mapping[str, str], formerly: Mapping[str, str]) -> str:
        """The contact with this mobile number."""
        return await keep_record(
            self._crm,
            "Contacts",
            ("Mobile", phone),
            _contact(known),
            _contact(formerly),
            {"Last_Name": phone},
        )

    async def keep_deal(self, number: str, deal: Deal) -> str:
        """The deal with this quote number; in one that is there amount, day and our own stages change."""
        stage = _STAGES[deal.stage]
        terms: dict[str, object] = {"Amount": deal.amount, "Closing_Date": deal.closes_on.isoformat()}
        new = {
            **terms,
            "Deal_Name": deal.name,
            "Stage": stage,
            "Account_Name": {"id": deal.account_id},
            "Contact_Name": {"id": deal.contact_id},
        }
        deal_id, made = await find_or_make(self._crm, "Deals", (_REFERENCE, number), new)
        if made:
            return deal_id
        current = (await self._crm.get("Deals", deal_id, ["Stage"])).fields.get("Stage")
        if _end(current) is not None:
            return deal_id
        # A stage that people chose says more than ours.
        if current in _STAGES.values():
            terms["Stage"] = stage
        await self._crm.update("Deals", deal_id, terms)
        return deal_id

    async def win_deal(self, deal_id: str, amount: Decimal) -> None:
        """There is an order, whatever the stage was."""
        await self._crm.update("Deals", deal_id, {"Stage": _WON, "Amount": amount})

    async def approve_discount(self, deal_id: str, percent: Decimal) -> None:
        """Into the field in which managers approve."""
        await self._crm.update("Deals", deal_id, {self._discount_field: percent})

    async def read_deals(self, deal_ids: Sequence[str]) -> Sequence[DealSeen]:
        """By id, 100 at a time; CRM leaves out those that were deleted."""
        seen: list[DealSeen] = []
        for start in range(0, len(deal_ids), _DEALS_AT_ONCE):
            wanted = deal_ids[start : start + _DEALS_AT_ONCE]
            page = await self._crm.list(
                "Deals", ["Stage", self._discount_field], query={"ids": ",".join(wanted)}
            )
            seen += [
                DealSeen(
                    deal_id=record.record_id,
                    end=_end(record.fields.get("Stage")),
                    discount_percent=wire.decimal(record.fields.get(self._discount_field)),
                )
                for record in page.records
                if record.record_id in wanted
            ]
        return seen

    async def find_note(self, deal_id: str, marker: str) -> str | None:
        """Among the deal's notes themselves: CRM's search would not know one that was just made."""
        notes = await self._crm.notes("Deals", deal_id)
        return next(
            (note.record_id for note in notes if marker in str(note.fields.get("Note_Title") or "")), None
        )

    async def create_note(self, deal_id: str, title: str, content: str, marker: str) -> str:
        """The marker ends the title."""
        return await self._crm.create_note("Deals", deal_id, f"{title} ({marker})", content)


def _contact(known: Mapping[str, str]) -> dict[str, object]:
    fields: dict[str, object] = {
        _CONTACT_FIELDS[name]: known[name] for name in _CONTACT_FIELDS if name in known
    }
    if "account_id" in known:
        fields["Account_Name"] = {"id": known["account_id"]}
    return fields


def _end(stage: object) -> DealEnd | None:
    if stage == _WON:
        return DealEnd.WON
    return DealEnd.LOST if isinstance(stage, str) and stage.startswith(_LOST) else None
