"""`python -m tests.benchmarks.masking`: how much personal data is found in lines, and what else is.

The probes lie beside the repository and are not part of it; without them only the project's own lines
(tests/benchmarks/data/personal_data.jsonl) are scored. An entity counts as found only if every letter and
digit of it is covered; a find counts as right if it touches an entity.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from offscript.masking import Masker
from offscript.token_table import TokenTable
from offscript.vault import Vault, VaultEntry
from tests.benchmarks.report import Aim, Report, median, milliseconds, percentile
from tests.benchmarks.text_quality import OWN_LINES, PROBES, Line, read_lines
from text.personal_data import Found, PersonalKind


@dataclass(frozen=True)
class MaskingScore:
    """Entities and finds by kind, and the milliseconds of each line."""

    entities: Counter[str]
    covered: Counter[str]
    found: Counter[str]
    right: Counter[str]
    same_kind: int
    times: tuple[float, ...]
    # Lines in which something was missed or something harmless was found.
    wrong: tuple[str, ...]

    @property
    def recall(self) -> float:
        """The share of entities that no letter or digit is left of."""
        return self.covered.total() / max(self.entities.total(), 1)

    @property
    def precision(self) -> float:
        """The share of finds that are personal data."""
        return self.right.total() / max(self.found.total(), 1)


def score_masking(lines: Sequence[Line]) -> MaskingScore:
    """Compare what `Masker.find` finds with lines that hold text, entities and vault."""
    entities, covered, found, right = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    same_kind, times, wrong = 0, [], []
    for line in lines:
        entries = [VaultEntry(PersonalKind(entry["type"]), entry["value"]) for entry in line["vault"]]
        masker = Masker(Vault(entries), TokenTable())
        started = time.perf_counter()
        finds = masker.find(line["text"])
        times.append((time.perf_counter() - started) * 1000)
        places = _places(line)
        is_wrong = False
        for kind, start, end in places:
            is_covered = _is_covered(line["text"], start, end, finds)
            entities[kind] += 1
            covered[kind] += is_covered
            is_wrong |= not is_covered
        for find in finds:
            touched = [kind for kind, start, end in places if find.start < end and start < find.end]
            found[find.kind.value] += 1
            right[find.kind.value] += bool(touched)
            same_kind += find.kind.value in touched
            is_wrong |= not touched
        if is_wrong:
            wrong.append(line["text"])
    return MaskingScore(entities, covered, found, right, same_kind, tuple(times), tuple(wrong))


def _places(line: Line) -> list[tuple[str, int, int]]:
    places, at = [], 0
    for entity in line["entities"]:
        start = line["text"].index(entity["text"], at)
        at = start + len(entity["text"])
        places.append((entity["type"], start, at))
    return places


def _is_covered(text: str, start: int, end: int, finds: Sequence[Found]) -> bool:
    return all(
        any(find.start <= position < find.end for find in finds)
        for position in range(start, end)
        if text[position].isalnum()
    )


def _report(report: Report, title: str, score: MaskingScore, lines: int) -> None:
    kinds = [kind.value for kind in PersonalKind if score.entities[kind.value] or score.found[kind.value]]
    rows = [
        (
            kind.lower(),
            f"{score.covered[kind]}/{score.entities[kind]}",
            f"{score.right[kind]}/{score.found[kind]}",
        )
        for kind in kinds
    ]
    in_all = f"{100 * score.recall:.1f} %", f"{100 * score.precision:.1f} %"
    report.table(
        title,
        ("", "covered", "finds that are right"),
        [*rows, ("all", *in_all)],
        f"{lines} lines; {milliseconds(median(score.times))} ms a line, "
        f"95 % within {milliseconds(percentile(score.times, 95))} ms; "
        f"{score.same_kind} of {score.found.total()} finds of the very kind",
    )


def main() -> int:
    """Score the own lines, and the probe where it is; `--wrong` prints the own lines that were misread."""
    report = Report()
    sets = [("Personal data, own lines", read_lines(OWN_LINES / "personal_data.jsonl"))]
    probe = PROBES / "pii.jsonl"
    if probe.is_file():
        sets.append(("Personal data, probe", read_lines(probe)))
    else:
        print(f"\nThe probe is skipped: there is no pii.jsonl in {PROBES}.")
    score_masking(sets[0][1][:5])  # libraries load what they need once: not what a line costs
    for title, lines in sets:
        score = score_masking(lines)
        _report(report, title, score, len(lines))
        for name, seen in (("recall", score.recall), ("precision", score.precision)):
            report.aim(Aim(f"{title.lower()}: {name}", 100 * seen, 97, "%", at_least=True))
        if "--wrong" in sys.argv and title.endswith("own lines"):
            print("\n".join(score.wrong))
    report.summary()
    return 0


if __name__ == "__main__":
    sys.exit(main())
