"""Is a short answer a yes or a no? "yes please", "هيه صح", "la mb sa7".

For questions that have no other answers. Whoever says more than that says something else.
"""

from __future__ import annotations

import re

from text.fold import fold

_YES = """
    yes yeah yep yup ya yea ye right correct correctly exactly exact true sure ok okay oki k affirmative
    confirm confirmed perfect
    نعم ايوه ايوا ايه اي هيه هي ايوة صح صحيح تمام مضبوط بالضبط اكيد طيب اوكي اوك اوكيه زين حاضر مظبوط
    aywa aywah ewa eywa eh heh hayh naam na3am n3m sa7 sah sahih sa7i7 tamam tmam mazboot mathboo6 akeed zain
"""
_NO = """
    no nope nah not wrong incorrect false
    لا لاا كلا مب مو مش غلط خطا
    la laa mb mub mo mish msh ghalat
"""
# What is said around them and changes nothing.
_AROUND = """
    please pls thanks thank you that thats is its it this what i said meant
    لو سمحت شكرا مشكور تسلم هذا هاي هالشي كذا جذي
    shukran law samaht hatha
"""


def _words(listing: str) -> frozenset[str]:
    return frozenset(fold(listing).split())


_YES_WORDS, _NO_WORDS, _AROUND_WORDS = _words(_YES), _words(_NO), _words(_AROUND)
_BETWEEN_WORDS = re.compile(r"[^\w']+")


def assent(words: str) -> bool | None:
    """True for a yes, False for a no, None for anything else; a "not right" is a no."""
    said = [word.replace("'", "") if word.isascii() else word for word in _BETWEEN_WORDS.split(fold(words))]
    said = [word for word in said if word]
    if not said or any(word not in _YES_WORDS | _NO_WORDS | _AROUND_WORDS for word in said):
        return None
    if any(word in _NO_WORDS for word in said):
        return False
    return True if any(word in _YES_WORDS for word in said) else None
