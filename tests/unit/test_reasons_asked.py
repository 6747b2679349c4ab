"""Questions for the reason of a question (sales.reasons_asked), and what only looks like one."""

from __future__ import annotations

import pytest

from sales.fact_values import Fact
from sales.reasons_asked import reason_asked_for
from tests.growth import assert_grows_with_length


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("why do you need my e-mail?", Fact.EMAIL),
        ("what do you need my email for", Fact.EMAIL),
        ("ok but why are you asking for my mail address?", Fact.EMAIL),
        ("ليش تبون الايميل", Fact.EMAIL),
        ("حق شو الإيميل؟", Fact.EMAIL),
        ("laish tabon el email", Fact.EMAIL),
        ("ليش تبون my email", Fact.EMAIL),
        ("why?", Fact.EMAIL),
        ("is it necessary?", Fact.EMAIL),
        ("why do you want the company name?", Fact.COMPANY),
        ("ضروري اعطيكم اسم الشركة؟", Fact.COMPANY),
        ("do i have to give my name?", Fact.CONTACT_NAME),
        ("why is it so expensive?", None),
        ("why not", None),
        ("ليش غالي", None),
        ("ليش ما وصل عرض السعر", None),
        ("do you need a chair", None),
        ("لازم اكلم موظف", None),
        ("my email is sara@alnoor.ae", None),
        ("it is for the company", None),
    ],
)
def test_the_detail_is_the_one_that_is_named_or_was_asked_for(text: str, meant: Fact | None) -> None:
    assert reason_asked_for(text, Fact.EMAIL) is meant


@pytest.mark.parametrize("piece", ["why ", "do you need my ", "what is it for "])
def test_long_text_costs_little(piece: str) -> None:
    assert_grows_with_length(lambda text: reason_asked_for(text, Fact.EMAIL), piece * 3000)
