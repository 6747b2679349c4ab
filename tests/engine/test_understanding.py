"""Plain lines, in the four ways of writing, through the model that `make run` uses.

No measure of quality (`make bench-nlu` is): these are lines nobody may find misunderstood, and none of them
stands among the examples.
"""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import Any

import pytest
from rasa.core.agent import Agent

ROOT = Path(__file__).parents[2]

LINES = {
    "en": [
        ("hello, good morning to you", "greet"),
        ("I am looking for black office chairs for 12 people", "search_products"),
        ("how much does the second one cost?", "ask_price"),
        ("please send me a quotation for these", "request_quote"),
        ("do you deliver to Sharjah and how long does it take", "faq_delivery"),
        ("that's too expensive, can you give me a discount", "objection"),
    ],
    "ar": [
        ("السلام عليكم يا جماعة الخير", "greet"),
        ("ابي كراسي سودا حق المكتب تحت ٥٠٠ درهم", "search_products"),
        ("كم سعر الثاني؟", "ask_price"),
        ("طرش لي عرض سعر لو سمحت", "request_quote"),
        ("توصلون الشارقة؟ وكم ياخذ التوصيل", "faq_delivery"),
        ("وايد غالي، ما في خصم؟", "objection"),
    ],
    "arabizi": [
        ("salam 3alaikum", "greet"),
        ("abi karasi sooda 7ag el maktab", "search_products"),
        ("kam se3er el thani", "ask_price"),
        ("tarresh li 3ar9 se3er law sama7t", "request_quote"),
        ("twaslon el sharjah? kam yakhith el tawseel", "faq_delivery"),
        ("wayed ghali, ma fi 5asm?", "objection"),
    ],
    "mixed": [
        ("hello مساء الخير", "greet"),
        ("ابي office chairs لونها black", "search_products"),
        ("كم price الثاني", "ask_price"),
        ("ممكن quotation لو سمحتوا", "request_quote"),
        ("في delivery للشارقة؟", "faq_delivery"),
        ("غالي وايد، any discount؟", "objection"),
    ],
}
# A wish that comes with the details is the wish; details that put something right are a correction.
BESIDE_DETAILS = {
    "en": [
        ("please prepare the quote for Gulf Falcon FZCO, attn Rana", "request_quote"),
        ("send quote\nJohn Mathew\nHarbour Shipping LLC\njohn@harbour.ae", "request_quote"),
        ("number 2 please, 10 pcs\nthis is Omar from Delta LLC", "select_product"),
        ("CH-1005 x 10\nFalcon Engineering\nkhalid@falcon.ae", "select_product"),
        ("the email is not right, it's omar@delta.ae", "correct"),
        ("this is Sara from Blue Dune Interiors LLC", "give_details"),
        ("we don't need the quote", "cancel"),
        ("can we order again", "confirm_order"),
        ("what about the discount?", "objection"),
        ("I need the updated quote", "request_quote"),
    ],
    "ar": [
        ("ابي عرض سعر، اسمي سالم من مؤسسة النجم", "request_quote"),
        ("الثاني، اسمي منى من مدرسة الامل", "select_product"),
        ("اسم الشركة غلط الصحيح مؤسسة النور", "correct"),
        ("معاك ماجد من شركة البحر", "give_details"),
        ("ما نبي العرض خلاص", "cancel"),
        ("نبي نطلب مرة ثانية", "confirm_order"),
        ("الخصم شو صار عليه", "objection"),
        ("ابي العرض الجديد", "request_quote"),
    ],
    "arabizi": [
        ("abi 3ard se3r, ana Khalid mn Gulf Star, khalid@gulfstar.ae", "request_quote"),
        ("abi el awal 3 7abat, ana Saif mn sharikat el noor", "select_product"),
        ("nabi no6lob marra thanya", "confirm_order"),
        ("shu 9ar 3al khasm", "objection"),
    ],
    "mixed": [
        ("ابي quotation، معاك Omar من Delta omar@delta.ae", "request_quote"),
        ("ابي ال second one 5 pieces، اسمي Rana من Sama Travel", "select_product"),
        ("خلاص ما نبي quotation", "cancel"),
    ],
}
OUT_OF_SCOPE = [
    "who won the football match last night",
    "what is the boiling point of water",
    "شو الجو باجر في دبي",
    "gool li nokta t'7ak",
    "ابي recipe حق البرياني",
    "\u4f60\u597d",
]


@pytest.fixture(scope="module")
def agent() -> Agent:
    """The model of the present inputs, trained first where there is none."""
    trained = subprocess.run(
        [ROOT / ".venv-app" / "bin" / "majlis", "train"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Agent.load(trained.stdout.strip())


def _understand(agent: Agent, text: str) -> str:
    parsed: dict[str, Any] = asyncio.run(agent.parse_message(text))
    intent: str = parsed["intent"]["name"]
    return intent


@pytest.mark.parametrize("writing", LINES)
def test_plain_lines_are_understood(agent: Agent, writing: str) -> None:
    assert [(text, _understand(agent, text)) for text, _ in LINES[writing]] == LINES[writing]


@pytest.mark.parametrize("writing", BESIDE_DETAILS)
def test_the_wish_counts_beside_the_details(agent: Agent, writing: str) -> None:
    lines = BESIDE_DETAILS[writing]
    assert [(text, _understand(agent, text)) for text, _ in lines] == lines


@pytest.mark.parametrize("text", OUT_OF_SCOPE)
def test_what_is_not_our_business_is_noticed(agent: Agent, text: str) -> None:
    assert _understand(agent, text) in {"out_of_scope", "nlu_fallback"}
