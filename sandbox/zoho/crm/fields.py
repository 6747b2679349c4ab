"""The fields of the six modules, as `GET /settings/fields` tells them (zoho.md §2.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

MODULES = ("Leads", "Contacts", "Accounts", "Deals", "Notes", "Tasks")
# Zoho refuses upserts of these: they have no field that tells a duplicate
NOT_UPSERTABLE = frozenset({"Notes", "Tasks"})
# the field that an upsert looks at by itself, before any unique one
SYSTEM_FIELDS = {
    "Leads": "Email",
    "Contacts": "Email",
    "Accounts": "Account_Name",
    "Deals": "Deal_Name",
}
STAGES = (
    "Qualification",
    "Needs Analysis",
    "Value Proposition",
    "Identify Decision Makers",
    "Proposal/Price Quote",
    "Negotiation/Review",
    "Closed Won",
    "Closed Lost",
    "Closed Lost to Competition",
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a module; `length` counts characters of a text."""

    name: str
    kind: str = "text"
    length: int = 255
    is_mandatory: bool = False
    is_unique: bool = False
    # module that a lookup points to
    target: str | None = None
    choices: Sequence[str] = ()


def _texts(*names: str, length: int = 255) -> list[Field]:
    return [Field(name, "text", length) for name in names]


def _of_kind(kind: str, length: int, *names: str) -> list[Field]:
    return [Field(name, kind, length) for name in names]


def _address(*prefixes: str) -> list[Field]:
    parts = ("Street", "City", "State", "Code", "Country")
    return _texts(*(f"{prefix}_{part}" for prefix in prefixes for part in parts))


# every module has these; Zoho writes the times itself
_COMMON = [Field("Owner", "ownerlookup"), Field("Tag", "list"), *_of_kind("textarea", 32_000, "Description")]
READ_ONLY = frozenset({"Created_Time", "Modified_Time", "Created_By", "Modified_By", "Converted__s"})
_PERSON = [
    Field("Last_Name", length=80, is_mandatory=True),
    *_texts("First_Name", length=40),
    *_of_kind("email", 100, "Email", "Secondary_Email"),
    *_of_kind("phone", 30, "Phone", "Mobile", "Fax"),
    *_of_kind("picklist", 120, "Salutation", "Lead_Source"),
]
_MONEY = [*_of_kind("picklist", 10, "Currency"), *_of_kind("double", 16, "Exchange_Rate")]

_FIELDS: Mapping[str, Sequence[Field]] = {
    "Leads": [
        *_PERSON,
        Field("Company", length=200, is_mandatory=True),
        *_texts("Designation", "City", "State", "Country", "Street", "Zip_Code"),
        *_of_kind("website", 450, "Website"),
        *_of_kind("picklist", 120, "Lead_Status", "Industry", "Rating"),
        *_of_kind("integer", 9, "No_of_Employees"),
        *_of_kind("double", 16, "Annual_Revenue"),
        *_MONEY,
    ],
    "Contacts": [
        *_PERSON,
        Field("Account_Name", "lookup", target="Accounts"),
        *_texts("Title", "Department"),
        *_address("Mailing", "Other"),
        *_MONEY,
    ],
    "Accounts": [
        Field("Account_Name", length=200, is_mandatory=True),
        *_of_kind("phone", 30, "Phone", "Fax"),
        *_of_kind("website", 450, "Website"),
        *_of_kind("picklist", 120, "Industry", "Account_Type"),
        *_texts("Account_Number"),
        *_address("Billing", "Shipping"),
        *_MONEY,
    ],
    "Deals": [
        Field("Deal_Name", length=120, is_mandatory=True),
        Field("Stage", "picklist", 120, is_mandatory=True, choices=STAGES),
        *_of_kind("picklist", 120, "Pipeline", "Lead_Source", "Type"),
        *_of_kind("date", 10, "Closing_Date"),
        *_of_kind("double", 16, "Amount", "Expected_Revenue"),
        *_of_kind("integer", 9, "Probability"),
        Field("Account_Name", "lookup", target="Accounts"),
        Field("Contact_Name", "lookup", target="Contacts"),
        *_texts("Next_Step"),
        # The organization's own, in which a manager approves a discount.
        *_of_kind("double", 16, "Majlis_Discount"),
        *_MONEY,
    ],
    "Notes": [
        *_texts("Note_Title", length=120),
        *_of_kind("textarea", 32_000, "Note_Content"),
        Field("Parent_Id", "parent", is_mandatory=True),
    ],
    "Tasks": [
        Field("Subject", length=255, is_mandatory=True),
        *_of_kind("picklist", 120, "Status", "Priority"),
        *_of_kind("date", 10, "Due_Date"),
        Field("What_Id", "related"),
        Field("Who_Id", "lookup", target="Contacts"),
    ],
}


def fields_of(
    module: str, unique: Mapping[str, Sequence[str]], mandatory: Mapping[str, Sequence[str]]
) -> dict[str, Field]:
    """The module's fields by name, with what the organization made unique or mandatory."""
    found = {field.name: field for field in (*_FIELDS[module], *_COMMON)}
    for name in unique.get(module, ()):
        found[name] = replace(found.get(name, Field(name, length=120)), is_unique=True)
    for name in mandatory.get(module, ()):
        found[name] = replace(found.get(name, Field(name, length=120)), is_mandatory=True)
    return found
