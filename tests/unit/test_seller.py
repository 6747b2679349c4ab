"""`data/seller.yml` is read into typed facts, and refused with a message that says what to mend."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.errors import StartError
from app.seller import SELLER_FILE, load_seller
from sales.seller import SellerError, read_seller

SAMPLE: dict[str, Any] = yaml.safe_load(SELLER_FILE.read_text(encoding="utf-8"))
Change = Callable[[dict[str, Any]], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / SAMPLE["logo"]).write_text("<svg/>")
    return tmp_path


def refusal(folder: Path, change: Change) -> str:
    """What is said about the sample with one thing changed."""
    document = yaml.safe_load(SELLER_FILE.read_text(encoding="utf-8"))
    change(document)
    path = folder / "seller.yml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    with pytest.raises(SellerError) as caught:
        read_seller(path)
    return str(caught.value)


def test_the_sample_seller_is_complete() -> None:
    seller = load_seller()
    assert seller.name.in_language("ar") == "دار المكتب للأثاث المكتبي"
    assert (seller.vat_percent, seller.quote.valid_days) == (Decimal(5), 14)
    assert seller.bank.iban == "AE070331234567890123456"
    assert seller.hours["friday"].closes == time(12)
    assert seller.weekend == ("sunday",)
    assert seller.logo is not None
    assert seller.logo.is_file()
    assert seller.zoho_fields.name_ar == "cf_name_ar"
    assert set(seller.apology.model_dump()) == {"en", "ar"}


def test_facts_are_filled_from_the_other_fields() -> None:
    seller = load_seller()
    assert "5 % VAT" in str(seller.fact("vat", "en"))
    assert seller.trn in str(seller.fact("vat", "ar"))
    assert seller.address.en in str(seller.fact("location", "en"))
    # Left-to-right runs keep their order in an Arabic line.
    assert f"\u2066{seller.phone}\u2069" in str(seller.fact("location", "ar"))
    assert seller.fact("parking", "en") is None


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda it: it.pop("trn"), "trn: add it"),
        (lambda it: it.update(phone_number="1"), "phone_number: there is no such field"),
        (lambda it: it["name"].pop("ar"), "name.ar: add it"),
        (lambda it: it["facts"]["hours"].pop("en"), "facts.hours.en: add it"),
        (lambda it: it["name"].update(ar="Dar Al Maktab"), "name: the wording under ar has no Arabic letter"),
        (lambda it: it["name"].update(en="دار"), "name: the wording under en has Arabic letters"),
        (lambda it: it["name"].update(en=" "), "name.en: "),
        (
            lambda it: it.update(trn="12345"),
            "trn: a TRN has 15 digits, in quotes (given: 5 characters of digits)",
        ),
        (lambda it: it.update(trn=100000000000003), "trn: "),
        (lambda it: it["bank"].update(iban="AE070331234567890123457"), "bank.iban: its check digits"),
        (lambda it: it["bank"].update(iban="12"), "bank.iban: an IBAN begins"),
        (lambda it: it["bank"].update(swift="SMPL"), "bank.swift: a SWIFT code has 8 or 11"),
        (lambda it: it.update(email="sales"), "email: write it like"),
        (lambda it: it.update(phone="050 123"), "phone: write it like +971"),
        (lambda it: it.update(timezone="Dubai"), "timezone: give a name of the IANA database"),
        (lambda it: it.update(vat_percent=120), "vat_percent: "),
        (lambda it: it["quote"].update(valid_days=0), "quote.valid_days: "),
        (lambda it: it["quote"].update(terms=[]), "quote.terms: "),
        (lambda it: it["hours"]["monday"].update(opens="20:00"), "hours.monday: it closes before it opens"),
        (lambda it: it["hours"]["monday"].update(opens=540), "hours.monday.opens: write the time in quotes"),
        (lambda it: it["hours"].update(someday={"opens": "09:00", "closes": "10:00"}), "hours.someday"),
        (lambda it: it.update(weekend=["friday"]), "hours and weekend both name friday"),
        (lambda it: it.update(hours={}), "hours name no day"),
        (
            lambda it: it["facts"]["vat"].update(en="{vat} per cent"),
            "facts.vat uses {vat}; use one of address",
        ),
        (lambda it: it["facts"]["vat"].update(en="a { brace"), "braces only stand around a placeholder"),
        (lambda it: it["templates"].pop("quote_ready"), "templates.quote_ready: add it"),
        (lambda it: it["templates"]["quote_ready"].update(en="7"), "templates.quote_ready.en: give the"),
        (lambda it: it["templates"]["quote_ready"].pop("values"), "templates.quote_ready.values: add it"),
        (lambda it: it["templates"].update(manager_reply={}), "templates.manager_reply: there is no such"),
        (
            lambda it: it["templates"]["quote_ready"].update(values=["contact", "price"]),
            "templates: quote_ready.values names {price}; use contact and quote",
        ),
        (
            lambda it: it["templates"]["hand_over"].update(values=["code", "code"]),
            "templates: hand_over.values names a value twice",
        ),
        (lambda it: it["zoho_fields"].update(seats="Seats"), "zoho_fields.seats: give Zoho's API name"),
        (lambda it: it.update(logo="none.svg"), "logo: there is no file none.svg beside seller.yml"),
        (lambda it: it.update(currency="USD"), "currency: "),
    ],
)
def test_a_mistake_is_named_with_its_field_and_mend(folder: Path, change: Change, expected: str) -> None:
    told = refusal(folder, change)
    assert told.startswith("seller.yml cannot be used:\n  - ")
    assert expected in told


def test_every_mistake_is_told_at_once(folder: Path) -> None:
    def break_two(document: dict[str, Any]) -> None:
        document["trn"] = "1"
        document["bank"]["swift"] = "1"

    told = refusal(folder, break_two)
    assert "trn: " in told
    assert "bank.swift: " in told


def test_a_file_that_is_no_yaml_or_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SellerError, match="cannot be read"):
        read_seller(tmp_path / "seller.yml")
    (tmp_path / "seller.yml").write_text("name: [")
    with pytest.raises(SellerError, match="is no YAML"):
        read_seller(tmp_path / "seller.yml")


def test_a_wrong_seller_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "seller.yml").write_text("name: only this")
    with pytest.raises(StartError, match=r"trn: add it"):
        load_seller(tmp_path / "seller.yml")
