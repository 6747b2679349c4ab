"""Conversation tests that script the model: the form of the step, and what is personal in a request."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from app.conversations import CONVERSATIONS, read_cases
from quality.cases import Case, ModelCallsExpected, ModelIsScripted, Says
from quality.comparing import differences
from quality.model_reading import triage_answer
from quality.nodes import CaseError
from quality.observed import Products, Turn
from quality.personal_data import Leak, leaks_in
from quality.reading import read_file
from sandbox.model.script import read_script

STEPS = """
test_cases:
  - test_case: hard words
    steps:
      - model:
          to: my back
          triage: {intent: search_products, category: chair}
          cost: 0.25
          answers:
            - search_catalog: {category: chair}
            - Here is one.
      - user: my back hurts
      - model_calls: 3
"""


def read(folder: Path, text: str) -> list[Case]:
    file = folder / "case.yml"
    file.write_text(text, encoding="utf-8")
    return read_file(file)


def test_model_is_scripted_before_its_message(tmp_path: Path) -> None:
    (case,) = read(tmp_path, STEPS)
    scripted = case.exchanges[0].step
    assert isinstance(scripted, ModelIsScripted)
    assert scripted.to == "my back"
    triage, tools, words = scripted.entries
    assert triage["json"] == triage_answer("intent", {"intent": "search_products", "category": "chair"})
    assert (triage["purpose"], triage["match"], triage["times"], triage["cost"]) == (
        "triage", "my back", 0, 0.25,
    )  # fmt: skip
    assert tools["tool_calls"] == [{"name": "search_catalog", "arguments": {"category": "chair"}}]
    assert (words["text"], words["within"], words["purpose"]) == ("Here is one.", "my back", "answer")
    assert case.exchanges[1].expectations == (ModelCallsExpected(13, 3),)
    # What was read is what the stand-in takes.
    assert len(read_script([dict(entry) for entry in scripted.entries])) == 3


def test_model_can_be_away(tmp_path: Path) -> None:
    text = STEPS.replace("{intent: search_products, category: chair}", "away")
    (case,) = read(tmp_path, text)
    assert isinstance(step := case.exchanges[0].step, ModelIsScripted)
    assert (step.entries[0]["fault"], step.entries[0]["status"]) == ("status", 500)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("{intent: search_products, category: chair}", "maybe", "use answer, human, spam, away"),
        ("{intent: search_products, category: chair}", "{category: chair}", "triage lacks intent"),
        ("to: my back", "to: my (back", "to is no regular expression"),
        ("cost: 0.25", "price: 1", "price is not known in model"),
    ],
)
def test_malformed_model_steps_say_what_is_wrong(tmp_path: Path, old: str, new: str, problem: str) -> None:
    with pytest.raises(CaseError, match=re.escape(problem)):
        read(tmp_path, STEPS.replace(old, new))


def test_a_call_too_many_is_told() -> None:
    (difference,) = differences(
        [ModelCallsExpected(7, 0)], Turn(("hi",), (), model_calls=2), [], Products(())
    )
    assert (difference.expected, difference.found) == ("model_calls: 0", "model_calls: 2")


def test_no_script_answers_another_cases_customer() -> None:
    cases = read_cases(CONVERSATIONS)
    scripted = [
        (case, each.step)
        for case in cases
        for each in case.exchanges
        if isinstance(each.step, ModelIsScripted)
    ]
    assert scripted
    for owner, step in scripted:
        for case in cases:
            said = [
                text for each in case.exchanges if isinstance(each.step, Says) for text in each.step.texts
            ]
            hit = [text for text in said if re.search(step.to, text)]
            assert bool(hit) is (case is owner), f"{step.to!r} of {owner.name} fits {hit} of {case.name}"


def body(*contents: str, **more: Any) -> dict[str, Any]:
    """A request whose messages are the customer's, but for our prompt."""
    said = [{"role": "user", "content": content} for content in contents]
    return {"messages": [{"role": "system", "content": "Call 04 000 0142."}, *said], **more}


PRIVATE = {"a sale": [("COMPANY", "Al Noor Trading"), ("PERSON", "سارة محمد"), ("PHONE", "+971501234567")]}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ('{"customer_wrote":"AL NOOR trading here"}', "COMPANY"),
        ("انا ساره محمد", "PERSON"),
        ("0501234567", "PHONE"),
        ("call ٠٥٠ ١٢٣ ٤٥٦٧", "PHONE"),
        ("x.y@somewhere.ae", "EMAIL"),
        ("784-1990-1234567-1", "EMIRATES_ID"),
        ("my card is 4111 1111 1111 1111", "CARD"),
        ("AE07 0331 2345 6789 0123 456", "IBAN"),
        ("100 2345 6789 0003", "NUMBER"),
    ],
)
def test_what_is_personal_is_found(content: str, kind: str) -> None:
    found = leaks_in([body(content)], PRIVATE, ours=())
    assert kind in {leak.kind for leak in found}
    # Never in full.
    assert all(len(leak.shown) <= 3 for leak in found)


def test_names_that_are_hidden_are_nobodys() -> None:
    hidden = body(
        '{"customer_wrote":"<PERSON_1> of <COMPANY_1>, <PHONE_1>"}',
        '{"context":{"shown_list":[{"sku":"CH-1010","sides":"120x60"}],"quote":"Q-2026-00042"}}',
        "Noor is a lamp",
    )
    assert leaks_in([hidden], PRIVATE, ours=()) == []


def test_an_owner_is_named() -> None:
    assert leaks_in([body("al noor trading")], PRIVATE, ours=()) == [Leak("COMPANY", "Al…", "a sale")]


def test_the_arguments_of_tools_are_read_too() -> None:
    call = {"function": {"name": "remember", "arguments": '{"value": "Al Noor Trading"}'}}
    said = body("hello")
    said["messages"].append({"role": "assistant", "content": None, "tool_calls": [call]})
    assert [leak.kind for leak in leaks_in([said], PRIVATE, ours=())] == ["COMPANY"]


def test_the_sellers_own_number_is_ours() -> None:
    assert leaks_in([body("Phone: +971 4 000 0142")], {}, ours=("+971 4 000 0142",)) == []
    assert leaks_in([body("Phone: +971 4 000 0143")], {}, ours=("+971 4 000 0142",)) != []
    # With the word before it, it has the shape of an IBAN.
    told = [body("our trn is 100000000000003. Chairs and desks")]
    assert leaks_in(told, {}, ours=("100000000000003",)) == []
    assert leaks_in(told, {}, ours=()) != []
