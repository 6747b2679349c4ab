"""Limits of sizes: which end, which side, how many centimetres; and what is none."""

from __future__ import annotations

import pytest

from tests.growth import assert_grows_with_length
from text.amounts import Amount, corrected, find_amounts
from text.fold import fold


def _told(amounts: list[Amount]) -> list[str]:
    return [
        " ".join(
            part for part in (amount.role, amount.side, "x".join(f"{one:f}" for one in amount.values)) if part
        )
        for amount in amounts
    ]


def _limits(text: str) -> list[str]:
    """Each amount as "role side centimetres"."""
    return _told(find_amounts(fold(text)))


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        # English
        ("bookshelf not taller than 2 meters", "max_size height 200"),
        ("desk max width 120", "max_size width 120"),
        ("120 cm max", "max_size 120"),
        ("120 cm or less", "max_size 120"),
        ("no wider than 120 cm", "max_size width 120"),
        ("must not be taller than 180cm", "max_size height 180"),
        ("shouldn't exceed 120 cm in width", "max_size width 120"),
        ("height up to 2m", "max_size height 200"),
        ("width not higher than 120 cm", "max_size width 120"),
        ("narrower than 60", "max_size width 60"),
        ("less than a metre high", "max_size height 100"),
        ("max length 1.8 m", "max_size length 180"),
        ("max width of the desk 120", "max_size width 120"),
        ("desk 120 wide max", "max_size width 120"),
        ("width less than 1200", "max_size width 120"),
        ("at least 180 wide", "min_size width 180"),
        ("wider than 140", "min_size width 140"),
        ("not shorter than 180 cm", "min_size 180"),
        ("desk bigger than 140 cm", "min_size 140"),
        ("180 cm or more", "min_size 180"),
        # Gulf Arabic
        ("عرضه ما يزيد عن 160", "max_size width 160"),
        ("ما يزيد عن متر", "max_size 100"),
        ("طاولة ارتفاعها اقل من متر", "max_size height 100"),
        ("أقصى عرض ١٢٠", "max_size width 120"),
        ("مو اعرض من ١٤٠ سم", "max_size width 140"),
        ("ما ابيه اعلى من مترين", "max_size height 200"),
        ("ما يكون اطول من متر ونص", "max_size 150"),
        ("ارتفاع ١٢٠ بالكثير", "max_size height 120"),
        ("على الاقل ١٨٠ سم عرض", "min_size width 180"),
        ("عرضها ما يقل عن ١٦٠", "min_size width 160"),
        ("١٨٠ سم وفوق", "min_size 180"),
        ("اعرض من ١٤٠", "min_size width 140"),
        # Arabizi, mixed
        ("mo a6wal men 2 meter", "max_size 200"),
        ("3ar'9a ma yzeed 3an 160", "max_size width 160"),
        ("aqal min 160 cm", "max_size 160"),
        ("a3ra9 men 140 cm", "min_size width 140"),
        ("desk عرضه اقل من 120 cm", "max_size width 120"),
        ("width اقل من 120", "max_size width 120"),
    ],
)
def test_a_limit_names_its_end_and_its_side(text: str, limit: str) -> None:
    assert _limits(text) == [limit]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("between 120 and 160 cm wide", "width 120", "width 160"),
        ("width between 120 and 160", "width 120", "width 160"),
        ("from 120 to 160 cm", "120", "160"),
        ("desk 120-160 cm", "120", "160"),
        ("a table 2 to 3 m long", "length 200", "length 300"),
        ("80 cm to 1.2 m", "80", "120"),
        ("عرض بين ١٢٠ و ١٦٠", "width 120", "width 160"),
        ("من ١٢٠ لين ١٦٠ سم", "120", "160"),
        ("mabain 120 w 160 cm", "120", "160"),
    ],
)
def test_a_range_is_two_limits(text: str, low: str, high: str) -> None:
    assert _limits(text) == [f"min_size {low}", f"max_size {high}"]


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("under 120x60", ["max_size width 120", "max_size depth 60"]),
        ("60x120x75 cm max", ["max_size width 120", "max_size depth 60", "max_size height 75"]),
        ("not wider than 120 and not taller than 75", ["max_size width 120", "max_size height 75"]),
        ("at least 180 high, max 90 wide", ["min_size height 180", "max_size width 90"]),
        # What stands at one number is not said of the next.
        (
            "between 120 and 160 cm wide under 900",
            ["min_size width 120", "max_size width 160", "maximum 900"],
        ),
        ("width 120, height max 200", ["size 120", "max_size height 200"]),
        # A dash between a count and a size.
        ("10 - 160 cm desks", ["number 10", "size 160"]),
        # The size of the thing itself, prices, differences, people, distances.
        ("desk 160 cm", ["size 160"]),
        ("width 160", ["size 160"]),
        ("120x60 max 500", ["size 120x60", "maximum 500"]),
        ("higher than 500", ["minimum 500"]),
        ("king size below 2000", ["maximum 2000"]),
        ("under 500", ["maximum 500"]),
        ("10 cm shorter", []),
        ("chair for people taller than 190 cm", []),
        ("within 500 m of the metro", []),
        ("no longer than 2 weeks", []),
    ],
)
def test_what_stands_beside_a_limit_or_is_none(text: str, amounts: list[str]) -> None:
    assert _limits(text) == amounts


def test_the_phrase_of_a_limit_holds_its_words() -> None:
    folded = fold("show me shelves not taller than 2 meters please")
    assert [folded[amount.start : amount.end] for amount in find_amounts(folded)] == [
        "not taller than 2 meters"
    ]


def test_a_limit_that_is_taken_back_is_left_out() -> None:
    assert _limits("max width 120, no wait, max width 140") == ["max_size width 140"]
    assert _limits("max width 120, sorry, max height 90") == ["max_size width 120", "max_size height 90"]


def test_the_later_limit_of_a_side_counts() -> None:
    amounts = find_amounts(fold("max width 120\nnot taller than 90\nmax width 140"))
    assert _told(corrected(amounts)) == ["max_size height 90", "max_size width 140"]


@pytest.mark.parametrize(
    ("text", "seats"),
    [
        ("table for 6 or 8 people", 6),
        ("table for 8 or 6", 6),
        ("طاولة ل٨ او ١٠ أشخاص", 8),
        ("tawla 7ag 8 aw 10 ash5a9", 8),
        ("طاولة تكفي 6 or 8 اشخاص", 6),
        ("كنبة ثنائية او ثلاثية", 2),
        # Six to eight may come, so eight need a seat.
        ("6 to 8 people", 8),
    ],
)
def test_of_two_numbers_of_people_the_smaller_has_to_find_a_seat(text: str, seats: int) -> None:
    assert _limits(text) == [f"seats {seats}"]


def test_pieces_and_people_are_no_choice() -> None:
    assert _limits("20 chairs or 8 seats") == ["quantity 20", "seats 8"]


@pytest.mark.parametrize(
    "piece", ["not wider than ", "under 5 cm ", "max width 1 ", "1 to 2 m ", "6 or 8 seats ", "ما "]
)
def test_hostile_text_costs_little(piece: str) -> None:
    assert_grows_with_length(find_amounts, (piece * 12_000)[:12_000])
