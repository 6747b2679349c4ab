"""Personal data by its shape, without anything known of the customer."""

from __future__ import annotations

import pytest

from text.personal_data import Found, PersonalKind, find_personal_data, settled


def found(text: str) -> list[tuple[str, str]]:
    return [(piece.kind.value, text[piece.start : piece.end]) for piece in find_personal_data(text)]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("iban AE07 0331 2345 6789 0123 456 today", "IBAN", "AE07 0331 2345 6789 0123 456"),
        ("id 784 1978 1112223 9", "EMIRATES_ID", "784 1978 1112223 9"),
        ("trn ١٠٠١٢٣٤٥٦٧٠٠٠٠٣", "TRN", "١٠٠١٢٣٤٥٦٧٠٠٠٠٣"),
        ("4111 1111 1111 1111 09/27", "CARD", "4111 1111 1111 1111"),
        ("جوازي N7654321", "PASSPORT", "N7654321"),
        ("call 800 3347", "PHONE", "800 3347"),
        ("05\u200b01\u200b23\u200b45\u200b67", "PHONE", "05\u200b01\u200b23\u200b45\u200b67"),
        ("write ali99 @ hotmail . com", "EMAIL", "ali99 @ hotmail . com"),
        ("account 0012345678", "NUMBER", "0012345678"),
        ("ref 123456789", "NUMBER", "123456789"),
    ],
)
def test_each_shape_is_found_to_its_end(text: str, kind: str, value: str) -> None:
    assert found(text) == [(kind, value)]


@pytest.mark.parametrize("text", ["AE08 0331 2345 6789 0123 456", "4111 1111 1111 1112 card"])
def test_a_wrong_check_digit_is_no_way_out(text: str) -> None:
    assert found(text) == [("NUMBER", text.removesuffix(" card"))]


@pytest.mark.parametrize(
    "text",
    [
        "Q-2026-00042 SO-00482", "2026-00042", "15/03/2025 10:00-14:00", "80000 AED", "1 250 000 dirhams",
        "600x600", "800 1200 mm", "barcode 6291041500213", "12 24 36 48 60 cm", "5@450 each",
        "CH-4500-BK", "8 to 10 chairs", "3000 3200 3400 3600 mm",
    ],
)  # fmt: skip
def test_what_is_no_ones_stays(text: str) -> None:
    assert found(text) == []


def test_a_barcode_is_one_by_its_check_digit_only() -> None:
    assert found("barcode 6291041500214") == [("NUMBER", "6291041500214")]


def test_overlapping_pieces_are_replaced_as_one() -> None:
    card = Found(0, 10, PersonalKind.CARD, "a")
    phone = Found(8, 14, PersonalKind.PHONE, "b")
    inside = Found(2, 5, PersonalKind.NUMBER, "c")
    assert settled([phone, card, inside]) == [Found(0, 14, PersonalKind.CARD, "a b")]
