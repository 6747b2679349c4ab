"""Replies that say something was done which only the script does (offscript.done_claims)."""

from __future__ import annotations

import pytest

from offscript.done_claims import claims_a_deed


@pytest.mark.parametrize(
    "text",
    [
        "Your order is placed and the quote is accepted.",
        "The manager has approved it.",
        "I have sent the quote.",
        "Good news, we've booked 4 pieces for you!",
        "Your delivery has been scheduled.",
        "طلبك تسجل والمدير وافق.",
        "طلبك تسجل.",
        "تم تسجيل الطلب",
        "المدير وافق على الخصم",
    ],
)
def test_what_only_the_script_does_is_not_said_to_be_done(text: str) -> None:
    assert claims_a_deed(text)


@pytest.mark.parametrize(
    "text",
    [
        "Once your order is placed, a colleague calls you.",
        "Is your order placed already?",
        "I can send you a quote.",
        "A colleague will check and write to you here.",
        "The order is not placed yet.",
        "{offer:CH-1005} has a mesh back and a head rest.",
        "A manager approved {discount:D-1} for you.",
        "أقدر أطرش لك عرض السعر.",
        "إذا وافق المدير نخبرك.",
        "الطلب ما تسجل للحين.",
    ],
)
def test_what_may_be_done_is_no_claim(text: str) -> None:
    assert not claims_a_deed(text)
