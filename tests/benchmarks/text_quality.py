"""`python -m tests.benchmarks.text_quality`: how well customers' text is read, on probes and on own lines.

The probes lie beside the repository and are not part of it; without them only the project's own lines
(tests/benchmarks/data) are scored. Figures are shares of lines or values, never single lines, so that nobody
tunes to a probe.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.benchmarks.report import Aim, Report, milliseconds
from text.amounts import find_amounts
from text.claims import price_claims
from text.fold import fold
from text.language import language_tag

OWN_LINES = Path(__file__).parent / "data"
PROBES = Path(__file__).parents[3] / "shared" / "data" / "probes"
LANGUAGES = ("en", "ar", "mixed", "arabizi")

Line = dict[str, Any]


def read_lines(path: Path) -> list[Line]:
    """The JSON lines of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


@dataclass(frozen=True)
class ClaimScore:
    """How the price claims of lines were found; values are amounts and per cents, each counted once."""

    line_precision: float
    line_recall: float
    value_precision: float
    value_recall: float
    # Texts of lines whose verdict or values are wrong.
    wrong: tuple[str, ...]


def score_claims(lines: Sequence[Line]) -> ClaimScore:
    """Compare `price_claims` with lines that hold text, amounts, percents and claim."""
    found_lines = claim_lines = right_lines = 0
    found_values = claim_values = right_values = 0
    wrong: list[str] = []
    for line in lines:
        claims = price_claims(line["text"])
        found = Counter([*claims.amounts, *claims.percents])
        expected = Counter(Decimal(str(value)) for value in [*line["amounts"], *line["percents"]])
        found_lines += claims.is_claim
        claim_lines += line["claim"]
        right_lines += claims.is_claim and line["claim"]
        found_values += found.total()
        claim_values += expected.total()
        right_values += (found & expected).total()
        if claims.is_claim != line["claim"] or found != expected:
            wrong.append(line["text"])
    return ClaimScore(
        _share(right_lines, found_lines),
        _share(right_lines, claim_lines),
        _share(right_values, found_values),
        _share(right_values, claim_values),
        tuple(wrong),
    )


@dataclass(frozen=True)
class Tally:
    """Right lines of all lines, for each class, and the texts of the others."""

    right: Counter[str]
    all: Counter[str]
    wrong: tuple[str, ...]

    def share(self) -> float:
        """The share of right lines over all classes."""
        return _share(self.right.total(), self.all.total())


def _tally(lines: Sequence[Line], class_field: str, is_right: Callable[[Line], bool]) -> Tally:
    right, every = Counter[str](), Counter[str]()
    wrong: list[str] = []
    for line in lines:
        every[line[class_field]] += 1
        if is_right(line):
            right[line[class_field]] += 1
        else:
            wrong.append(line["text"])
    return Tally(right, every, tuple(wrong))


def score_languages(lines: Sequence[Line]) -> Tally:
    """Compare `language_tag` with lines that hold text and lang."""
    return _tally(lines, "lang", lambda line: language_tag(line["text"]) == line["lang"])


def _amounts_are_right(line: Line) -> bool:
    expected = [
        (amount["role"], tuple(Decimal(str(value)) for value in amount["values"]), amount.get("currency"))
        for amount in line["amounts"]
    ]
    found = find_amounts(fold(line["text"]))
    return [(amount.role, amount.values, amount.currency) for amount in found] == expected


def score_messages(lines: Sequence[Line]) -> Tally:
    """Lines of which every amount has the right role, values and currency, and nothing else was read."""
    return _tally(lines, "writing", _amounts_are_right)


def _milliseconds_per_line(read: Callable[[str], object], lines: Sequence[Line]) -> str:
    started = time.perf_counter()
    for line in lines:
        read(line["text"])
    return milliseconds((time.perf_counter() - started) * 1000 / len(lines))


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _report_tally(report: Report, title: str, tally: Tally) -> None:
    report.table(
        title,
        ("", "lines", "right"),
        [
            *(
                (name, str(tally.all[name]), _percent(_share(tally.right[name], tally.all[name])))
                for name in LANGUAGES
            ),
            ("all", str(tally.all.total()), _percent(tally.share())),
        ],
    )


def _report_claims(report: Report, title: str, lines: Sequence[Line]) -> ClaimScore:
    score = score_claims(lines)
    report.table(
        title,
        ("", "precision", "recall"),
        [
            ("price claim found in the line", _percent(score.line_precision), _percent(score.line_recall)),
            ("right amounts and per cents", _percent(score.value_precision), _percent(score.value_recall)),
        ],
        f"{len(lines)} lines, {_milliseconds_per_line(price_claims, lines)} ms a line",
    )
    return score


def _report_own_lines(report: Report) -> None:
    languages, messages, claims = (
        read_lines(OWN_LINES / name)
        for name in ("languages.jsonl", "message_amounts.jsonl", "price_claims.jsonl")
    )
    _report_tally(report, "Language, own lines", score_languages(languages))
    _report_tally(report, "Amounts with their roles, own lines", score_messages(messages))
    _report_claims(report, "Price claims, own lines", claims)
    print(
        f"\n{_milliseconds_per_line(language_tag, languages)} ms a line for the language, "
        f"{_milliseconds_per_line(lambda text: find_amounts(fold(text)), messages)} ms for the amounts."
    )


def _report_probes(report: Report) -> None:
    languages = score_languages(read_lines(PROBES / "language.jsonl"))
    _report_tally(report, "Language, probe", languages)
    claims = _report_claims(report, "Price claims, probe", read_lines(PROBES / "amounts.jsonl"))
    for sentence, seen, limit in (
        ("language tag right", languages.share(), 97),
        ("price claim found in the line: recall", claims.line_recall, 98),
        ("price claim found in the line: precision", claims.line_precision, 97),
        ("right amounts and per cents: recall", claims.value_recall, 95),
    ):
        report.aim(Aim(sentence, 100 * seen, limit, "%", at_least=True))


def main() -> int:
    """Score the own lines, and the probes where they are."""
    report = Report()
    language_tag("hello")  # the word list is loaded once, and not what a line costs
    _report_own_lines(report)
    if (PROBES / "amounts.jsonl").is_file() and (PROBES / "language.jsonl").is_file():
        _report_probes(report)
    else:
        print(f"\nThe probes are skipped: there is no amounts.jsonl and language.jsonl in {PROBES}.")
    report.summary()
    return 0


if __name__ == "__main__":
    sys.exit(main())
