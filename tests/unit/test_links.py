"""Links to quotes: what was signed is read back, and nothing else ever is."""

from __future__ import annotations

import base64
import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales.links import SignedLink, link_key, quote_in, sign, sign_file, verify

KEY = link_key("secret-of-tests")
ENDS = datetime(2026, 12, 7, 20, 0, tzinfo=UTC)
ALPHABET = string.ascii_letters + string.digits + "-_"

moments = st.datetimes(
    min_value=datetime(2000, 1, 1), max_value=datetime(9000, 1, 1), timezones=st.just(UTC)
).map(lambda moment: moment.replace(microsecond=0))
ids = st.integers(1, 2**63 - 1)


def token_of(path: str) -> str:
    assert path.startswith("/quotes/")
    assert path.endswith(".pdf")
    return path.removeprefix("/quotes/").removesuffix(".pdf")


TOKEN = token_of(sign(42, ENDS, KEY))


@given(quote_id=ids, ends=moments)
def test_what_was_signed_is_read_back(quote_id: int, ends: datetime) -> None:
    assert verify(token_of(sign(quote_id, ends, KEY)), KEY) == SignedLink(quote_id, ends)


@given(at=st.integers(0, len(TOKEN) - 1), to=st.sampled_from(ALPHABET))
def test_no_character_can_be_altered(at: int, to: str) -> None:
    altered = TOKEN[:at] + to + TOKEN[at + 1 :]
    assert (verify(altered, KEY) is None) == (altered != TOKEN)


@given(guess=st.text(ALPHABET, min_size=64, max_size=64) | st.text())
def test_a_guess_is_nothing(guess: str) -> None:
    assert verify(guess, KEY) is None


@pytest.mark.parametrize(
    "token",
    [
        "",
        TOKEN[:-1],
        TOKEN + "A",
        TOKEN + "=",
        TOKEN + "\n",
        " " + TOKEN,
        TOKEN.replace(TOKEN[3], "٣"),
        "\udcff",
    ],
)
def test_a_token_of_another_shape_is_nothing(token: str) -> None:
    assert verify(token, KEY) is None


def test_the_parts_of_two_links_make_no_third() -> None:
    other = token_of(sign(43, ENDS + timedelta(days=365), KEY))
    mixed = base64.urlsafe_b64decode(other)[:16] + base64.urlsafe_b64decode(TOKEN)[16:]
    assert verify(base64.urlsafe_b64encode(mixed).decode(), KEY) is None


def test_another_secret_signs_for_nobody() -> None:
    assert verify(TOKEN, link_key("secret-of-others")) is None


def test_the_key_is_not_the_secret_itself() -> None:
    assert b"secret-of-tests" not in KEY
    assert len(KEY) == 32


def test_without_a_secret_there_is_no_key() -> None:
    with pytest.raises(ValueError, match="INTERNAL_SECRET is empty"):
        link_key("")


def test_an_end_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        sign(42, datetime(2026, 12, 7), KEY)


@given(quote_id=ids)
def test_the_quote_behind_an_address_is_read_back(quote_id: int) -> None:
    assert quote_in(f"https://sales.example{sign(quote_id, ENDS, KEY)}") == quote_id


def test_another_address_leads_to_no_quote() -> None:
    path = sign(42, ENDS, KEY)
    others = (
        "",
        "https://sales.example/desk.jpg",
        sign_file(42, ENDS, KEY),
        f"{path}.exe",
        path.replace("/q", "/x"),
    )
    assert [quote_in(address) for address in others] == [None] * len(others)
