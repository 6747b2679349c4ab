from __future__ import annotations

from decimal import Decimal

import pytest

from tests.benchmarks.text_quality import OWN_LINES, read_lines, score_messages
from tests.growth import assert_grows_with_length
from text.amounts import Amount, Role, corrected, find_amounts
from text.fold import fold


def _amounts(text: str) -> list[Amount]:
    return find_amounts(fold(text))


def _roles(text: str) -> list[tuple[Role, str]]:
    return [(amount.role, "x".join(map(str, amount.values))) for amount in _amounts(text)]


def _bounds(text: str) -> tuple[Decimal | None, Decimal | None]:
    """The limits that count for a message about one product, in dirhams."""
    limits = {amount.role: amount.values[0] for amount in _amounts(text) if amount.currency in (None, "AED")}
    return limits.get("minimum"), limits.get("maximum")


@pytest.mark.parametrize(
    ("text", "maximum"),
    [
        ("black, under 500 AED", "500"),
        ("لونها اسود تحت ٥٠٠ درهم", "500"),
        ("under AED 1,299.50", "1299.50"),
        ("تحت ١٬٢٥٠٫٥٠ د.إ", "1250.50"),
        ("less than 2 100", "2100"),
        ("under 1.500 AED", "1500"),
        ("below 500.", "500"),
        ("up to 750dhs", "750"),
        ("500 max", "500"),
        ("500 or less please", "500"),
        ("not over 500", "500"),
        ("no more than 500 dirhams", "500"),
        ("budget is 500", "500"),
        ("under 2k", "2000"),
        ("under 500 in black", "500"),
        ("under 500\n20 pieces", "500"),
        ("اقل من ٨٠٠", "800"),
        ("ما يزيد عن ٧٥٠", "750"),
        ("مو اكثر من ٥٠٠", "500"),
        ("لين ٥٠٠ درهم", "500"),
        ("تحت الـ٥٠٠", "500"),
        ("ميزانيتي ٥٠٠", "500"),
        ("٥٠٠ واقل", "500"),
        ("تحت 2 الف", "2000"),
        ("تحت ٢ الف ونص", "2500"),
        ("ta7t 500", "500"),
        ("aqal min 500 dirham", "500"),
        ("not 300, under 500", "500"),
        ("under 300, no wait, under 500", "500"),
    ],
)
def test_maximum(text: str, maximum: str) -> None:
    assert _bounds(text) == (None, Decimal(maximum))


@pytest.mark.parametrize(
    ("text", "minimum"),
    [
        ("over 500", "500"),
        ("more than 1,500 AED", "1500"),
        ("not less than 500", "500"),
        ("500 and above", "500"),
        ("500+", "500"),
        ("from 500 AED", "500"),
        ("فوق ١٠٠٠", "1000"),
        ("اكثر من ١٬٥٠٠ درهم", "1500"),
        ("٥٠٠ درهم وفوق", "500"),
        ("من ٥٠٠ درهم", "500"),
    ],
)
def test_minimum(text: str, minimum: str) -> None:
    assert _bounds(text) == (Decimal(minimum), None)


@pytest.mark.parametrize(
    ("text", "minimum", "maximum"),
    [
        ("between 300 and 800", "300", "800"),
        ("between 800 and 300", "300", "800"),
        ("between AED 300 and AED 1,200.50", "300", "1200.50"),
        ("from 300 to 500", "300", "500"),
        ("300-500 AED", "300", "500"),
        ("AED 300 - 500", "300", "500"),
        ("2 to 3 thousand aed", "2000", "3000"),
        ("over 200 under 500", "200", "500"),
        ("بين ٣٠٠ و ٨٠٠ درهم", "300", "800"),
        ("بين ٣٠٠ و٨٠٠", "300", "800"),
        ("من ٣٠٠ لين ٥٠٠ درهم", "300", "500"),
        ("من 300 ل500", "300", "500"),
    ],
)
def test_range(text: str, minimum: str, maximum: str) -> None:
    assert _bounds(text) == (Decimal(minimum), Decimal(maximum))


@pytest.mark.parametrize(
    "text",
    [
        # another currency
        "under 500 USD",
        "under $500",
        "chairs under 500$",
        "تحت ٥٠٠ ريال",
        "تحت ١٠٠ دينار",
        "under SAR 500",
        "under KWD 50",
        "under \u20c1500",
        "between 100 and 200 dollars",
        "100-200 USD",
        # sizes, counts, times
        "under 120 cm",
        "width under 120",
        "under 120x60",
        "from 120 to 160 cm",
        "عرض تحت ١٢٠",
        "اقل من ١٢٠ سم",
        "up to 10 people",
        "more than 20 pieces",
        "اكثر من ٢٠ حبه",
        "between 5 and 10 pieces",
        "10-20 chairs",
        "within 3 days",
        "from 9 am to 5 pm",
        "under 5%",
        # phones, codes, Arabizi
        "call 050-1234567",
        "over 0501234567",
        "under 0500",
        "over +971501234567",
        "under EX-210",
        "EX-210 under-500-BK",
        "7abibi 3ndkom 5alas",
        "2nd floor",
        # no role
        "500 AED",
        "500",
        "from 500",
    ],
)
def test_not_a_price_limit(text: str) -> None:
    assert _bounds(text) == (None, None)


