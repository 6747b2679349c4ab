"""Where a person opens a record of Zoho CRM in the browser (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlsplit

Module = Literal["Leads", "Potentials"]

_API = "www.zohoapis."
# Where the web address does not end as the API's does.
_DOMAINS: Mapping[str, str] = {"ca": "zohocloud.ca"}


def crm_page(api_url: str, module: Module, record_id: str) -> str:
    """The address of a lead or a deal (`Potentials`), in the data centre whose API is at `api_url`.

    Behind another address than Zoho's own, a proxy or a stand-in, the pages are looked for at the same place.
    """
    parts = urlsplit(api_url)
    host = parts.hostname or ""
    origin = f"{parts.scheme}://{parts.netloc}"
    if host.startswith(_API):
        centre = host.removeprefix(_API)
        origin = f"https://crm.{_DOMAINS.get(centre, f'zoho.{centre}')}"
    return f"{origin}/crm/tab/{module}/{record_id}"
