"""How long does it take to set a quote? One, ten and sixty lines in each language, one after the other.

.venv-app/bin/python -m tests.benchmarks.quote_pdf
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

from sales.quote import QuoteLanguage
from sales.quote_pdf import render
from tests.benchmarks.report import Aim, Report, median, milliseconds, percentile
from tests.quote_samples import document, some_lines

LINES = (1, 10, 60)
LANGUAGES: tuple[QuoteLanguage, ...] = ("en", "ar", "both")
ROUNDS = 60
LIMIT_MILLISECONDS = 150.0


def measure(lines: int, language: QuoteLanguage) -> tuple[list[float], list[float], int]:
    """Milliseconds of each rendering, those of the processor, and the bytes of the last one."""
    quote = document(some_lines(lines))
    durations, worked, size = [], [], 0
    for number in range(ROUNDS):
        # Another number and another customer each time: nothing may come from what typst remembers.
        customer = replace(quote.customer, company=f"Company {number} LLC")
        fresh = replace(quote, number=f"Q-2026-{number:05}", customer=customer)
        began, began_work = time.perf_counter(), time.process_time()
        size = len(render(fresh, language))
        durations.append((time.perf_counter() - began) * 1e3)
        worked.append((time.process_time() - began_work) * 1e3)
    return durations, worked, size


def main() -> int:
    """Measure and print."""
    report = Report()
    began = time.perf_counter()
    render(document(some_lines(1)), "en")
    first = (time.perf_counter() - began) * 1e3
    rows, slowest = [], 0.0
    for lines in LINES:
        for language in LANGUAGES:
            report.progress(f"{lines} lines, {language}")
            durations, worked, size = measure(lines, language)
            slowest = max(slowest, percentile(durations, 95))
            shown = (median(durations), percentile(durations, 95), median(worked))
            figures = [milliseconds(value) for value in shown]
            rows.append((f"{lines} lines, {language}", *figures, f"{size / 1024:.0f}"))
    report.table(
        f"A quote as PDF, {ROUNDS} times each",
        ("document", "median ms", "p95 ms", "processor ms", "KiB"),
        rows,
        f"The first one of a process, which reads the fonts: {milliseconds(first)} ms.",
        "Processor: the median of what all cores worked, which a busy machine changes least.",
    )
    report.aim(Aim("p95 of the slowest kind of quote", slowest, LIMIT_MILLISECONDS, "ms"))
    report.summary()
    return 0


if __name__ == "__main__":
    sys.exit(main())
