"""What code can decide of the fifteen rules: one pure function over a transcript for each of those rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from quality.checks.asking import asks_nothing_twice, asks_one_question
from quality.checks.money import discounts_are_approved, prices_are_the_catalogs, totals_add_up
from quality.checks.people import gives_a_person, keeps_secrets
from quality.checks.sale import asks_before_quoting, meets_constraints, skips_no_stage
from quality.checks.speech import greets, speaks_the_language
from quality.checks.window import keeps_the_window
from quality.transcript import Transcript, Violation

Check = Callable[[Transcript], Iterator[Violation]]

# By the number of the rule in quality/checklist.yml.
CHECKS: Mapping[int, Check] = {
    1: greets,
    2: speaks_the_language,
    3: prices_are_the_catalogs,
    4: meets_constraints,
    5: asks_one_question,
    6: asks_nothing_twice,
    7: asks_before_quoting,
    8: skips_no_stage,
    9: totals_add_up,
    10: discounts_are_approved,
    11: gives_a_person,
    13: keeps_secrets,
    14: keeps_the_window,
}


def violations(transcript: Transcript) -> list[Violation]:
    """Everything in which a chat breaks a rule that code can decide, in the order of the rules."""
    return [found for rule in sorted(CHECKS) for found in CHECKS[rule](transcript)]
