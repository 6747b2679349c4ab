"""Whether a registration is ours: what differs is named, and no secret with it."""

from __future__ import annotations

import pytest

from connectors.wazzup.webhooks import WANTED
from turns.ports import Registration
from turns.registration import shortcomings

SECRET = "a-secret-of-ours"
OURS = f"https://sales.example.com/webhooks/wazzup?token={SECRET}"


def registered(address: str | None = OURS, **changed: bool) -> Registration:
    return Registration(address, {**WANTED, **changed})


@pytest.mark.parametrize(
    "address",
    [
        OURS,
        OURS.replace("sales.", "SALES."),
        OURS.replace(".com/", ".com:443/"),
        OURS.replace("wazzup?", "wazzup/?"),
        OURS + "&added=1",
    ],
)
def test_another_spelling_of_our_address_is_ours(address: str) -> None:
    assert not shortcomings(registered(address), [OURS], WANTED)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (None, "no address is registered"),
        ("https://crm.example.net/hook?token=theirs", "at crm.example.net: another integration took it"),
        (OURS.replace("https", "http"), "another address is registered at Wazzup, at sales.example.com"),
        (OURS.replace(".com/", ".com:8443/"), "another address"),
        (OURS.replace("/webhooks/wazzup", "/old"), "another path on our host"),
        (OURS.replace(SECRET, "an-older-secret"), "carries another secret than WAZZUP_WEBHOOK_SECRET"),
        ("https://[broken", "is no address"),
    ],
)
def test_another_address_is_told_without_its_secret(address: str | None, said: str) -> None:
    (found,) = shortcomings(registered(address), [OURS], WANTED)
    assert said in found
    assert not any(secret in found for secret in (SECRET, "theirs", "an-older-secret"))


def test_any_of_our_addresses_will_do() -> None:
    local = "http://127.0.0.1:8080/webhooks/wazzup?token=x"
    assert not shortcomings(registered(local), [OURS, local], WANTED)


@pytest.mark.parametrize("name", WANTED)
def test_every_subscription_has_to_be_as_it_is_wanted(name: str) -> None:
    (found,) = shortcomings(registered(OURS, **{name: not WANTED[name]}), [OURS], WANTED)
    assert found.startswith(f"{name} is {'off' if WANTED[name] else 'on'}: ")
