"""What a code of Wazzup's or of Meta's means for what may be sent next (`wazzup-v3.md` §4.2, §5.6, §11).

Wazzup's list of codes is open-ended and does not say where Meta's own numbers go, so they are looked for in
the code and in its description.
"""

from __future__ import annotations

import re

from turns.ports import Failure

# By Meta's number.
_NUMBERS = {
    # More than 24 hours since the customer wrote.
    131047: Failure.WINDOW_CLOSED,
    # Per-user limit of marketing messages: wait at least 24 hours.
    131049: Failure.LIMIT,
    # The number's spam limit, its throughput, the pace to one customer, limits for misused categories.
    131048: Failure.LIMIT,
    130429: Failure.LIMIT,
    131056: Failure.LIMIT,
    131064: Failure.LIMIT,
    # Values: their count, template not approved in this language, format; template paused, disabled.
    132000: Failure.TEMPLATE,
    132001: Failure.TEMPLATE,
    132012: Failure.TEMPLATE,
    132015: Failure.TEMPLATE,
    132016: Failure.TEMPLATE,
    # The customer stopped marketing, is in Meta's experiment, is not on WhatsApp; the account is blocked.
    131050: Failure.FINAL,
    130472: Failure.FINAL,
    131026: Failure.FINAL,
    131031: Failure.FINAL,
}
# By Wazzup's code, normalised.
_CODES = {
    "24hoursexceeded": Failure.WINDOW_CLOSED,
    "spam": Failure.LIMIT,
    "messagesisspam": Failure.LIMIT,
    "toomanyextreqs": Failure.LIMIT,
    "templaterejected": Failure.TEMPLATE,
    "messagestoolongwabatemplate": Failure.TEMPLATE,
    "badcontact": Failure.FINAL,
}
_NUMBER = re.compile(r"(?<!\d)13\d{4}(?!\d)")
_PER_USER = re.compile(r"per[ -]user|healthy ecosystem", re.IGNORECASE)


def normalised(code: object) -> str:
    """A code as it is compared: the vendor prints REPEATED_X and repeatedX for the same one."""
    return str(code).replace("_", "").casefold()


def classify(code: object, description: object) -> Failure:
    """The failure that `error.error` and `error.description` name; a number is more exact than a name."""
    said = f"{code or ''} {description or ''}"
    for number in _NUMBER.findall(said):
        if (known := _NUMBERS.get(int(number))) is not None:
            return known
    if (known := _CODES.get(normalised(code))) is not None:
        return known
    return Failure.LIMIT if _PER_USER.search(said) else Failure.OTHER
