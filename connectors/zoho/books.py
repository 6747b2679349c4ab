"""Zoho Books v3: customers and estimates (`zoho.md` §3.5, §3.10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from connectors.zoho import wire
from connectors.zoho.answers import Call, Effect
from connectors.zoho.documents import (
    NewDocument,
    SalesDocument,
    custom_fields_body,
    document_body,
    read_document,
)
from connectors.zoho.errors import ZohoRefused
from connectors.zoho.finance_lists import look_up
from connectors.zoho.session import BACKGROUND, Pace, ZohoSession
from connectors.zoho.wire import Json

# An estimate that went further was sent before.
_SENT_STATES = frozenset({"sent", "accepted", "declined", "expired", "invoiced"})
_ACCEPTED_STATES = frozenset({"accepted", "invoiced"})
# What a person accepted or invoiced stays so.
_DECLINED_STATES = frozenset({"declined", "accepted", "invoiced", "expired"})


@dataclass(frozen=True, slots=True)
class UniqueField:
    """A custom field that the organization marked "no duplicates", and our value in it."""

    # API name, `cf_…`.
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class NewContact:
    """A customer to be made; `contact_name` is unique in the organization."""

    contact_name: str
    company_name: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    # E.164.
    phone: str = ""
    currency_id: str = ""
    # `en` or `ar`.
    language_code: str = ""
    tax_treatment: str = ""
    # 15 digits; with a tax treatment that has one.
    tax_reg_no: str = ""
    place_of_contact: str = ""
    # API name (`cf_…`) → value.
    custom_fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer as Zoho keeps it."""

    contact_id: str
    contact_name: str
    company_name: str
    email: str
    phone: str
    mobile: str
    currency_code: str
    status: str


class BooksClient:
    """Calls Books at one pace; every method raises a `ZohoError` (`connectors.zoho.errors`)."""

    def __init__(self, session: ZohoSession, pace: Pace = BACKGROUND) -> None:
        self._session = session
        self._pace = pace

    def at(self, pace: Pace) -> BooksClient:
        """The same client for a caller with another pace, a live turn for example."""
        return BooksClient(self._session, pace)

    async def find_contacts(self, *, name: str = "", email: str = "", phone: str = "") -> Sequence[Contact]:
        """Active customers with exactly this name, or e-mail address, or phone number, newest first.

        Raises ValueError unless one of the three is given.
        """
        given = [(name, "contact_name_contains"), (email, "email"), (phone, "phone_contains")]
        query = {parameter: value for value, parameter in given if value}
        if len(query) != 1:
            raise ValueError(f"find_contacts takes name, email or phone; {len(query)} of them were given")

        def wanted(row: Json) -> bool:
            if phone:
                return _digits(phone) in {_digits(wire.text(row, key)) for key in ("phone", "mobile")}
            key, value = ("email", email) if email else ("contact_name", name)
            return wire.text(row, key).strip().casefold() == value.strip().casefold()

        query["filter_by"] = "Status.Active"
        return await look_up(
            self._session, self._pace, "/contacts", "contacts", query, wanted, _read_contact_row
        )

    async def upsert_contact(self, contact: NewContact, unique: UniqueField) -> Contact:
        """Make the customer with this unique value, or bring the one that has it up to date."""
        # The value is sent as a field too: whether the headers alone store it is documented nowhere.
        contact = replace(contact, custom_fields={**contact.custom_fields, unique.name: unique.value})
        body = _contact_body(contact)
        call = Call("PUT", "/contacts", Effect.REPEATABLE, body=body, headers=_upsert_headers(unique))
        return await self._session.request(call, self._pace, _read_contact)

    async def upsert_estimate(self, estimate: NewDocument, unique: UniqueField) -> SalesDocument:
        """Make the estimate with this unique value, or bring the one that has it up to date."""
        estimate = replace(estimate, custom_fields={**estimate.custom_fields, unique.name: unique.value})
        body = document_body(estimate)
        call = Call("PUT", "/estimates", Effect.REPEATABLE, body=body, headers=_upsert_headers(unique))
        return await self._session.request(call, self._pace, _read_estimate)

    async def estimate(self, estimate_id: str) -> SalesDocument:
        """One estimate. Raises ZohoNotFound."""
        call = Call("GET", f"/estimates/{estimate_id}", Effect.READ)
        return await self._session.request(call, self._pace, _read_estimate)

    async def mark_estimate_sent(self, estimate_id: str) -> None:
        """Mark as sent; one that was sent before stays as it is."""
        await self._set_status(estimate_id, "sent", _SENT_STATES)

    async def accept_estimate(self, estimate_id: str) -> None:
        """Mark as accepted by the customer; one that is accepted already stays so."""
        await self._set_status(estimate_id, "accepted", _ACCEPTED_STATES)

    async def decline_estimate(self, estimate_id: str) -> None:
        """Mark as declined; one that is declined already, or went further, stays as it is."""
        await self._set_status(estimate_id, "declined", _DECLINED_STATES)

    async def _set_status(self, estimate_id: str, status: str, reached: frozenset[str]) -> None:
        call = Call("POST", f"/estimates/{estimate_id}/status/{status}", Effect.REPEATABLE)
        try:
            await self._session.request(call, self._pace, lambda _: None)
        except ZohoRefused:
            # Zoho refuses a step that was made before; after a repetition that is no failure.
            if (await self.estimate(estimate_id)).status not in reached:
                raise


def _upsert_headers(unique: UniqueField) -> dict[str, str]:
    return {
        "X-Unique-Identifier-Key": unique.name,
        "X-Unique-Identifier-Value": unique.value,
        "X-Upsert": "true",
    }


def _contact_body(contact: NewContact) -> dict[str, object]:
    body: dict[str, object] = {"contact_name": contact.contact_name, "contact_type": "customer"}
    for name in (
        "company_name", "currency_id", "language_code", "tax_treatment", "tax_reg_no", "place_of_contact",
    ):  # fmt: skip
        if value := getattr(contact, name):
            body[name] = value
    person = {
        name: value
        for name in ("first_name", "last_name", "email", "phone")
        if (value := getattr(contact, name))
    }
    if person:
        body["contact_persons"] = [{**person, "is_primary_contact": True}]
    if contact.custom_fields:
        body["custom_fields"] = custom_fields_body(contact.custom_fields)
    return body


def _read_contact(document: Json) -> Contact:
    return _read_contact_row(wire.record(document, "contact"))


def _read_contact_row(row: Json) -> Contact:
    return Contact(
        contact_id=wire.identifier(row, "contact_id"),
        **{
            name: wire.text(row, name)
            for name in (
                "contact_name", "company_name", "email", "phone", "mobile", "currency_code", "status",
            )
        },
    )  # fmt: skip


def _read_estimate(document: Json) -> SalesDocument:
    return read_document(wire.record(document, "estimate"), "estimate")


def _digits(phone: str) -> str:
    return "".join(character for character in phone if character.isdigit())
