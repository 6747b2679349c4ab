"""What customers say of themselves (sales.facts): labelled lines, single rules, and whatever can be typed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sales.fact_words import CITIES
from sales.facts import Fact, Kind, Problem, ReadFacts, check_answer, city_name, read_facts
from tests.unit.customer_lines import HELD_OUT, LINES, TUNING, Labelled


def told(read: ReadFacts) -> dict[str, object]:
    return {fact.value: value for fact, value in read.values.items()}


def read(asked: str | None, text: str) -> dict[str, object]:
    return told(read_facts(text, Fact(asked) if asked else None))


def wrong_values(lines: Sequence[Labelled]) -> list[tuple[str, object]]:
    """What was read and is not so, or not all of it."""
    return [
        (text, pair)
        for _, asked, text, expected in lines
        for pair in read(asked, text).items() - expected.items()
    ]


@pytest.mark.parametrize("line", TUNING, ids=lambda line: line[2])
def test_a_tuning_line_says_what_it_says(line: Labelled) -> None:
    _, asked, text, expected = line
    assert read(asked, text) == expected


def test_held_out_lines_are_read_as_well() -> None:
    """One missed line in a hundred is asked about again; a wrong company stands on a quote."""
    assert wrong_values(HELD_OUT) == []
    exact = sum(read(asked, text) == expected for _, asked, text, expected in HELD_OUT)
    assert exact / len(HELD_OUT) >= 0.97


def test_the_lines_are_what_they_are_said_to_be() -> None:
    assert len(LINES) >= 120
    assert {line[0] for line in LINES} == {"en", "ar", "arabizi", "mixed"}
    assert 0.45 <= sum(not line[3] for line in LINES) / len(LINES) <= 0.55


@pytest.mark.parametrize(
    "line", [line for line in LINES if line[1] and not line[3]], ids=lambda line: line[2]
)
def test_an_answer_that_is_none_says_why(line: Labelled) -> None:
    _, asked, text, _ = line
    problems = read_facts(text, Fact(asked or "")).problems
    assert [problem.fact for problem in problems].count(Fact(asked or "")) == 1


# --- e-mail ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ahmed@AlNoor.AE", "ahmed@alnoor.ae"),
        ("ahmed @ alnoor.ae", "ahmed@alnoor.ae"),
        ("ahmed@ alnoor .ae", "ahmed@alnoor.ae"),
        ("ahmed@alnoor,ae", "ahmed@alnoor.ae"),
        ("ahmed at alnoor dot ae", "ahmed@alnoor.ae"),
        ("ahmed＠alnoor.ae", "ahmed@alnoor.ae"),
        ("\u2066ahmed@alnoor.ae\u2069.", "ahmed@alnoor.ae"),
        ("ahmed.k+quotes@mail.alnoor.co.uk", "ahmed.k+quotes@mail.alnoor.co.uk"),
        ("<ahmed@alnoor.ae>", "ahmed@alnoor.ae"),
        ("a٢@alnoor.ae", "a2@alnoor.ae"),
        ("mailto:ahmed@alnoor.ae", "ahmed@alnoor.ae"),
    ],
)
def test_an_address_is_kept_as_mail_servers_write_it(text: str, expected: str) -> None:
    assert check_answer(Fact.EMAIL, text) == expected


@pytest.mark.parametrize(
    ("text", "kind", "suggestion"),
    [
        ("ahmed@", Kind.EMAIL_WITHOUT_DOMAIN, None),
        ("@alnoor.ae", Kind.EMAIL_WITHOUT_NAME, None),
        ("ahmed@alnoor", Kind.EMAIL_WITHOUT_ENDING, None),
        ("ahmed@gmail", Kind.EMAIL_TYPO, "ahmed@gmail.com"),
        ("ahmed@gmail.con", Kind.EMAIL_TYPO, "ahmed@gmail.com"),
        ("ahmed@gmial.com", Kind.EMAIL_TYPO, "ahmed@gmail.com"),
        ("ahmed@hotmial.com", Kind.EMAIL_TYPO, "ahmed@hotmail.com"),
        ("ahmed@alnoor.con", Kind.EMAIL_TYPO, "ahmed@alnoor.com"),
        ("أحمد@alnoor.ae", Kind.EMAIL_NOT_LATIN, None),
        ("ahmed@النور.ae", Kind.EMAIL_NOT_LATIN, None),
        ("ahmed@@alnoor.ae", Kind.EMAIL_MALFORMED, None),
        ("ahmed..k@alnoor.ae", Kind.EMAIL_MALFORMED, None),
        ("ahmed@-alnoor.ae", Kind.EMAIL_MALFORMED, None),
        (f"{'a' * 65}@alnoor.ae", Kind.EMAIL_MALFORMED, None),
        ("yes sure", Kind.SMALL_TALK, None),
        ("I don't have one", Kind.HAS_NONE, None),
        ("why do you need it?", Kind.QUESTION, None),
    ],
)
def test_what_is_wrong_with_an_address(text: str, kind: Kind, suggestion: str | None) -> None:
    problem = check_answer(Fact.EMAIL, text)
    assert isinstance(problem, Problem)
    assert (problem.fact, problem.kind, problem.suggestion) == (Fact.EMAIL, kind, suggestion)


def test_a_broken_address_is_told_even_when_nothing_was_asked() -> None:
    [problem] = read_facts("my mail is ahmed@gmail.con", None).problems
    assert problem.kind is Kind.EMAIL_TYPO


# --- TRN, city, quantity ---


@pytest.mark.parametrize(
    "text",
    [
        "100234567890003",
        "100 2345 6789 0003",
        "100-234-567-890-003",
        "TRN: ١٠٠٢٣٤٥٦٧٨٩٠٠٠٣",
        "۱۰۰۲۳۴۵۶۷۸۹۰۰۰۳",
    ],
)
def test_a_trn_in_any_digits(text: str) -> None:
    assert check_answer(Fact.TRN, text) == "100234567890003"


@pytest.mark.parametrize("text", ["10023456789000", "1002345678900034", "TRN 12345"])
def test_a_trn_of_another_length_is_told(text: str) -> None:
    problem = check_answer(Fact.TRN, text)
    assert isinstance(problem, Problem)
    assert problem.kind is Kind.TRN_LENGTH


def test_other_long_numbers_are_no_trn() -> None:
    assert read(None, "my card is 378282246310005") == {}
    assert read(None, "order 123456789012345") == {}
    assert read(None, "call +971 50 123 4567") == {}
    assert read("trn", "178282246310005") == {"trn": "178282246310005"}


@pytest.mark.parametrize("text", ["our TRN is 378282246310005", "رقمنا الضريبي ٣٧٨٢٨٢٢٤٦٣١٠٠٠٥"])
def test_a_trn_begins_with_a_one(text: str) -> None:
    for asked in (None, Fact.TRN):
        found = read_facts(text, asked)
        assert told(found) == {}
        assert [problem.kind for problem in found.problems] == [Kind.TRN_BEGINNING]


def test_a_name_that_nothing_marks_is_no_answer_where_the_message_is_about_something_else() -> None:
    for fact, text in ((Fact.COMPANY, "Blue Falcon"), (Fact.CONTACT_NAME, "Falcon Blue")):
        assert told(read_facts(text, fact)) == {fact.value: text}
        found = read_facts(text, fact, may_be_bare=False)
        assert told(found) == {}
        assert [problem.kind for problem in found.problems] == [Kind.WISH]
    assert told(read_facts("Al Noor Trading", Fact.COMPANY, may_be_bare=False)) == {
        "company": "Al Noor Trading"
    }
    assert told(read_facts("Ahmed Ali", Fact.CONTACT_NAME, may_be_bare=False)) == {
        "contact_name": "Ahmed Ali"
    }


def test_corrections_and_introductions_without_introducing_words() -> None:
    assert read(None, "no, the company is Gulf Star, not Golf Star") == {"company": "Gulf Star"}
    assert read(None, "my email is wrong, it is x@y.ae") == {"email": "x@y.ae"}
    assert read(None, "أحمد من شركة النور، ahmed@alnoor.ae") == {
        "contact_name": "أحمد",
        "company": "النور",
        "email": "ahmed@alnoor.ae",
    }


@pytest.mark.parametrize("city", CITIES)
def test_every_city_is_known_in_both_scripts(city: str) -> None:
    assert check_answer(Fact.CITY, city) == city
    assert check_answer(Fact.CITY, city_name(city, "ar")) == city
    assert city_name(city, "en") == city


def test_other_places_are_taken_as_they_are_written() -> None:
    assert check_answer(Fact.CITY, "Jumeirah Lake Towers") == "Jumeirah Lake Towers"
    assert city_name("Jumeirah Lake Towers", "ar") == "Jumeirah Lake Towers"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("20", 20), ("٢٠", 20), ("عشرين", 20), ("fifty pieces", 50), ("1,000 pcs", 1000),
     ("2.5", Kind.NOT_WHOLE), ("0", Kind.OUT_OF_RANGE), ("9999999", Kind.OUT_OF_RANGE),
     ("-5", Kind.OUT_OF_RANGE), ("a few", Kind.NOT_AN_ANSWER), ("ok", Kind.SMALL_TALK)],
)  # fmt: skip
def test_quantities(text: str, expected: int | Kind) -> None:
    answer = check_answer(Fact.QUANTITY, text)
    assert (answer.kind if isinstance(answer, Problem) else answer) == expected


# --- names ---


@pytest.mark.parametrize(
    ("fact", "text", "kind"),
    [
        (Fact.COMPANY, "ok", Kind.SMALL_TALK),
        (Fact.COMPANY, "صباح الخير", Kind.SMALL_TALK),
        (Fact.COMPANY, "what for?", Kind.QUESTION),
        (Fact.COMPANY, "كم سعر التوصيل", Kind.QUESTION),
        (Fact.COMPANY, "20 black chairs", Kind.WISH),
        (Fact.COMPANY, "send me the quotation", Kind.WISH),
        (Fact.COMPANY, "0501234567", Kind.NUMBER),
        (Fact.COMPANY, "www.alnoor.ae", Kind.ADDRESS),
        (Fact.COMPANY, "ahmed@alnoor.ae", Kind.ADDRESS),
        (Fact.COMPANY, "x", Kind.TOO_SHORT),
        (Fact.COMPANY, "Al Noor " * 20, Kind.TOO_LONG),
        (Fact.COMPANY, "no company, it's personal", Kind.HAS_NONE),
        (Fact.COMPANY, "talk later bye", Kind.NOT_AN_ANSWER),
        (Fact.COMPANY, "Ahmed", Kind.NOT_AN_ANSWER),
        (Fact.COMPANY, "Dubai", Kind.NOT_AN_ANSWER),
        (Fact.CONTACT_NAME, "Al Noor Trading LLC", Kind.NOT_AN_ANSWER),
        (Fact.CONTACT_NAME, "تمام", Kind.SMALL_TALK),
        (Fact.CONTACT_NAME, "12345", Kind.NUMBER),
        (Fact.CONTACT_NAME, "غالي وايد", Kind.NOT_AN_ANSWER),
        (Fact.CONTACT_NAME, "", Kind.NOT_AN_ANSWER),
        (Fact.CITY, "where are you?", Kind.QUESTION),
        (Fact.CITY, "any branch near Al Ain?", Kind.QUESTION),
    ],
)
def test_what_is_no_name(fact: Fact, text: str, kind: Kind) -> None:
    problem = check_answer(fact, text)
    assert isinstance(problem, Problem)
    assert (problem.fact, problem.kind) == (fact, kind)


def test_what_was_not_asked_for_is_kept_beside_the_problem() -> None:
    found = read_facts("it's ahmed@alnoor.ae", Fact.COMPANY)
    assert told(found) == {"email": "ahmed@alnoor.ae"}
    assert [(problem.fact, problem.kind) for problem in found.problems] == [(Fact.COMPANY, Kind.ADDRESS)]


def test_a_name_with_ordinary_words_is_taken_when_it_is_introduced() -> None:
    assert read("company", "company name: Chairs and Desks") == {"company": "Chairs and Desks"}
    assert read("company", "The Office LLC") == {"company": "The Office LLC"}
    # "Please" is no part of it.
    assert read(None, "quote min fadlik Mirage Steel LLC") == {"company": "Mirage Steel LLC"}


def test_a_correction_takes_the_right_one_of_two() -> None:
    assert read(None, "the company is Al Noor Trading, not Al Manar Trading") == {
        "company": "Al Noor Trading"
    }
    assert read("company", "Gulf Star not Gulf Sun") == {"company": "Gulf Star"}
    assert read("email", "a@x.ae no sorry b@x.ae") == {"email": "b@x.ae"}
    assert read("email", "a@x.ae, b@x.ae") == {"email": "a@x.ae"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no the company name is wrong, it's Gulf Star", {"company": "Gulf Star"}),
        ("no the company name is wrong, it's Salem Trading", {"company": "Salem Trading"}),
        ("company is not Gulf Sun, it's Gulf Star", {"company": "Gulf Star"}),
        ("لا اسم الشركة غلط، الصح شركة الخليج العربي للتجارة", {"company": "الخليج العربي للتجارة"}),
        ("الشركة غلط، الصحيح مؤسسة النور", {"company": "النور"}),
        ("لا الشركة مب النور، هي الفجر", {"company": "الفجر"}),
        ("la esm el sharika ghalat, el sa7 Gulf Star", {"company": "Gulf Star"}),
        ("اسم ال company غلط، الصح Blue Dune", {"company": "Blue Dune"}),
        ("اسمي غلط، الصح خالد", {"contact_name": "خالد"}),
        ("the company name is wrong", {}),
        ("اسم الشركة غلط", {}),
        ("the shop is wrong, it's closed", {}),
        ("the company is not small, it's big", {}),
        ("هالشركة مب زينة، هي غالية", {}),
        ("is the company name wrong, it's Gulf Star?", {}),
    ],
)
def test_what_was_wrong_is_followed_by_the_right_one(text: str, expected: dict[str, object]) -> None:
    assert read(None, text) == expected
    if "company" in expected:
        assert read("company", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("company is Palm Dental Clinic", {"company": "Palm Dental Clinic"}),
        ("company شركة الأفق للتجارة", {"company": "الأفق للتجارة"}),
        ("شركتنا Gulf Horizon FZCO", {"company": "Gulf Horizon FZCO"}),
        ("quote min fadlik. sharika Mirage Steel LLC", {"company": "Mirage Steel LLC"}),
        ("الشركة Yas & Partners Trading", {"company": "Yas & Partners Trading"}),
        ("company is Yas & Partners Trading", {"company": "Yas & Partners Trading"}),
        ("sharika kbeera", {}),
        ("company policy is strict", {}),
        ("Company Profile please", {}),
        ("company is ok with it", {}),
        ("شركتنا تحتاج كراسي", {}),
        ("شركتنا تقدم خدمات مركز", {}),
    ],
)
def test_a_company_without_the_word_name(text: str, expected: dict[str, object]) -> None:
    assert read(None, text) == expected


@pytest.mark.parametrize(
    ("asked", "text", "expected"),
    [
        (None, "اسمي سالم ورقمي 0501234567", {"contact_name": "سالم"}),
        (None, "quote pls. Tariq Aziz from Oryx Hub FZ LLC, mail tariq@oryxhub.ae",
         {"contact_name": "Tariq Aziz", "company": "Oryx Hub FZ LLC", "email": "tariq@oryxhub.ae"}),
        (None, "عرض سعر لو سمحت، طارق عزيز من شركة النسيم للتجارة",
         {"contact_name": "طارق عزيز", "company": "النسيم للتجارة"}),
        (None, "abi quote. tariq aziz mn oryx hub llc",
         {"contact_name": "tariq aziz", "company": "oryx hub llc"}),
        (None, "اسمي خالد المنصوري واشتغل في شركة النور",
         {"contact_name": "خالد المنصوري", "company": "النور"}),
        (None, "ismi Salem w ashteghel fi sharikat el noor", {"contact_name": "Salem", "company": "el noor"}),
        ("contact_name", "David Chen وابي عرض", {"contact_name": "David Chen"}),
        ("contact_name", "David Chen and I want a quote", {"contact_name": "David Chen"}),
        ("company", "شركة النور وابي عرض", {"company": "النور"}),
        ("company", "Falcon, and we want 20 chairs", {"company": "Falcon"}),
        # An "and" that belongs to the name, or is a letter of it.
        ("company", "الوفاء والامل", {"company": "الوفاء والامل"}),
        ("contact_name", "وليد", {"contact_name": "وليد"}),
        ("contact_name", "خلاص وابي عرض", {}),
        ("contact_name", "black and we want it", {}),
    ],
)  # fmt: skip
def test_a_name_ends_where_the_next_sentence_begins(
    asked: str | None, text: str, expected: dict[str, object]
) -> None:
    assert read(asked, text) == expected


@pytest.mark.parametrize(
    ("asked", "text", "expected"),
    [
        (None, "معاك علي من شركة الواحة", {"contact_name": "علي", "company": "الواحة"}),
        (None, "اسمي محمد علي", {"contact_name": "محمد علي"}),
        ("contact_name", "علي", {"contact_name": "علي"}),
        ("contact_name", "علي التوصيل", {}),
        (None, "انا علي الدوام", {}),
        (None, "انا على الطريق", {}),
    ],
)
def test_ali_is_told_from_the_word_for_on(asked: str | None, text: str, expected: dict[str, object]) -> None:
    assert read(asked, text) == expected


def test_names_keep_their_script_and_marks_nobody_sees_are_dropped() -> None:
    assert read("contact_name", "\u200fأحْمَد\u200f  الكـــتبي ") == {"contact_name": "أحمد الكتبي"}
    assert read("contact_name", "José O'Neill") == {"contact_name": "José O'Neill"}


PIECES = (
    "Ahmed from Al Noor LLC my name is company شركة النور اسمي من معك انا , . ? \n @ a@b.ae TRN dubai دبي",
    "100234567890003 ok تمام 20 chairs ﷺ \u200f ١٢٣ ذ.م.م - & not مو : 0501234567 ahmed@gmail.con",
)
words = st.sampled_from(" ".join(PIECES).split(" "))
anything = st.one_of(st.text(max_size=200), st.lists(words, max_size=14).map(" ".join))


@settings(max_examples=1500, deadline=None)
@given(anything, st.sampled_from([None, *Fact]))
def test_whatever_is_typed_gives_values_the_database_takes(text: str, asked: Fact | None) -> None:
    found = read_facts(text, asked)
    for fact, value in found.values.items():
        if fact is Fact.QUANTITY:
            assert isinstance(value, int)
            assert 1 <= value <= 100_000
            continue
        assert isinstance(value, str)
        assert value == value.strip()
        assert 2 <= len(value) <= 254
        assert not set(value) & set("\0\n\t@?") - ({"@"} if fact is Fact.EMAIL else set())
        if fact is Fact.TRN:
            assert len(value) == 15
            assert value.isascii()
            assert value.isdigit()
        if fact is Fact.EMAIL:
            assert value.isascii()
            # Said again alone, it is the same.
            assert check_answer(Fact.EMAIL, value) == value
    if asked is not None:
        # What was asked for is answered, or it is said once why not.
        problems = [problem.fact for problem in found.problems]
        assert (asked in found.values) != (problems.count(asked) == 1)
        assert problems.count(asked) <= 1
    assert told(read_facts(text, asked)) == told(found)
