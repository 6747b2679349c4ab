"""Zoho's data centres (`zoho.md` §1.1): which one does an address belong to?"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# A CRM sandbox has an API host of its own at each; Canada's accounts live under another name.
_API = re.compile(r"(?:www|sandbox)\.zohoapis\.(com|eu|in|com\.au|jp|ca|com\.cn|sa|ae|uk)")
_ACCOUNTS = re.compile(r"accounts\.(?:zoho\.(com|eu|in|com\.au|jp|com\.cn|sa|ae|uk)|zohocloud\.(ca))")


def data_centre(url: str) -> str | None:
    """The ending that tells data centres apart (com, eu, com.au), of an accounts or an API address.

    None for a host that is none of Zoho's.
    """
    host = urlsplit(url).hostname or ""
    found = _API.fullmatch(host) or _ACCOUNTS.fullmatch(host)
    return next(filter(None, found.groups())) if found else None
