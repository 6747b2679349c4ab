"""Each rule of the price fence by itself: what is held names its rule, and code does the arithmetic."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from catalog.generator import generate_catalog
from catalog.product import Product
from offscript.blinding import blind, blind_text, licences_of
from offscript.fence_folding import readings
from offscript.final_trace import money_signs, shown_amounts
from offscript.numerals import find_numerals, literal_values
from offscript.placeholders import MalformedPlaceholder, Placeholder, read_placeholder
from offscript.price_fence import Held, Passed, check, check_wording
from offscript.rendering import UntracedAmount, render
from offscript.turn_ledger import LedgerProduct, TurnLedger, Unresolved
from tests.fence_samples import CHAIR, DESK, NOW, empty_ledger, sample_ledger


def rule(draft: str, ledger: TurnLedger | None = None) -> str:
    verdict = check(draft, ledger or sample_ledger(), language="en")
    return verdict.rule if isinstance(verdict, Held) else "passed"


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        ("{price:SOF-9}", "G3"),
        ("{price}", "G3"),
        ("<PHONE_9>", "G3"),
        ("{total:EX-210:11}", "G3"),
        ("DSK-1260 costs {price:EX-210}", "G4"),
        ("I can do 650", "G5"),
        ("семьсот", "G5"),
        ("10 AED", "G6"),
        ("Delivery is free", "G6"),
        ("EX-210 is {price:EX-210} minus a bit", "G6"),
        ("The price is 10 pieces", "G6"),
        ("10 chairs", "passed"),
        ("", "passed"),
    ],
)
def test_what_is_held_names_its_rule(draft: str, expected: str) -> None:
    assert rule(draft) == expected


def test_an_empty_ledger_grounds_nothing() -> None:
    assert rule("10 chairs", empty_ledger()) == "G5"
    assert rule("{offer:EX-210}", empty_ledger()) == "G3"
    assert rule("Which colour do you like?", empty_ledger()) == "passed"


@pytest.mark.parametrize(("minutes", "expected"), [(0, "passed"), (120, "passed"), (121, "G9"), (600, "G9")])
def test_a_price_is_told_only_while_it_is_fresh(minutes: int, expected: str) -> None:
    old = replace(CHAIR, synced_at=NOW - timedelta(minutes=minutes))
    assert rule("{offer:EX-210}", sample_ledger(old)) == expected
    assert rule("10 chairs: {total:EX-210:10}", sample_ledger(old)) == expected


def test_a_number_with_two_readings_needs_a_licence_for_both() -> None:
    ledger = sample_ledger()
    ledger.add_licence(Decimal(1250), "pieces")
    assert rule("1250 chairs", ledger) == "passed"
    assert rule("1.250 chairs", ledger) == "G12"
    ledger.add_licence(Decimal("1.25"), "pieces")
    assert rule("1.250 chairs", ledger) == "passed"


def test_literals_are_read_in_every_way() -> None:
    assert literal_values("38.500") == {Decimal(38500).normalize(), Decimal("38.5")}
    assert literal_values("12.5") == {Decimal("12.5")}
    assert literal_values("9" * 20) == frozenset()


def test_with_one_product_nothing_else_can_be_meant() -> None:
    assert rule("It is {price:EX-210}.", sample_ledger(CHAIR)) == "passed"
    assert rule("It is {price:EX-210}.") == "G4"


def test_a_sku_of_digits_licenses_no_number() -> None:
    ledger = sample_ledger(replace(CHAIR, sku="745"))
    assert rule("It is 745", ledger) == "G5"
    assert rule("{offer:745}", ledger) == "passed"


def test_a_name_that_claims_a_price_is_not_taken_on_trust() -> None:
    ledger = sample_ledger(replace(CHAIR, name_en="Chair 99 AED only", name_ar=""))
    assert rule("Take Chair 99 AED only", ledger) == "G6"
    with pytest.raises(UntracedAmount):
        render("{offer:EX-210}", ledger, "en")


@pytest.mark.parametrize("phrase", ["745", "7 45", "12.50", "3", "ab"])
def test_a_bare_number_is_no_phrase(phrase: str) -> None:
    with pytest.raises(ValueError, match="would license a number"):
        empty_ledger().add_phrase(phrase)


@pytest.mark.parametrize(
    "written", ["{price: A}", "{Price:A}", "{total:A:01}", "{vat:1}", "{fact:}", "{x}", "{}"]
)
def test_only_the_grammar_is_a_placeholder(written: str) -> None:
    with pytest.raises(MalformedPlaceholder):
        read_placeholder(written)


def test_placeholders_are_read() -> None:
    assert read_placeholder("{total:A-1:12}") == Placeholder("total", "A-1", 12)
    assert read_placeholder("{grand_total}") == Placeholder("grand_total")


def basket() -> TurnLedger:
    ledger = empty_ledger()
    ledger.add_product(replace(CHAIR, rate=Decimal("33.33")))
    ledger.add_product(replace(DESK, rate=Decimal("0.05")))
    ledger.add_line("EX-210", 3)
    ledger.add_line("DSK-1260", 1)
    return ledger


def test_totals_are_rounded_once_and_half_up() -> None:
    ledger = basket()
    # 100.04 and 5 %: 5.002 of VAT
    assert ledger.resolve(Placeholder("vat"), "en").text == "AED 5.00"
    assert ledger.resolve(Placeholder("grand_total"), "en").text == "AED 105.04"
    ledger.add_discount("D", Decimal("12.5"), "discounts/1", NOW)
    # 12.505 off is 12.51, and 5 % of 87.53 is 4.3765
    assert ledger.resolve(Placeholder("grand_total"), "en").text == "AED 91.91"
    assert ledger.resolve(Placeholder("discount", "D"), "en").text == "12.5%"
    with pytest.raises(ValueError, match="already has discount"):
        ledger.add_discount("E", Decimal(1), "discounts/2", NOW)


def test_a_sum_needs_a_basket_of_fresh_prices() -> None:
    with pytest.raises(Unresolved, match="at least one line"):
        sample_ledger().resolve(Placeholder("grand_total"), "en")
    ledger = basket()
    ledger.add_product(replace(CHAIR, synced_at=NOW - timedelta(hours=3)))
    with pytest.raises(Unresolved) as old:
        ledger.resolve(Placeholder("vat"), "en")
    assert old.value.rule == "G9"


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        ("Your order comes to {grand_total} including VAT.", "passed"),
        ("Your order comes to {grand_total}.", "passed"),
        ("{vat} of it is VAT.", "G4"),
        ("VAT: {vat}", "passed"),
        ("الضريبة {vat}", "passed"),
        ("The chair is {vat}", "G4"),
        ("EX-210 is {grand_total} each", "G4"),
        ("Your order comes to {grand_total} plus VAT.", "G6"),
    ],
)
def test_sums_are_told_as_what_they_are(draft: str, expected: str) -> None:
    assert rule(draft, basket()) == expected


def test_rendering_in_english() -> None:
    rendered = render("We have {offer:EX-210}.\n10 chairs: {total:EX-210:10}", sample_ledger(), "en")
    assert rendered.text == ("We have Milano executive chair (EX-210) – AED 745.00.\n10 chairs: AED 7,450.00")
    assert [(amount.value, amount.record_id) for amount in rendered.trace] == [
        (Decimal("745.00"), "products/EX-210"),
        (Decimal("7450.00"), "products/EX-210"),
    ]


def test_rendering_in_arabic_isolates_what_runs_from_the_left() -> None:
    rendered = render("المكتب {price:DSK-1260} والتوصيل خلال ٣ أيام", sample_ledger(), "ar")
    assert rendered.text == "المكتب \u2066AED 1,299.50\u2069 والتوصيل خلال ٣ أيام"
    offer = render("{offer:DSK-1260}", sample_ledger(), "ar").text
    assert offer == "مكتب بلوط (\u2066DSK-1260\u2069) – \u2066AED 1,299.50\u2069"


def test_a_fixed_phrase_is_shown_word_for_word_and_traced() -> None:
    ledger = sample_ledger()
    ledger.add_fact("free_above", "Delivery is free above AED 500.00.", "التوصيل مجاني فوق AED 500.00.")
    assert rule("{fact:free_above}", ledger) == "passed"
    rendered = render("{fact:free_above} {fact:currency}", ledger, "en")
    assert rendered.text == "Delivery is free above AED 500.00. Our prices are in AED."
    assert [(amount.value, amount.record_id) for amount in rendered.trace] == [
        (Decimal("500.00"), "fact:free_above")
    ]


@pytest.mark.parametrize(
    "draft",
    ["{price:EX-210} or AED 700.00", "{price:EX-210} and 5%", "{price:EX-210}0", "1{price:EX-210}", "$5"],
)
def test_the_final_trace_finds_what_was_not_put_in(draft: str) -> None:
    with pytest.raises(UntracedAmount):
        render(draft, sample_ledger(), "en")


def test_amounts_are_read_again_from_the_text_alone() -> None:
    text = "سعره \u2066AED 1,299.50\u2069، وبـ AED 745.00 و 7% خصم"
    assert shown_amounts(text) == [
        (Decimal("1299.50"), False),
        (Decimal("745.00"), False),
        (Decimal(7), True),
    ]
    assert money_signs("12 dirhams") == [("AED", None)]


def test_stretched_and_spelled_words_have_readings_of_their_own() -> None:
    assert "free" in readings("freeeee")
    assert "aed" in readings("A.E.D")


def test_units_are_shared_along_a_chain() -> None:
    numerals = find_numerals("120×60 cm, 3 to 5 days", frozenset())
    assert [sorted(numeral.units) for numeral in numerals] == [["length"], ["length"], ["days"], ["days"]]


@pytest.mark.parametrize(
    "text",
    [
        "Chairs from AED 150",
        "عندنا كراسي بخمسمية درهم",
        "Only two hundred today",
        "10 % off",
        "خصم عشرة بالمية",
        "Delivery is free",
        "التركيب ببلاش",
        "Assembly included",
        "Half price!",
        "f r e e delivery",
    ],
)
def test_people_type_no_prices_into_responses(text: str) -> None:
    assert isinstance(check_wording(text), Held)


@pytest.mark.parametrize(
    "text",
    [
        "{total} including {vat_percent} % VAT",
        "Our prices are in AED.",
        "A discount isn't mine to give, but I can show you cheaper ones.",
        "chairs for a team of ten or two meeting tables",
        "delivered within 3 working days",
        "الأسعار للحبة الوحدة وما تشمل الضريبة",
    ],
)
def test_people_may_say_what_claims_no_price(text: str) -> None:
    assert check_wording(text) == Passed()


def a_product() -> Product:
    return generate_catalog()[0]


def test_a_model_sees_handles_instead_of_amounts() -> None:
    product = replace(
        a_product(),
        sku="CH-1",
        rate=Decimal("1234.50"),
        description_en="Soft seat. Now only AED 99! Delivery is free. Width 60 cm.",
        description_ar="مريح. بخصم 20%. ضمان 3 سنوات.",
    )
    seen = blind(product)
    assert seen["price"] == "{price:CH-1}"
    assert seen["offer"] == "{offer:CH-1}"
    assert seen["description_en"] == "Soft seat. Width 60 cm."
    assert seen["description_ar"] == "مريح. ضمان 3 سنوات."
    assert "1234" not in str(seen)


def test_what_a_draft_may_measure_of_a_product() -> None:
    product = replace(a_product(), width_cm=120, depth_cm=None, height_cm=75, seats=4, stock=9)
    assert licences_of(product) == (
        (Decimal(120), "length"),
        (Decimal(75), "length"),
        (Decimal(4), "people"),
        (Decimal(9), "pieces"),
    )


def test_blinding_leaves_harmless_text_alone() -> None:
    assert (
        blind_text("Mesh back, 5 years of warranty.\nبدون مساند")
        == "Mesh back, 5 years of warranty.\nبدون مساند"
    )


def test_products_are_not_shared_between_turns() -> None:
    first, second = empty_ledger(), empty_ledger()
    first.add_product(CHAIR)
    assert rule("{offer:EX-210}", second) == "G3"
    assert isinstance(first.products["EX-210"], LedgerProduct)
