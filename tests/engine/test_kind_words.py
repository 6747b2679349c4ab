"""Words of product names, in the designers' form wherever they stand, and words that are said aside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.normaliser import normalise
from engine.reading import read_message
from engine.vocabulary import build_vocabulary
from tests.engine.reading_support import FURNITURE, check

_LIGHTING_AND_IT = build_vocabulary(
    json.loads(Path(__file__).with_name("lighting_and_it.json").read_text(encoding="utf-8"))
)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        # English, Gulf Arabic, Arabizi, mixed
        ("exec chairs", "category=chair; query=executive"),
        ("ابي كرسي تنفيذي", "category=chair; query=executive"),
        ("كراسي للمدير", "category=chair; query=executive"),
        ("abi maktab mudeer", "category=desk; query=executive"),
        ("كرسي executive", "category=chair; query=executive"),
        ("filing cabinets", "category=cabinet; query=filing"),
        ("دولاب ملفات", "category=cabinet; query=filing"),
        ("kabat malafat", "category=cabinet; query=filing"),
        ("mobile pedestals", "category=cabinet; query=pedestal"),
        ("workstations", "category=desk; query=workstation"),
        ("L shape desk", "category=desk; query=l-shaped"),
        ("مكتب حرف L", "category=desk; query=l-shaped"),
        ("maktab shakl L", "category=desk; query=l-shaped"),
        ("training tables", "category=table; query=training"),
        ("6awlat ejtma3at", "category=table; query=meeting"),
        ("ابا طاولة لونها ابيض للاجتماعات", "category=table; color=white; query=meeting"),
        # The category says it already.
        ("meeting tables", "category=meeting table"),
        ("ميز قهوة", "category=coffee table"),
    ],
)
def test_a_word_of_names_is_told_in_one_form(text: str, facts: str) -> None:
    check(text, facts)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("desks, not L shape", "category=desk; query=-l-shaped"),
        ("mu 7arf L, maktab", "category=desk; query=-l-shaped"),
        ("not visitor chairs", "category=chair; query=-visitor"),
        ("ma aby zojaj", "not_material=glass"),
        ("لا ما قصدي خشب، قصدي جام", "not_material=wood; material=glass"),
    ],
)
def test_a_word_of_names_can_be_turned_down(text: str, facts: str) -> None:
    check(text, facts)


def test_a_kind_that_is_turned_down_for_another_use_is_no_second_product() -> None:
    check("not visitor chairs pls, for staff desks", "category=chair; query=-visitor; query=staff")


@pytest.mark.parametrize(
    ("text", "at_name", "aside"),
    [
        ("office in JLT, looking for black chairs", "", "jlt"),
        ("gaming chairs for our villa", "gaming", "villa"),
        ("gaming black chairs", "gaming", ""),
        ("sofa bed", "bed", ""),
        ("كرسي العاب", "العاب", ""),
        ("ابا كراسي للموظفين", "", "staff"),
        ("sofas for reception", "", "reception"),
        ("a table in colour banafsaji", "banafsaji", ""),
        ("black chairs with headrest and armrests", "headrest armrests", ""),
        # Nothing is named that the words could stand at.
        ("banafsaji ones", "banafsaji", ""),
    ],
)
def test_words_that_do_not_stand_at_the_name_are_aside(text: str, at_name: str, aside: str) -> None:
    queries = [one for one in read_message(normalise(text), FURNITURE).entities if one.name == "query"]
    assert [one.value for one in queries if one.role is None] == [at_name] * bool(at_name)
    assert [one.value for one in queries if one.role == "aside"] == [aside] * bool(aside)


def test_another_catalog_is_read_with_the_same_words() -> None:
    entities = read_message(normalise("standing monitors for the meeting"), _LIGHTING_AND_IT).entities
    assert {(one.name, one.value, one.role) for one in entities} == {
        ("category", "monitor", None),
        ("query", "standing", None),
        ("query", "meeting", "aside"),
    }
