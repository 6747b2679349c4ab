from __future__ import annotations

import pytest

from text.language import LanguageTag, ReplyLanguage, language_tag, reply_language


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
        ("500", None),
        ("👍", None),
        ("", None),
    ],
)
def test_language_tag(text: str, tag: LanguageTag | None) -> None:
    assert language_tag(text) == tag


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
