"""What holds for every text: nothing known of a customer is left, and masking again changes nothing."""

from __future__ import annotations

import re

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from offscript.masking import Masker
from offscript.token_table import AMOUNT, TokenTable
from offscript.vault import Vault, VaultEntry, vault_of
from sales.fact_values import CustomerFacts
from tests.unit.masking_variations import mails, names, numbers, phones, spaced_out
from text.personal_data import PersonalKind
from text.personal_data_reading import read_characters

NAMES = (
    "Ahmed Al Mansoori",
    "Layla Haddad",
    "Fatouma Zaabi",
    "أحمد المنصوري",
    "فاطمة الزعابي",
    "خالد الظاهري",
)
COMPANIES = ("Falcon Trading", "Blue Palm Interiors", "الصقر للتجارة", "واحة النخيل")
ADDRESS = "Villa 14, Street 23, Jumeirah 1"
FACTS = CustomerFacts(
    company="Falcon Trading LLC",
    contact_name="Ahmed Al Mansoori",
    email="layla.h@falcon-trading.ae",
    trn="100123456700003",
)
VAULT = vault_of(
    FACTS,
    "+971501234567",
    [
        *(VaultEntry(PersonalKind.PERSON, name) for name in NAMES),
        *(VaultEntry(PersonalKind.COMPANY, name) for name in COMPANIES),
        VaultEntry(PersonalKind.ADDRESS, ADDRESS),
    ],
)
BEFORE = [
    "",
    "hello ",
    "10 chairs for ",
    "عطوا ",
    "الفاتورة باسم ",
    "abi 5 karasi, ",
    "ok:",
    "(",
    "«",
    "x1\n",
]
BEHIND = ["", " please", " لو سمحت", ", thanks", ")", "؟", ".", "\n20 pcs", " 's", "»", " EX-210"]
PERSONAL = frozenset(PersonalKind)

typed_name = st.one_of([names(name) for name in (*NAMES, *COMPANIES)])
typed_first_name = st.one_of([names(name.split()[0]) for name in NAMES])
typed_number = phones("501234567") | numbers("100123456700003")
typed_mail = mails("layla.h@falcon-trading.ae")
typed_letters = st.one_of([spaced_out(name) for name in NAMES])
typed = typed_name | typed_first_name | typed_number | typed_mail | typed_letters


def masker() -> Masker:
    return Masker(VAULT, TokenTable())


def letters_and_digits(text: str) -> str:
    """What is left to read of a text once its tokens are gone."""
    return re.sub(r"[\W_]", "", read_characters(re.sub(r"<[A-Z_]+_\d+>", "|", text)).folded)


@settings(max_examples=150)
@given(st.sampled_from(BEFORE), typed, st.sampled_from(BEHIND))
@example("", "ＡＨＭＥＤ\u200b al-mansuri", "")
@example("hello ", "A h m e d A l M a n s o o r i", "")
@example("", "وأحمـــد", "")
@example("", "+٩٧١\u2009٥٠-١٢٣.٤٥٦٧", "")
def test_nothing_of_the_vault_is_left_however_it_is_typed(before: str, value: str, behind: str) -> None:
    masked = masker().mask(before + value + behind)
    rest = letters_and_digits(masked)
    expected = letters_and_digits(before + "|" + behind)
    # A joined "and" or "for" stays; a sign or a letter more may have gone with the value.
    assert len(rest) <= len(expected) + 1, (masked, rest)


@settings(max_examples=60)
@given(st.sampled_from(BEFORE), st.sampled_from([" ", "  ", ", ", "،", "\n", ""]), st.sampled_from(BEHIND))
def test_an_address_is_found_in_both_scripts_of_digits(before: str, sign: str, behind: str) -> None:
    typed = re.sub(r", ", sign or " ", ADDRESS).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert "<ADDRESS_1>" in masker().mask(before + typed + behind)


FRAGMENTS = [
    "my name is Omar Hassan", "معك خالد الظاهري", "Ahmed", "وأحمد", "Falcon Trading LLC",
    "شركة الصقر للتجارة ذ.م.م",
    "0501234567", "٠٥٠ ١٢٣ ٤٥٦٧", "+97455123456", "800 3347", "ali @ x . ae", "a@b.ae",
    "AE070331234567890123456",
    "784-1985-1234567-3", "100123456700003", "4111 1111 1111 1111", "passport N1234567", "123456789012",
    "10 chairs", "<PHONE_1>", "‹PERSON_1›", "Q-2026-00042", "120x60", "بخصوص", "7abibi", "the",
    "Dr. Hala Mansour", "EX-210", "account 0012345678", "@", "+", "0", "-", ".",
]  # fmt: skip
texts = st.lists(
    st.one_of(st.sampled_from(FRAGMENTS), typed, st.text(max_size=6)).flatmap(
        lambda piece: st.sampled_from(["\n", ", ", ". ", " - ", " | "]).map(lambda sign: piece + sign)
    ),
    min_size=1,
    max_size=5,
).map("".join)


@settings(max_examples=150)
@given(texts)
def test_what_was_masked_and_restored_masks_to_the_same(text: str) -> None:
    chat = masker()
    masked = chat.mask(text)
    assume(f"<{AMOUNT}_" not in masked)
    assume(not re.search(r"(?<![‹<])\b(?:PHONE|PERSON)_\d", masked))
    assert chat.mask(chat.restore(masked, PERSONAL)) == masked


@settings(max_examples=60)
@given(texts)
def test_what_is_found_lies_in_the_text_in_order_and_apart(text: str) -> None:
    end = 0
    for found in Masker(Vault([]), TokenTable()).find(text):
        assert end <= found.start < found.end <= len(text)
        end = found.end
