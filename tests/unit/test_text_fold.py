from __future__ import annotations

from random import Random

import pytest

from text.fold import fold


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("أَبْغَى كَرَاسِي", "ابغي كراسي"),  # vowel marks
        ("أإ آٱ ى ة ؤ ئ", "اا اا ي ه و ي"),
        ("كـــرسي", "كرسي"),  # tatweel
        ("گهوه چاي پلاستيك ڤيلا", "كهوه جاي بلاستيك فيلا"),  # Persian letters
        ("مکتب ی", "مكتب ي"),
        ("٥٠٠ ۵۰۰ ५०० ５００", "500 500 500 500"),  # four scripts
        ("١٬٢٥٠٫٥٠", "1,250.50"),
        ("5️⃣0️⃣0️⃣", "500"),
        ("𝟓𝟎𝟎", "500"),
        ("5\u200b0\u200d0", "500"),
        ("\u202bكرسي\u202c", "كرسي"),  # direction marks
        ("كم السعر؟ زين، شكرا؛", "كم السعر? زين, شكرا;"),
        ("\u20c3500", "aed 500"),
        ("\u20c1500", "sar 500"),
        ("BLACK Chair", "black chair"),
        ("soooofa", "sofa"),
        ("1000 AED", "1000 aed"),  # digits are not stretched letters
        ("a\x00b\tc", "a b c"),
        ("ab\ud800c", "abc"),  # a lone surrogate cannot be stored
        ("  hi  \n  chairs  ", "hi\nchairs"),
        ("\u200b\u200e", ""),
    ],
)
def test_spellings_become_one(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_folding_twice_changes_nothing() -> None:
    random = Random(7)
    alphabet = [*range(0x20, 0x250), *range(0x370, 0x530), *range(0x600, 0x6FF), *range(0x8A0, 0x8FF)]
    alphabet += [
        *range(0x1E00, 0x1EFF),
        *range(0x2000, 0x2070),
        *range(0xFB50, 0xFEFF),
        *range(0xFF00, 0xFFEF),
    ]
    for _ in range(3_000):
        text = "".join(chr(random.choice(alphabet)) for _ in range(12))
        assert fold(fold(text)) == fold(text), ascii(text)