def test_other_numbers_do_not_hide_the_limit() -> None:
    text = "20 chairs EX-210 120x60 cm under 700 dhs, call 050 123 4567"
    assert _bounds(text) == (None, Decimal(700))


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("under 500 AED", "AED"),
        ("تحت ٥٠٠ درهم إماراتي", "AED"),
        ("500 dhs", "AED"),
        ("\u20c3 500", "AED"),
        ("under $500", "USD"),
        ("500 us dollars", "USD"),
        ("تحت ٥٠٠ ريال", "SAR"),
        ("\u20c1 500", "SAR"),
        ("٥٠٠ ريال قطري", "QAR"),
        ("500 ريال عماني", "OMR"),
        ("٥٠ دينار", "KWD"),
        ("50 bahraini dinars", "BHD"),
        ("500 درهم مغربي", "MAD"),
        ("Rs. 500", "INR"),
        ("٥٠٠ جنيه", "EGP"),
        ("500 euros", "EUR"),
        ("under 500", None),
    ],
)
def test_the_currency_is_the_one_that_was_said(text: str, currency: str | None) -> None:
    assert [amount.currency for amount in _amounts(text)] == [currency]


def test_the_currency_of_one_end_of_a_range_is_the_currency_of_both() -> None:
    assert [amount.currency for amount in _amounts("between 100 and 200 dollars")] == ["USD", "USD"]


def test_each_of_two_numbers_has_its_own_currency() -> None:
    amounts = _amounts("$250 or SAR 940 or 900 AED")
    assert [(int(amount.values[0]), amount.currency) for amount in amounts] == [
        (250, "USD"),
        (940, "SAR"),
        (900, "AED"),
    ]


def test_a_span_covers_the_cue_the_number_and_the_currency() -> None:
    folded = fold("mesh chairs under 500 AED please")
    assert [folded[amount.start : amount.end] for amount in find_amounts(folded)] == ["under 500 aed"]


def test_the_spans_of_a_range() -> None:
    folded = fold("كراسي بين ٣٠٠ و ١٬٥٠٠ درهم اسود")
    assert [(amount.role, folded[amount.start : amount.end]) for amount in find_amounts(folded)] == [
        ("minimum", "بين 300"),
        ("maximum", "1,500 درهم"),
    ]


def test_numbers_of_different_lines_do_not_meet() -> None:
    assert _roles("under\n500\n20 chairs") == [("number", "500"), ("quantity", "20")]


def test_a_limit_that_is_taken_back_is_left_out() -> None:
    assert _roles("under 300, no wait, under 500") == [("maximum", "500")]


def test_limits_of_two_products_both_come_back() -> None:
    assert _roles("10 chairs under 300\n5 desks under 900") == [
        ("quantity", "10"),
        ("maximum", "300"),
        ("quantity", "5"),
        ("maximum", "900"),
    ]


def test_the_later_of_two_limits_counts_for_one_product() -> None:
    amounts = corrected(_amounts("20 chairs under 300\nok under 400"))
    assert [(amount.role, str(amount.values[0])) for amount in amounts] == [
        ("quantity", "20"),
        ("maximum", "400"),
    ]


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("make it 15 instead", [("quantity", "15")]),
        ("sorry, 20 not 12", [("quantity", "20")]),
        ("خلهم عشرين مب عشرة", [("quantity", "20")]),
        ("not the first, the second", [("option", "2")]),
        ("bring it up to sixty", [("quantity", "60")]),
        ("raise my budget to 5000", [("maximum", "5000")]),
        ("compare 1 and 3", [("option", "1"), ("option", "3")]),
        ("2 x 120x60 desks", [("quantity", "2"), ("size", "120x60")]),
        ("the last one", [("option", "-1")]),
        ("take all of them", [("option", "0")]),
        ("the first option for all", [("option", "1"), ("option", "0")]),
        ("سجل لي كلهم", [("option", "0")]),
        ("khith kilhum", [("option", "0")]),
        ("كلها سودا", []),
        ("all black chairs", []),
        ("zeed 10 mn awal wa7ed", [("quantity", "10"), ("option", "1")]),
        ("الاخير", [("option", "-1")]),
        ("1.2x0.6 or 1200x600", [("size", "120x60"), ("size", "120x60")]),
        ("12 درهم و50 فلس", [("price", "12.5")]),
        ("order number 1043", []),
        ("رقم الطلب ٤٤١٠", []),
        ("room 204", []),
        ("one moment please", []),
        ("give me a second", []),
        ("ألف شكر", []),
        ("مية بالمية", []),
        ("the 5th floor", []),
        ("lowest price first", []),
        ("في لون ثاني", []),
        ("المحل الثاني ارخص", []),
        ("ابي واحد يشرح لي", []),
        ("12 visitor chairs", [("quantity", "12")]),
        ("10 cm shorter", []),
        ("دولاب بو اربع درف", []),
        ("اقل كمية للطلب كم", []),
        ("5 min el awal", [("quantity", "5"), ("option", "1")]),
        ("3000k warm white 12w", []),
    ],
)
def test_what_looks_like_another_role(text: str, roles: list[tuple[Role, str]]) -> None:
    assert _roles(text) == roles


