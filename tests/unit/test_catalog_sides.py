"""Limits of sides: how they are written, and what they leave room for."""

from __future__ import annotations

import pytest

from catalog.sides import SideLimit, allows, leaving_room, merged_limits, read_side_limit, write_side_limit


@pytest.mark.parametrize("written", ["height 200", "width 120", "depth 60", "length 180", "200"])
def test_a_limit_is_written_as_it_is_read(written: str) -> None:
    limit = read_side_limit(written)
    assert limit is not None
    assert write_side_limit(limit) == written


def test_no_side_is_the_longest() -> None:
    assert read_side_limit("200") == SideLimit("longest", 200)
    assert read_side_limit(200) == SideLimit("longest", 200)


@pytest.mark.parametrize(
    "value", [None, "", "0", "wide", "height", "heigth 200", "height -5", "height 2.5", "1" * 9]
)
def test_what_is_no_limit(value: object) -> None:
    assert read_side_limit(value) is None


def test_a_limit_that_cannot_be_names_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="centimetres is 0"):
        SideLimit("height", 0)
    with pytest.raises(ValueError, match="side is 'top'"):
        SideLimit("top", 20)  # type: ignore[arg-type]


def test_a_newer_limit_replaces_the_one_of_its_side() -> None:
    older = (SideLimit("height", 200), SideLimit("width", 120))
    assert merged_limits(older, (SideLimit("width", 160),)) == (
        SideLimit("height", 200),
        SideLimit("width", 160),
    )


def test_a_newer_limit_ends_what_it_contradicts() -> None:
    at_least = (SideLimit("width", 160), SideLimit("height", 70))
    at_most = (SideLimit("width", 140),)
    assert leaving_room(at_least, at_most, newer_end="max") == (SideLimit("height", 70),)
    assert leaving_room(at_most, at_least, newer_end="min") == ()
    assert leaving_room((SideLimit("width", 140),), (SideLimit("width", 140),), newer_end="max") != ()


@pytest.mark.parametrize(
    ("limit", "end", "size", "allowed"),
    [
        (SideLimit("width", 120), "max", (160, 80), False),
        (SideLimit("width", 120), "max", (60, 120), True),
        (SideLimit("length", 180), "min", (160, 80), False),
        (SideLimit("depth", 60), "max", (160, 80), False),
        (SideLimit("height", 100), "max", (160, 80), True),
        (SideLimit("height", 100), "max", (160, 80, 110), False),
        # Nobody knows which side a single measure is.
        (SideLimit("width", 120), "max", (160,), True),
        (SideLimit("longest", 120), "max", (160,), False),
        (SideLimit("longest", 180), "min", (60,), True),
    ],
)
def test_a_size_and_a_limit_may_rule_each_other_out(
    limit: SideLimit, end: str, size: tuple[int, ...], *, allowed: bool
) -> None:
    assert allows(limit, "max" if end == "max" else "min", size) is allowed
