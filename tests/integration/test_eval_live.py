"""The evaluation of a model runs through: hard lines, a scripted model, and the figures that are printed."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import httpx

from app.settings import read_settings
from quality.model_reading import triage_answer
from sandbox.config import SandboxConfig
from sandbox.server import start_sandbox
from tests.eval.lines import HardLine, read_lines
from tests.eval.live import evaluate
from tests.eval.report import gulf_share, report_of
from tests.integration.sandbox_support import API_KEY, CHANNEL_ID

KEY = "key-of-the-model"
LINES = [
    HardLine("our backs are killing us by noon", "english", ("search_products",)),
    HardLine("ظهورنا تكسرت من القعدة", "gulf", ("search_products",)),
    HardLine("guaranteed crypto returns, dm me now", "english", ("spam",)),
    HardLine("هذا ينفع حق واحد طويل", "gulf", ("answer", "ask_details")),
    HardLine("وزنه وايد heavy", "mixed", ("answer",)),
    HardLine("nobody wrote a script for this one", "english", ("human",)),
]
SCRIPT = [
    {"purpose": "triage", "match": "backs", "json": triage_answer("intent", {"intent": "search_products"})},
    {"purpose": "triage", "match": "ظهورنا", "json": triage_answer("human")},
    {"purpose": "triage", "match": "crypto", "json": triage_answer("spam")},
    {"purpose": "triage", "match": "طويل|heavy", "json": triage_answer("answer"), "times": 2},
    {
        "purpose": "answer",
        "match": "طويل",
        "text": "هيه ينفع، وواحد من فريقنا بيرد عليك باجر. زين؟",
        "cost": 0.02,
    },
    {"purpose": "answer", "match": "heavy", "text": "سوف نتحقق من ذلك.", "cost": 0.02},
    {"purpose": "answer", "match": "not_sent", "text": "بنشوف وبنرد عليك.", "cost": 0.02},
]


async def test_figures_of_a_scripted_model(database_url: str) -> None:
    config = SandboxConfig(api_key=API_KEY, channel_id=CHANNEL_ID, model_key=KEY)
    async with (
        start_sandbox(config) as sandbox,
        httpx.AsyncClient(base_url=sandbox.url, timeout=10, trust_env=False) as client,
    ):
        answer = await client.put("/control/model/script", json={"entries": SCRIPT})
        assert answer.status_code == 200, answer.text
        settings = read_settings().model_copy(
            update={
                "llm_base_url": f"{sandbox.url}/v1",
                "llm_api_key": type(read_settings().llm_api_key)(KEY),
                "llm_triage_models": ("made/triage",),
                "llm_answer_models": ("made/answer",),
            }
        )
        results = await evaluate(settings, database_url, LINES)
    assert [result.decision for result in results] == [
        "search_products", "human", "spam", "answer", "answer", None,
    ]  # fmt: skip
    assert [result.advice.ending for result in results[3:5]] == ["answered", "answered"]
    assert results[4].drafts == ("سوف نتحقق من ذلك.", "بنشوف وبنرد عليك.")
    assert sum((call.cost or Decimal(0) for _, call in results[3].calls), Decimal(0)) == Decimal("0.0201")
    told = "\n".join(report_of(results))
    assert "english    2 of   3 right  67%" in told
    assert "gulf       1 of   2 right  50%" in told
    assert "'ظهورنا تكسرت من القعدة': human, not search_products" in told
    assert "sent: 2, held: 0" in told
    assert "Arabic drafts: 3; without a Modern Standard word: 67%" in told
    assert "answer     3 calls  0.0600 dollars" in told


def test_there_are_enough_hard_lines_in_each_way_of_writing() -> None:
    lines = read_lines()
    counts = Counter(line.writing for line in lines)
    assert set(counts) == {"english", "gulf", "arabizi", "mixed"}
    assert min(counts.values()) >= 15
    assert len({line.text for line in lines}) == len(lines) >= 60
    wanted = {name for line in lines for name in line.expected}
    assert {"answer", "human", "spam", "search_products", "objection"} <= wanted


def test_share_of_gulf_words() -> None:
    assert gulf_share("شو تبي") == 1.0
    assert gulf_share("سوف نتحقق من ذلك") == 0.0
    assert gulf_share("hello") == 0.0
