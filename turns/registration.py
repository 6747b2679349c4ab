"""Does the messenger deliver to us, and all that we need? What is registered against what is ours."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import SplitResult, parse_qs, urlsplit

from turns.ports import Registration

_PORTS = {"http": 80, "https": 443}
# What is lost while a subscription is off.
_LOST = {
    "messagesAndStatuses": "customers' messages do not arrive",
    "channelsUpdates": "nobody notices that the channel stops",
    "templateStatus": "nobody notices that a template is paused",
}


def shortcomings(
    registration: Registration, ours: Sequence[str], wanted: Mapping[str, bool]
) -> Sequence[str]:
    """What is wrong with a registration, a sentence's part each; empty when it is as it should be.

    `ours` are the addresses under which the gateway is reached. No part holds a secret, ours or another's.
    """
    if registration.address is None:
        return ["no address is registered at Wazzup"]
    found = []
    differences = [_difference(registration.address, address) for address in ours]
    if all(differences):
        found += differences[:1]
    for name, is_wanted in wanted.items():
        is_on = registration.subscriptions.get(name, False)
        if is_wanted and not is_on:
            found.append(f"{name} is off: {_LOST.get(name, 'it is needed')}")
        elif is_on and not is_wanted:
            found.append(f"{name} is on: Wazzup would ask Majlis to make its contacts and deals")
    return found


def _difference(registered: str, ours: str) -> str:
    """How the registered address differs from ours; empty when both lead to the same place."""
    own = urlsplit(ours)
    try:
        theirs = urlsplit(registered)
        is_our_host = _origin(theirs) == _origin(own)
    except ValueError:
        return "what is registered at Wazzup is no address"
    if not is_our_host:
        return f"another address is registered at Wazzup, at {theirs.hostname}: another integration took it"
    if theirs.path.rstrip("/") != own.path.rstrip("/"):
        return "another path on our host is registered at Wazzup"
    if not hmac.compare_digest(_token(theirs.query), _token(own.query)):
        return "the registered address carries another secret than WAZZUP_WEBHOOK_SECRET"
    return ""


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def _token(query: str) -> bytes:
    return parse_qs(query).get("token", [""])[0].encode()
