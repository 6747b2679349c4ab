"""`make eval-live`: how well the configured model sorts hard lines, and whether it answers in Gulf Arabic.

Asks the model of the settings, which costs money; without LLM_API_KEY it says so and ends. Catalog and
database are made for the run; no chat of a customer is touched.
"""

from __future__ import annotations

import asyncio
import sys

from app.settings import read_settings
from tests.benchmarks.stack import Bench
from tests.eval.lines import read_lines
from tests.eval.live import evaluate
from tests.eval.report import report_of


def main() -> int:
    """Evaluate the settings' model on all lines; 1 when a line was not answered at all."""
    settings = read_settings()
    if not settings.llm_api_key.get_secret_value():
        print("Skipped: there is no LLM_API_KEY, so there is no model to ask (docs/operators.md).")
        return 0
    lines = read_lines()
    print(
        f"Asking {', '.join(settings.llm_triage_models or settings.llm_answer_models)} {len(lines)} lines ..."
    )
    with Bench() as bench:
        results = asyncio.run(evaluate(settings, bench.postgres.url, lines))
    for row in report_of(results):
        print(row)
    return int(any(result.decision is None for result in results))


if __name__ == "__main__":
    sys.exit(main())
