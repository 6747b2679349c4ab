from __future__ import annotations

import pytest

from catalog.words import forms, index_words, is_near_spelling, read_words, sounds
from text.fold import fold


@pytest.mark.parametrize(
    ("said", "indexed"),
    [
        ("chairs", "chair"), ("desks", "desk"), ("accessories", "accessory"), ("shelves", "shelf"),
        ("boxes", "box"), ("benches", "bench"),
        ("الكرسي", "كرسي"), ("والكرسي", "كرسي"), ("بالجلد", "جلد"), ("للمكتب", "مكتب"), ("هالكرسي", "كرسي"),
        ("وبنيه", "بني"), ("طاولات", "طاوله"), ("مكتبين", "مكتب"), ("كنبات", "كنبه"),
        ("سوداء", "اسود"), ("سوده", "اسود"), ("الاسود", "سوداء"), ("بيضا", "ابيض"), ("زرقاء", "ازرق"),
    ],
)  # fmt: skip
def test_words_meet_in_one_of_their_forms(said: str, indexed: str) -> None:
    assert set(forms(said)) & set(forms(indexed))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("glass", "glas"), ("كرسي", "مكتب"), ("واحه", "احمد"), ("اسود", "احمر"),
        ("class", "glass"),
    ],
)  # fmt: skip
def test_other_words_do_not_meet(one: str, other: str) -> None:
    assert not set(forms(one)) & set(forms(other))


def test_short_words_are_left_whole() -> None:
    assert forms("بني") == ["بني"]
    assert forms("bus") == ["bus"]
    assert forms("as") == ["as"]


@pytest.mark.parametrize(
    ("latin", "arabic"),
    [
        ("mudeer", "مدير"), ("mudir", "مدير"), ("kursi", "كرسي"), ("karasi", "كراسي"), ("jild", "جلد"),
        ("gmash", "قماش"), ("8mash", "قماش"), ("khashab", "خشب"), ("5ashab", "خشب"), ("7adeed", "حديد"),
        ("zjaj", "زجاج"), ("burtuqali", "برتقالي"), ("9oofa", "صوفا"), ("6awla", "طاوله"),
        ("vertex", "فيرتكس"),
        ("ijtima3at", "اجتماعات"), ("muwathafeen", "موظفين"), ("maktaba", "مكتبه"),
    ],
)  # fmt: skip
def test_both_scripts_sound_alike(latin: str, arabic: str) -> None:
    assert set(sounds(latin)) & set(sounds(arabic))


@pytest.mark.parametrize(
    ("one", "other"),
    [("marih", "أمير"), ("marih", "emir"), ("متر", "مترو"), ("meter", "metro"), ("kurs", "كرسي")],
)
def test_vowels_at_either_end_tell_words_apart(one: str, other: str) -> None:
    assert not set(sounds(one)) & set(sounds(fold(other)))


@pytest.mark.parametrize(
    ("written", "known", "is_near"),
    [
        ("chiars", "chairs", True), ("exective", "executive", True), ("vistor", "visitor", True),
        ("lether", "leather", True), ("stand", "standing", True),
        ("marih", "marina", False), ("marih", "emir", False), ("narina", "marina", False),
        ("metal", "medal", False),
    ],
)  # fmt: skip
def test_a_slip_of_the_finger_leaves_the_first_sound(written: str, known: str, is_near: bool) -> None:
    assert is_near_spelling(written, known) is is_near


def test_a_name_is_not_heard_without_its_first_letter() -> None:
    # كريك is no "like" before ريك.
    assert {one for one in index_words(["كريك"], [], []).split() if one.startswith("~")} == {"~krk", "~krwk"}


def test_arabic_descriptions_are_heard_too() -> None:
    words = index_words([], ["أدراج بقفل", "Cable trays"], []).split()
    assert ".~kfl" in words
    assert ".~trs" not in words


def test_what_a_thing_is_for_is_told_from_what_it_is() -> None:
    def things(text: str) -> list[str]:
        return [word.forms[0] for word in read_words(text) if not word.is_purpose]

    assert things("projector for the meeting room") == ["projector"]
    assert things("بروجكتر لغرفة الاجتماعات") == ["بروجكتر"]
    assert things("something for the meeting room") == ["meeting", "room"]


def test_numbers_and_single_consonants_have_no_sound() -> None:
    assert sounds("1005") == []
    assert sounds("oui") == []
    assert sounds("tea") == []


def test_index_keeps_names_descriptions_and_codes_apart() -> None:
    words = index_words(["Oak desk", "مكتب"], ["For the desk of managers."], ["DK-1001"]).split()
    assert {"oak", "desk", "مكتب", "dk1001", ".managers", ".manager", "~dsk", "~mktb"} <= set(words)
    # What a name says need not be said again, and what only asks is never indexed from a description.
    assert not {".desk", ".the", ".for", "the", "managers", "~mnjrs"} & set(words)
    assert words == sorted(set(words))


def test_index_of_nothing_is_empty() -> None:
    assert index_words(["", "—"], [""], []) == ""


def test_words_that_only_ask_are_dropped() -> None:
    assert [word.forms[0] for word in read_words("I need something to keep files in")] == ["files"]
    assert [word.forms[0] for word in read_words("ابي شي احط فيه الملفات لو سمحت")] == ["الملفات"]
    assert read_words("what do you have") == ()
    assert read_words("?!") == ()


def test_two_consonants_count_only_when_the_text_is_written_by_ear() -> None:
    (plain,) = read_words("zan")
    (heard,) = read_words("zan", ["زان"])
    assert plain.sounds == ()
    assert heard.sounds == ("zn",)
    assert set(heard.forms) == {"zan", "زان"}


def test_the_ending_before_another_noun_is_heard_as_t() -> None:
    (table,) = read_words("tawlat", ["طاولت"])
    assert set(sounds("طاوله")) & set(table.sounds)
