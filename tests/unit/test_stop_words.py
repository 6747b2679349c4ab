"""Words that ask for no more messages, and are read by no classifier (text.stop_words)."""

from __future__ import annotations

import pytest

from sales.consent import OPT_OUT, sure_intent
from text.stop_words import asks_to_stop


@pytest.mark.parametrize(
    "words",
    ["stop", "STOP", "Stop.", "stop!!", "stop 🙏", "please stop", "stop it now", "stop messages",
     "Stop reminders", "unsubscribe", "Unsubscribe me pls", "opt out", "opt-out", "no more messages",
     "don't send me messages", "dont message me", "never text me", "no reminders thanks", "وقف", "وقّف",
     "قف", "وقف!", "اوقف", "أوقف", "توقف", "وقفوا الرسايل لو سمحت", "إيقاف", "ايقاف الرسائل",
     "وقف التذكير", "ستوب", "لا ترسلون", "لا ترسلون لي", "لا تطرشون شي", "ما ابي رسايل", "ما ابا عروض",
     "خلاص وقف", "waqqef", "do not contact me", "don't contact me again",
     "please do not send me messages anymore", "i dont want reminders", "I don't want to receive offers",
     "no. stop", "no, stop messaging me", "stop it, no more messages", "لا، وقف", "لا وقف",
     "no text please", "unsub", "الغاء الاشتراك", "إلغاء اشتراك", "الغوا اشتراكي لو سمحتوا",
     "لا ترسلون لي شيء", "لا ترسل رسائل مرة ثانية", "ما اريد رسائل", "مابي عروض", "مابغى رسايل",
     "ما ابي رسايل منكم", "لا تدزون لي رسايل", "لا تراسلني", "لا تتواصلون معي", "wagef", "waggef", "wagfo",
     "wa8ef", "w8f", "wagfo el rasayel", "la tersloon", "la tersil li", "la trselon rasayel",
     "ma abi rasayel", "la ttarshoon li shay", "ok thanks\nstop", "stop\n20 chairs please"],
)  # fmt: skip
def test_no_more_messages(words: str) -> None:
    assert asks_to_stop(words)
    assert sure_intent(words) == OPT_OUT


@pytest.mark.parametrize(
    "words",
    ["", "👍", "no", "no thanks", "لا", "لا شكرا", "ما ابي", "خلاص", "بس", "don't stop", "لا توقف",
     "stop at 20 pieces", "is there a door stop?", "bus stop chairs", "non-stop", "no offers?",
     "ما عندكم عروض؟", "send me offers", "ابا عروض", "cancel", "الغي الطلب", "no more chairs", "no more",
     "وقف عند 20 حبة", "no, send it to me on whatsapp", "no please send it to me on whatsapp",
     "No, just text me on WhatsApp", "no just message me", "no text me please",
     "no thanks, message me on this number", "don't send it now please",
     "just text me, no offers no thanks chairs", "i want to stop", "i dont get messages",
     "text me on this number not whatsapp",
     "no just offers", "never stop", "do not stop", "ما توقف", "ما وقف", "وقف التوصيل؟", "وقف التوصيل",
     "bus stop table", "la", "ma abi", "الغاء الطلب", "i want offers", "stop?"],
)  # fmt: skip
def test_anything_else(words: str) -> None:
    assert not asks_to_stop(words)
    assert sure_intent(words) is None
