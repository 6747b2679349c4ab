"""Numbers in digits and words, in every way customers write them, and what is none."""

from __future__ import annotations

from decimal import Decimal

import pytest

from text.fold import fold
from text.numbers import find_numbers


def _values(text: str) -> list[str]:
    return [str(number.value) for number in find_numbers(fold(text))]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # digits and their marks
        ("1500", "1500"),
        ("1,500", "1500"),
        ("1.500", "1500"),
        ("1 500", "1500"),
        ("1'500", "1500"),
        ("1,500.50", "1500.50"),
        ("1.500,50", "1500.50"),
        ("1500,5", "1500.5"),
        ("1,00,000", "100000"),
        ("٢٬٥٠٠٫٧٥", "2500.75"),
        ("۲۵۰۰", "2500"),
        ("５００", "500"),
        ("5️⃣0️⃣0️⃣", "500"),
        ("0.5", "0.5"),
        # what is written onto them
        ("1.5k", "1500"),
        ("2 grand", "2000"),
        ("1.2 million", "1200000"),
        ("350dhs", "350"),
        ("aed500", "500"),
        ("٧٥٠درهم", "750"),
        ("ب٥٠٠", "500"),
        ("وبـ٥٠٠", "500"),
        ("20pcs", "20"),
        ("3 مية", "300"),
        ("2 الف", "2000"),
        ("2 الف ونص", "2500"),
        ("2 الف و500", "2500"),
        # English
        ("five hundred", "500"),
        ("five hundred and fifty", "550"),
        ("two thousand three hundred", "2300"),
        ("twenty-five", "25"),
        ("twenty five thousand", "25000"),
        ("one hundred and twenty five thousand", "125000"),
        ("twelve hundred", "1200"),
        ("two and a half thousand", "2500"),
        ("a thousand and a half", "1500"),
        ("half a million", "500000"),
        ("a couple of hundred", "200"),
        ("seven fifty", "750"),
        ("nine ninety nine", "999"),
        ("two dozen", "24"),
        ("fivehundred", "500"),
        ("fourty", "40"),
        # Modern Standard Arabic
        ("خمسمائة", "500"),
        ("ثلاثة آلاف", "3000"),
        ("ألفان وخمسمائة", "2500"),
        ("سبعمائة وخمسون", "750"),
        ("ألف ومئتان وخمسة وعشرون", "1225"),
        ("خمسة عشر", "15"),
        ("أحد عشر ألف", "11000"),
        ("مليون", "1000000"),
        # Gulf
        ("خمسمية", "500"),
        ("خمس مية", "500"),
        ("ثلثمية", "300"),
        ("ميتين", "200"),
        ("ثلاث مية وخمسين", "350"),
        ("تسعمية وتسعين", "990"),
        ("ألفين ونص", "2500"),
        ("الفين وخمسمية", "2500"),
        ("نص ألف", "500"),
        ("ألف إلا ربع", "750"),
        ("ألف إلا مية", "900"),
        ("خمستالاف", "5000"),
        ("ثلاث تالاف", "3000"),
        ("مية وعشرين ألف", "120000"),
        ("خمستعش", "15"),
        ("اثنعش", "12"),
        ("خمسة وعشرين", "25"),
        ("درزن", "12"),
        ("بـخـمـسـمـيـة", "500"),
        # Arabizi
        ("5amsmiya", "500"),
        ("5amsmiyat", "500"),
        ("khamsmiya", "500"),
        ("alfain", "2000"),
        ("alfein w nos", "2500"),
        ("meyatain", "200"),
        ("miteen", "200"),
        ("3ashra", "10"),
        ("3eshreen", "20"),
        ("thalath miya w 5amseen", "350"),
        ("tis3een", "90"),
        ("5amsa w 3eshreen", "25"),
        ("alf w miyatain", "1200"),
        ("5amsta3ash", "15"),
    ],
)
def test_a_number(text: str, value: str) -> None:
    assert _values(text) == [str(Decimal(value))]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("five hundred and six hundred", ["500", "600"]),
        ("خمسمية وألف", ["500", "1000"]),
        ("مية وميتين", ["100", "200"]),
        ("خمسمية وثلاث الاف", ["500", "3000"]),
        ("120x60x75", ["120", "60", "75"]),
        ("300-500", ["300", "500"]),
        ("5 chairs and 3 desks", ["5", "3"]),
        ("options 1,2", ["1", "2"]),
        ("500\n600", ["500", "600"]),
    ],
)
def test_several_numbers(text: str, values: list[str]) -> None:
    assert _values(text) == values


@pytest.mark.parametrize(
    "text",
    [
        "050-1234567",
        "+971 50 123 4567",
        "00971501234567",
        "04 123 4567",
        "100-2345-6789-0003",
        "15/03/2025",
        "2025-03-15",
        "10.12.2026",
        "4:30",
        "24/7",
        "EX-210",
        "CH-1005-BK",
        "ch1005",
        "a500bc",
        "7abibi 3ndkom 5alas ta7t",
        "9'eef",
        "mar7aba",
        "a5er se3r",
        "https://shop.example/p/500",
        "me500@shop.example",
        "1.2.3.4.5",
        "كمية",
        "احد",
        "لست",
        "men mia tin",
    ],
)
def test_no_number(text: str) -> None:
    assert _values(text) == []


def test_letters_written_onto_a_number_are_its_prefix() -> None:
    folded = fold("بخمسمية و500")
    assert [(number.prefix, folded[number.start : number.end]) for number in find_numbers(folded)] == [
        ("ب", "خمسميه"),
        ("و", "500"),
    ]


@pytest.mark.parametrize(
    ("text", "scale"), [("2k", 1000), ("3 thousand", 1000), ("7 hundred", 100), ("2000", 1)]
)
def test_the_scale_is_what_was_said_last(text: str, scale: int) -> None:
    assert [number.scale for number in find_numbers(text)] == [scale]