@pytest.mark.parametrize(
    "number", ["500", "٥٠٠", "500.00", "five hundred", "خمسمية", "خمسمائة", "5amsmiya", "0.5k"]
)
@pytest.mark.parametrize(
    ("sentence", "role"),
    [
        ("under {} aed", "maximum"),
        ("تحت {} درهم", "maximum"),
        ("ta7t {} dirham", "maximum"),
        ("more than {} aed", "minimum"),
        ("حوالي {} درهم", "about"),
        ("{} aed", "price"),
    ],
)
def test_number_words_are_numbers_wherever_digits_are(number: str, sentence: str, role: Role) -> None:
    assert [
        (amount.role, amount.values, amount.currency) for amount in _amounts(sentence.format(number))
    ] == [(role, (Decimal(500),), "AED")]


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("كنبة ثلاثية للاستقبال", [("seats", 3)]),
        ("قصدي ثنائية", [("seats", 2)]),
        ("رسم ثلاثي الابعاد للمعرض", []),
        ("دولاب ثلاثي بلون رمادي فاتح للغرفة", []),
        ("مكتب عرضه متر", [("size", 100)]),
        ("ارتفاع متر ونص", [("size", 150)]),
        ("بكم المتر", []),
        ("min 1500 ela 2500", [("minimum", 1500), ("maximum", 2500)]),
        ("mezaneyti 500", [("maximum", 500)]),
        ("cabinet 4 drawer - 8", [("number", 8)]),
        # one of them
        ("w7da bas", [("quantity", 1)]),
        ("wa7da", [("number", 1)]),
        ("abi w7da", [("quantity", 1)]),
        ("7abba bs", [("quantity", 1)]),
        ("حبة", [("quantity", 1)]),
        ("حبة وحدة", [("quantity", 1)]),
        ("وحدة بس", [("quantity", 1)]),
        ("just one", [("quantity", 1)]),
        ("ok, one is enough", [("quantity", 1)]),
        ("1 only", [("quantity", 1)]),
        ("one", [("number", 1)]),
        ("I like the black one", []),
        ("the one with arms only", []),
        ("حبة مانجو", []),
        # the number of before
        ("back to 3", [("quantity", 3)]),
        ("go back to five please", [("quantity", 5)]),
        ("make it 3 again", [("quantity", 3)]),
        ("رجعها ٣", [("quantity", 3)]),
        ("rag3ha 3", [("quantity", 3)]),
        ("خلها 3 مرة ثانية", [("quantity", 3)]),
        ("3 مرات في السنة", []),
        ("I will be back at 3", []),
        ("meeting table 10 person - 1", [("seats", 10), ("number", 1)]),
    ],
)
def test_words_that_say_how_many_or_how_long(text: str, amounts: list[tuple[Role, int]]) -> None:
    assert [(amount.role, int(amount.values[0])) for amount in _amounts(text)] == amounts


@pytest.mark.parametrize(
    "text", ["120x60 + 5 chairs", "120x60 budget 500", "under 500, 120x60", "120x60 max 500"]
)
def test_a_limit_beside_a_size_leaves_it(text: str) -> None:
    sizes = [amount.values for amount in _amounts(text) if amount.role == "size"]
    assert sizes == [(Decimal(120), Decimal(60))]


def test_our_own_lines_are_read() -> None:
    score = score_messages(read_lines(OWN_LINES / "message_amounts.jsonl"))
    assert score.all.total() >= 120
    for writing in ("en", "ar", "mixed", "arabizi"):
        assert score.right[writing] >= 0.97 * score.all[writing], score.wrong


@pytest.mark.parametrize(
    "piece",
    [
        "123 ",
        "1",
        "under 5 ",
        "1.1,",
        "a 1-",
        "5 aed ",
        "و",
        "1x",
        "one ",
        "first ",
        "خمسميه و",
        "a.",
        "5 to ",
    ],
)
def test_hostile_text_costs_little(piece: str) -> None:
    assert_grows_with_length(find_amounts, (piece * 12_000)[:12_000])
