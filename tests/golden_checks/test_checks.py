"""The code checks find what was planted and let clean chats alone; each rule for itself and all together."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from quality.checklist import read_checklist
from quality.checks import CHECKS, violations
from quality.observed import Reply
from quality.transcript import Approval, Sent, SpokenTurn, Transcript
from tests.golden_checks.chats import clean_chats, planted_chats

CLEAN = clean_chats()
PLANTED = planted_chats()
BY_CODE = [plant for plant in PLANTED if plant.rule in CHECKS]
LEAST_RECALL = 0.95
MOST_FALSE_ALARMS = 0.05
CHECKLIST = read_checklist()


def rules_broken(transcript: Transcript) -> set[int]:
    return {found.rule for found in violations(transcript)}


def test_there_is_enough_to_measure_on() -> None:
    per_rule = Counter(plant.rule for plant in PLANTED)

    assert len(PLANTED) >= 60
    assert {rule.number for rule in CHECKLIST.rules if per_rule[rule.number] < 4} == set()
    assert len(CLEAN) >= 30
    assert len({chat.name for chat in CLEAN}) == len(CLEAN)


def test_nearly_every_planted_violation_is_found() -> None:
    missed = [plant.name for plant in BY_CODE if plant.rule not in rules_broken(plant.transcript)]

    assert len(missed) <= len(BY_CODE) * (1 - LEAST_RECALL), missed


@pytest.mark.parametrize("rule", sorted(CHECKS))
def test_of_each_rule_at_most_one_is_missed(rule: int) -> None:
    planted = [plant for plant in BY_CODE if plant.rule == rule]
    missed = [plant.name for plant in planted if rule not in rules_broken(plant.transcript)]

    assert len(missed) <= 1, missed


def test_clean_chats_raise_hardly_an_alarm() -> None:
    """The share of the verdicts that are false; of a chat all rules of code give one each."""
    false = [(chat.name, found) for chat in CLEAN for found in violations(chat)]
    alarms = {(name, found.rule) for name, found in false}

    assert len(alarms) <= len(CLEAN) * len(CHECKS) * MOST_FALSE_ALARMS, false
    # ... and that no more than one chat in twenty has any.
    assert len({name for name, _ in alarms}) <= len(CLEAN) * MOST_FALSE_ALARMS, false


def test_a_planted_violation_raises_hardly_another_alarm() -> None:
    """What breaks one rule seldom seems to break others; a wrong total is a wrong amount as well."""
    others = [(plant.name, rules_broken(plant.transcript) - {plant.rule}) for plant in PLANTED]

    assert len([name for name, rules in others if rules]) <= len(PLANTED) * MOST_FALSE_ALARMS, others


def test_a_chat_of_both_sides_silent_breaks_nothing() -> None:
    quiet = replace(CLEAN[0], turns=(), sent=(), quotes=(), moves=(), wrote_at=())

    assert violations(quiet) == []


def test_an_amount_that_has_a_record_may_stand_beside_a_product() -> None:
    turn = SpokenTurn(("how much for CH-1010 then?",), (Reply("CH-1010 comes to AED 300.00 for you."),))
    chat = replace(CLEAN[0], turns=(turn,))

    assert rules_broken(chat) == {3}
    assert rules_broken(replace(chat, turns=(replace(turn, traced={Decimal(300)}),))) == set()


def test_a_discount_that_is_approved_while_the_turn_runs_may_be_told_in_it() -> None:
    asked = datetime(2026, 3, 2, tzinfo=UTC)
    approved, told = asked + timedelta(seconds=4), asked + timedelta(seconds=6)
    reply = "A manager approved 10 % off."
    chat = replace(
        CLEAN[0],
        turns=(SpokenTurn(("send me the new quote",), (Reply(reply),), at=asked),),
        approvals=(Approval(Decimal(10), approved),),
        wrote_at=(asked,),
        sent=(Sent(reply, told),),
    )

    assert rules_broken(chat) == set()
    assert rules_broken(replace(chat, sent=(Sent(reply, asked),))) == {10}


def test_a_greeting_to_a_person_asks_nothing_of_the_bot() -> None:
    chat = replace(CLEAN[0], turns=(SpokenTurn(("Hello",), (), "person"),), sent=(), wrote_at=())

    assert rules_broken(chat) == set()


def test_where_no_window_binds_free_text_may_go_out_any_time() -> None:
    began = datetime(2026, 3, 2, tzinfo=UTC)
    late = replace(
        CLEAN[0],
        turns=(SpokenTurn(("Hello",), (Reply("Hello! This is Dar Al Maktab Office Furniture."),)),),
        wrote_at=(began,),
        sent=(Sent("Hello!", began + timedelta(days=3)),),
    )

    assert rules_broken(late) == {14}
    assert rules_broken(replace(late, transport="whatsapp")) == set()
