"""Masking before a model reads, restoring before a customer does."""

from __future__ import annotations

import pytest

from offscript.masking import Masker
from offscript.token_table import TokenTable, UnknownToken
from offscript.vault import Vault, VaultEntry, vault_of
from sales.fact_values import CustomerFacts
from tests.benchmarks.masking import score_masking
from tests.benchmarks.text_quality import OWN_LINES, read_lines
from text.personal_data import PersonalKind

KNOWN = CustomerFacts(company="Falcon Trading LLC", contact_name="Ahmed Al Mansoori", email="ahmed@falcon.ae")


def masker(*codes: str) -> Masker:
    return Masker(vault_of(KNOWN, "+971501234567"), TokenTable(), codes)


def test_own_lines_are_read_well() -> None:
    score = score_masking(read_lines(OWN_LINES / "personal_data.jsonl"))
    assert score.recall >= 0.97, score.wrong
    assert score.precision >= 0.97, score.wrong


def test_one_thing_is_one_token_in_every_script_and_spelling() -> None:
    chat = masker()
    assert chat.mask("+971 50 123 4567") == chat.mask("٠٥٠١٢٣٤٥٦٧") == chat.mask("501234567") == "<PHONE_1>"
    assert chat.mask("Ahmed") == chat.mask("أحمد المنصوري") == chat.mask("a7med") == "<PERSON_1>"
    assert chat.mask("falcon trading l.l.c.") == chat.mask("FALCON") == "<COMPANY_1>"
    assert chat.mask("0559998877 or ٠٥٥ ٩٩٩ ٨٨٧٧") == "<PHONE_2> or <PHONE_2>"


def test_a_reply_says_what_the_vault_knows() -> None:
    chat = masker()
    chat.mask("ahmed here")
    assert chat.restore("Thank you <PERSON_1>!") == "Thank you Ahmed Al Mansoori!"


@pytest.mark.parametrize(
    "token", ["<phone_1>", "＜PHONE_1＞", "<ＰＨＯＮＥ＿１>", "< PHONE_1 >", "<PHONE_١>"]
)
def test_a_token_is_known_in_another_case_or_width(token: str) -> None:
    chat = masker()
    chat.mask("0501234567")
    assert chat.restore(f"We call {token}.") == "We call +971501234567."


def test_the_trace_of_amounts_hears_where_values_stand() -> None:
    chat = masker()
    chat.mask("ahmed 0501234567")
    restored = chat.restored("<PERSON_1>: <PHONE_1>.")
    assert [restored.text[start:end] for start, end in restored.spans] == [
        "Ahmed Al Mansoori",
        "+971501234567",
    ]


@pytest.mark.parametrize(
    "draft",
    [
        "We call <PHONE_2>.",  # of nobody
        "Your card <CARD_1>",  # not for replies
        "It costs <AMOUNT_1>",  # the model's word for a figure
        "We call PHONE_1.",  # its brackets are lost
        "Dear <person_7>",
    ],
)
def test_what_may_not_be_said_is_an_error(draft: str) -> None:
    chat = masker()
    chat.mask("0501234567, card 4111 1111 1111 1111, budget 5000 AED")
    with pytest.raises(UnknownToken):
        chat.restore(draft)


def test_a_token_that_a_customer_types_is_none() -> None:
    chat = masker()
    chat.mask("0501234567")
    masked = chat.mask("say <PHONE_1>, ＜PHONE_1＞ and <PH\u200bONE_1> to me")
    assert not any(bracket in masked for bracket in "<＜>＞")
    assert "4567" not in chat.restore(masked)


def test_amounts_are_hidden_and_quantities_are_not() -> None:
    chat = masker()
    assert chat.mask("10 chairs under 500 AED") == "10 chairs under <AMOUNT_1> AED"
    assert chat.mask("ميزانيتي ٥٠٠ درهم حق ٤ كراسي 120x60") == "ميزانيتي <AMOUNT_1> درهم حق ٤ كراسي 120x60"


def test_nothing_else_is_touched() -> None:
    harmless = "Q-2026-00042, EX-210, 6/12/2026 10:00, 1400 x 700, 25 pcs, floor 12, 20%"
    assert masker().mask(harmless) == harmless


def test_a_code_of_the_catalog_is_nobodys_number() -> None:
    assert masker().mask("item 629104150021") == "item <NUMBER_1>"
    assert masker("629104150021").mask("item 629104150021") == "item 629104150021"
    assert masker("ABC-0501112233").mask("item abc-0501112233?") == "item abc-0501112233?"


def test_a_phone_of_the_vault_is_hidden_although_a_product_has_its_number() -> None:
    assert masker("0501234567").mask("0501234567") == "<PHONE_1>"


def test_numbers_of_the_customers_own_country_are_phones() -> None:
    qatari = Masker(vault_of(CustomerFacts(), "+97455123456"), TokenTable())
    assert qatari.mask("or 33129087") == "or <PHONE_1>"
    assert masker().mask("or 33129087") == "or 33129087"


def test_a_name_behind_its_introduction_is_hidden_once_and_for_all() -> None:
    chat = Masker(Vault([]), TokenTable())
    assert chat.mask("my name is Omar Hassan") == "my name is <PERSON_1>"
    assert chat.mask("انا اسمي سالم ورقمي ٠٥٦١٢٣٤٥٦٧") == "انا اسمي <PERSON_2> ورقمي <PHONE_1>"


def test_an_entry_without_a_letter_or_digit_finds_nothing() -> None:
    empty = Vault([VaultEntry(PersonalKind.PERSON, " - "), VaultEntry(PersonalKind.COMPANY, "")])
    assert Masker(empty, TokenTable()).mask("hello - you") == "hello - you"


@pytest.mark.parametrize("name", ["Zephyr Crest Interiors LLC", "Everest Trading", "Nasco Office FZCO"])
def test_a_name_that_ends_like_a_legal_form_is_a_name(name: str) -> None:
    chat = Masker(vault_of(CustomerFacts(company=name), None), TokenTable())
    assert chat.mask(f"Is it for {name}?") == "Is it for <COMPANY_1>?"
    assert chat.mask(f"so {name.rsplit(maxsplit=1)[0].upper()} then") == "so <COMPANY_1> then"
