"""Words that ask for no more messages, and are read by no classifier (text.stop_words)."""

from __future__ import annotations

import pytest

from sales.consent import OPT_OUT, sure_intent
from text.stop_words import asks_to_stop


@pytest.mark.parametrize(
    "words",
    ["stop", "STOP", "Stop.", "stop!!", "stop 🙏", "please stop", "stop it now", "stop messages",
     "Stop reminders", "unsubscribe", "Unsubscribe me pls", "opt out", "opt-out", "no more messages",
     "don't send me messages", "dont message me", "never text me", "no reminders thanks",
     "وقف", "وقّف", "قف", "وقف!", "اوقف", "أوقف", "توقف", "وقفوا الرسايل لو سمحت", "إيقاف", "ايقاف الرسائل",
     "وقف التذكير", "ستوب", "لا ترسلون", "لا ترسلون لي", "لا تطرشون شي", "ما ابي رسايل", "ما ابا عروض",
     "خلاص وقف", "waqqef",
     "ok thanks\nstop", "stop\n20 chairs please"],
)  # fmt: skip
def test_no_more_messages(words: str) -> None:
    assert asks_to_stop(words)
    assert sure_intent(words) == OPT_OUT


@pytest.mark.parametrize(
    "words",
    ["", "👍", "no", "no thanks", "لا", "لا شكرا", "ما ابي", "خلاص", "بس", "don't stop", "لا توقف",
     "stop at 20 pieces", "is there a door stop?", "bus stop chairs", "non-stop", "no offers?",
     "ما عندكم عروض؟", "send me offers", "ابا عروض", "cancel", "الغي الطلب",
     "no more chairs", "no more", "وقف عند 20 حبة"],
)  # fmt: skip
def test_anything_else(words: str) -> None:
    assert not asks_to_stop(words)
    assert sure_intent(words) is None
