from __future__ import annotations

import subprocess
import sys

import pytest

from tests.benchmarks.text_quality import LANGUAGES, OWN_LINES, read_lines, score_languages
from tests.growth import assert_grows_with_length
from text.language import LanguageTag, ReplyLanguage, is_only_a_name, language_tag, reply_language


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("Hi\nI need chairs\nblack, under 500 AED", "en"),
        ("EX-210 please", "en"),
        ("20pcs", "en"),
        ("السلام عليكم\nابغى كراسي\nلونها اسود تحت ٥٠٠ درهم", "ar"),
        ("تحت 500 AED", "ar"),
        ("ابي EX-210", "ar"),
        ("مقاس 120x60 cm", "ar"),
        ("ابي office chair لون black", "mixed"),
        ("hi بغيت اسال", "mixed"),
        ("abi karasi aswad ta7t 500", "arabizi"),
        ("3ndkom makatib?", "arabizi"),
        ("shu el as3ar", "arabizi"),
        ("mar7aba", "arabizi"),
        # Arabizi without a digit, and with English names of things
        ("mashkoor", "arabizi"),
        ("el lon el abyad mawjood", "arabizi"),
        ("abi office chair aswad", "arabizi"),
        ("khalas bye", "arabizi"),
        ("fi discount?", "arabizi"),
        # short, misspelt and rare English
        ("ok", "en"),
        ("thx", "en"),
        ("how mch is dis chiar", "en"),
        ("wat abt delivry", "en"),
        ("ergonomic mesh with headrest", "en"),
        ("min order qty?", "en"),
        ("wi-fi router", "en"),
        ("resend", "en"),
        ("Al Quoz please", "en"),
        ("tomorow mornig", "en"),
        ("7ag meeting room table", "arabizi"),
        ("abi@maktab.example", None),
        ("500", None),
        ("👍", None),
        ("", None),
    ],
)
def test_language_tag(text: str, tag: LanguageTag | None) -> None:
    assert language_tag(text) == tag


def test_our_own_lines_are_tagged_as_the_aim_asks() -> None:
    score = score_languages(read_lines(OWN_LINES / "languages.jsonl"))
    for language in LANGUAGES:
        assert score.all[language] >= 30
        assert score.right[language] >= 0.97 * score.all[language], score.wrong


def test_the_word_list_is_not_loaded_before_it_is_needed() -> None:
    program = (
        "import sys, text.language\n"
        "text.language.language_tag('كم السعر')\n"
        "assert 'wordfreq' not in sys.modules\n"
        "text.language.language_tag('how many desks')\n"
        "assert 'wordfreq' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("piece", ["@", "a.", "-", "ab cd ", "zqj", "a'", "x@x.", "taba"])
def test_hostile_text_costs_little(piece: str) -> None:
    assert_grows_with_length(language_tag, (piece * 8_000)[:8_000])


@pytest.mark.parametrize(
    ("tag", "previous", "answer"),
    [
        ("en", None, "en"),
        ("en", "ar", "en"),
        ("ar", "en", "ar"),
        ("mixed", None, "ar"),
        ("mixed", "ar", "ar"),
        ("mixed", "en", "en"),
        ("arabizi", None, "ar"),
        ("arabizi", "en", "en"),
        (None, "ar", "ar"),
        (None, None, "en"),
    ],
)
def test_reply_language(
    tag: LanguageTag | None, previous: ReplyLanguage | None, answer: ReplyLanguage
) -> None:
    assert reply_language(tag, previous) == answer


@pytest.mark.parametrize(
    ("text", "is_name"),
    [
        ("Al Noor Trading LLC", True),
        ("Ahmed", True),
        ("sara@gulfdecor", True),
        ("Khalid, khalid@gulfstar.ae", True),
        ("Blue & Sons", True),
        ("I need chairs", False),
        ("ok", False),
        ("Hello", False),
        ("Thank You", False),
        ("شركة النور", False),
        ("", False),
        ("We Are Looking For Many Office Chairs", False),
    ],
)
def test_a_name_says_nothing_of_the_language(text: str, is_name: bool) -> None:
    assert is_only_a_name(text) is is_name
