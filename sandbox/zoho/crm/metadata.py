"""What clients ask before their first record: who they are, which organization, which fields."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.zoho.crm.fields import MODULES, Field
from sandbox.zoho.crm.module_records import USER
from sandbox.zoho.replies import Asked, CrmRefusal, Reply

_PROFILE = {"name": "Administrator", "id": "4150868000000000026"}
_ROLE = {"name": "CEO", "id": "4150868000000000025"}
# CRM's own words for the kinds that fields.py uses, and how JSON carries them
_DATA_TYPES = {"related": "lookup", "parent": "lookup", "list": "text"}
_JSON_TYPES = {
    "double": "double",
    "integer": "integer",
    "lookup": "jsonobject",
    "ownerlookup": "jsonobject",
    "related": "jsonobject",
    "parent": "jsonobject",
    "list": "jsonarray",
}


def current_user(asked: Asked) -> Reply:
    """`GET /users?type=CurrentUser`; the organization has one user."""
    user = {
        "id": USER["id"],
        "full_name": USER["name"],
        "first_name": "Majlis",
        "last_name": "Owner",
        "email": USER["email"],
        "status": "active",
        "confirm": True,
        "locale": "en_US",
        "time_zone": "Asia/Dubai",
        "profile": _PROFILE,
        "role": _ROLE,
    }
    info = {"per_page": 200, "count": 1, "page": 1, "more_records": False}
    return Reply({"users": [user], "info": info})


def organization(organization_id: str) -> Reply:
    """`GET /org`."""
    org = {
        "id": "4150868000000000009",
        "zgid": organization_id,
        "company_name": "Majlis sandbox",
        "country_code": "AE",
        "country": "AE",
        "time_zone": "Asia/Dubai",
        "currency": "UAE Dirham - AED",
        "currency_symbol": "AED",
        "iso_code": "AED",
        "primary_email": USER["email"],
        "license_details": {"paid": True, "paid_type": "professional", "users_license_purchased": 1},
    }
    return Reply({"org": [org]})


def modules() -> Reply:
    """`GET /settings/modules`."""
    listed = [
        {
            "id": _metadata_id(100 + number),
            "api_name": name,
            "module_name": name,
            "singular_label": name.removesuffix("s"),
            "plural_label": name,
            "generated_type": "default",
            "api_supported": True,
            "creatable": True,
            "editable": True,
            "deletable": True,
            "viewable": True,
        }
        for number, name in enumerate(MODULES)
    ]
    return Reply({"modules": listed})


def fields_of_module(asked: Asked, module: str, fields: Mapping[str, Field]) -> Reply:
    """`GET /settings/fields?module=`."""
    base = 1000 * (1 + MODULES.index(module))
    listed: list[dict[str, object]] = [
        {
            "id": _metadata_id(base + number),
            "api_name": field.name,
            "field_label": field.name.replace("_", " "),
            "data_type": _DATA_TYPES.get(field.kind, field.kind),
            "json_type": _JSON_TYPES.get(field.kind, "string"),
            "length": field.length,
            "system_mandatory": field.is_mandatory,
            "custom_field": False,
            "read_only": False,
            "visible": True,
            "unique": {"casesensitive": "false"} if field.is_unique else {},
            "lookup": {"module": {"api_name": field.target}} if field.target else {},
            "pick_list_values": [
                {"display_value": choice, "actual_value": choice} for choice in field.choices
            ],
        }
        for number, field in enumerate(fields.values())
    ]
    return Reply({"fields": listed})


def module_of(asked: Asked) -> str:
    """`module=` of the query. Raises CrmRefusal."""
    module = asked.query.get("module")
    if module is None:
        details = {"param_name": "module"}
        raise CrmRefusal(400, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", details)
    if module not in MODULES:
        message = "the module name given seems to be invalid"
        raise CrmRefusal(400, "INVALID_MODULE", message, {"param_name": "module"})
    return module


def _metadata_id(number: int) -> str:
    return str(4_150_868_000_000_002_000 + number)
