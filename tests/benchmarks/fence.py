"""`python -m tests.benchmarks.fence`: what leaks through the price fence, what it holds for nothing, and its
time.

The probes lie beside the repository and are not part of it; without them only generated drafts and the
project's own (tests/unit/fence_drafts.yml) are scored.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import yaml

from app.settings import PROJECT_ROOT
from offscript.fence_units import Unit
from offscript.placeholders import MalformedPlaceholder
from offscript.price_fence import Passed, check
from offscript.rendering import UntracedAmount, render
from offscript.turn_ledger import LedgerProduct, TurnLedger, Unresolved
from tests.benchmarks.fence_drafts import Draft, claims, harmless
from tests.benchmarks.report import Aim, Report, milliseconds
from tests.benchmarks.text_quality import PROBES, read_lines
from tests.fence_samples import KINDS, NOW, empty_ledger, sample_ledger

OWN_DRAFTS = PROJECT_ROOT / "tests" / "unit" / "fence_drafts.yml"
GENERATED = 12_000
SHOWN = 15
_UNIT_OF_KIND: Mapping[str, Unit] = {
    "qty": "pieces",
    "dim": "length",
    "days": "days",
    "years": "years",
    "months": "months",
    "weeks": "weeks",
    "hours": "hours",
    "people": "people",
}


class Score:
    """Leaks and false holds of one set, and how long it took."""

    def __init__(self) -> None:
        self.claims = self.good = 0
        self.leaks: list[str] = []
        self.false_holds: list[str] = []
        self._seconds = 0.0

    def add(self, text: str, ledger: TurnLedger, *, is_claim: bool) -> None:
        """Judge one draft; what passes is rendered, and held by the final trace counts as held."""
        started = time.process_time()
        verdict = check(text, ledger, language="en")
        self._seconds += time.process_time() - started
        passed = isinstance(verdict, Passed) and _renders(text, ledger)
        self.claims += is_claim
        self.good += not is_claim
        if is_claim and passed:
            self.leaks.append(text)
        if not is_claim and not passed:
            self.false_holds.append(f"{text!r}: {verdict}")

    @property
    def milliseconds_a_draft(self) -> float:
        """Of the fence alone and of the processor, on average: a busy machine changes it least."""
        return self._seconds * 1000 / max(self.claims + self.good, 1)

    @property
    def held_share(self) -> float:
        """Per cent of good drafts that were held."""
        return 100 * len(self.false_holds) / max(self.good, 1)

    def row(self, name: str) -> tuple[str, ...]:
        """A line of the table."""
        return (
            name,
            str(self.claims),
            str(len(self.leaks)),
            str(self.good),
            str(len(self.false_holds)),
            milliseconds(self.milliseconds_a_draft),
        )


def _renders(text: str, ledger: TurnLedger) -> bool:
    try:
        render(text, ledger, "en")
    except (MalformedPlaceholder, Unresolved, UntracedAmount):
        return False
    return True


def probe_ledger(described: Mapping[str, Any], tokens: list[str]) -> TurnLedger:
    """A ledger of the grounding probe as one of ours."""
    ledger = TurnLedger(1, 1, NOW, Decimal(described["vat_rate"]), KINDS)
    synced_at = NOW - timedelta(minutes=described["synced_minutes_ago"])
    for sku, product in described["skus"].items():
        ledger.add_product(
            LedgerProduct(
                sku, product["name_en"], product["name_ar"], Decimal(product["price"]), synced_at, sku
            )
        )
    for fact in described["facts"]:
        if fact["kind"] == "qty":
            ledger.add_quantity(None, int(fact["value"]))
        else:
            ledger.add_licence(Decimal(str(fact["value"])), _UNIT_OF_KIND[fact["kind"]])
    for token in tokens:
        ledger.add_token(token if token.startswith("<") else f"<{token}>")
    return ledger


def generated() -> Iterator[Draft]:
    """The generated drafts, the same in each run."""
    chance = random.Random(20261123)
    yield from claims(chance, GENERATED // 2)
    yield from harmless(chance, GENERATED // 2)


def _score_generated() -> Score:
    score, ledger = Score(), sample_ledger()
    for draft in generated():
        score.add(draft.text, ledger, is_claim=draft.is_claim)
    return score


def _score_own() -> Score:
    score, ledger = Score(), sample_ledger()
    drafts = yaml.safe_load(OWN_DRAFTS.read_text(encoding="utf-8"))
    for verdict, groups in drafts.items():
        for group in groups.values():
            for text in group:
                score.add(str(text), ledger, is_claim=verdict == "held")
    return score


def _score_grounding() -> Score:
    score = Score()
    first, *lines = read_lines(PROBES / "grounding.jsonl")
    for line in lines:
        ledger = probe_ledger(first["ledgers"][line["ledger"]], line.get("vault_tokens", []))
        score.add(line["draft"], ledger, is_claim=line["expect"] == "reject")
    return score


def _score_amounts() -> Score:
    """Claims of the amount probe against an empty ledger; its harmless lines hold numbers nobody licensed."""
    score = Score()
    for line in read_lines(PROBES / "amounts.jsonl"):
        if line["claim"]:
            score.add(line["text"], empty_ledger(), is_claim=True)
    return score


def main() -> int:
    """Score everything that is here."""
    report = Report()
    check("warm up seven hundred", sample_ledger(), language="en")
    scores = {"generated": _score_generated(), "own drafts": _score_own()}
    if (PROBES / "grounding.jsonl").is_file() and (PROBES / "amounts.jsonl").is_file():
        scores |= {"grounding probe": _score_grounding(), "amount probe": _score_amounts()}
    else:
        print(f"\nThe probes are skipped: there is no grounding.jsonl and amounts.jsonl in {PROBES}.")
    report.table(
        "Price fence",
        ("set", "claims", "leaks", "good", "held", "ms a draft"),
        [score.row(name) for name, score in scores.items()],
        "A leak is a claim that was let through and rendered; held are good drafts that were not.",
    )
    for name in ("generated", "own drafts"):
        for text in scores[name].leaks[:SHOWN]:
            print(f"  leak, {name}: {text!r}")
        for text in scores[name].false_holds[:SHOWN]:
            print(f"  held, {name}: {text}")
    report.aim(Aim("leaks", sum(len(score.leaks) for score in scores.values()), 0, "drafts"))
    report.aim(Aim("good drafts held", max(score.held_share for score in scores.values()), 2, "%"))
    report.aim(Aim("time a draft", max(score.milliseconds_a_draft for score in scores.values()), 2, "ms"))
    report.summary()
    return 0


if __name__ == "__main__":
    sys.exit(main())
