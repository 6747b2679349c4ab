"""`python -m tests.benchmarks.search`: does search find what customers mean, and how long does it take?

The probe is `data/search_probe.yml`; its kept-back lines were never used to change the search. Texts go in
raw: in a conversation the vocabulary has already taken out category, colour and price.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from catalog.load import load_sample_catalog
from catalog.query import Query, read_query, warm_up
from catalog.search import SearchFilters, search_catalog
from catalog.small_models import convert_arabizi, embed_question
from catalog.vectors import fill_vectors
from catalog.words import tokens
from storage.pool import create_engine
from tests.benchmarks.report import Aim, Report, milliseconds, percentile
from tests.benchmarks.search_speed import database_times
from tests.benchmarks.stack import Bench

PROBE = Path(__file__).parent / "data" / "search_probe.yml"
WRITINGS = {"en": "English", "ar": "Gulf", "arabizi": "Arabizi", "mixed": "mixed"}
RECALL_AIMS = {"en": 0.95, "ar": 0.90, "arabizi": 0.90, "mixed": 0.90}
FIRST = 5
SHOWN = 3

Line = dict[str, Any]
Search = Callable[[Line, Query, int], Awaitable[Sequence[Any]]]


def read_probe() -> dict[str, list[Line]]:
    """The lines of the probe by kind: find, nothing, needs."""
    probe: dict[str, list[Line]] = yaml.safe_load(PROBE.read_text(encoding="utf-8"))
    return probe


async def quality(report: Report, engine: AsyncEngine) -> None:
    """Recall, honest nothing and described needs, with and without the small models."""
    probe = read_probe()
    report.progress("reading the probe's texts")
    queries = {line["query"]: await read_query(line["query"]) for lines in probe.values() for line in lines}
    if not any(query.meaning for query in queries.values()):
        report.progress("the embedder is not installed: figures are those of the words alone")
    async with engine.connect() as connection:
        await _recall(report, connection, probe["find"], queries)
        await _kinds(report, connection, probe, queries)


async def _recall(
    report: Report, connection: AsyncConnection, lines: Sequence[Line], queries: dict[str, Query]
) -> None:
    rows = []
    for writing, name in WRITINGS.items():
        cells = [name]
        for kept_back in (False, True):
            chosen = [
                line
                for line in lines
                if line["writing"] == writing and line.get("kept_back", False) == kept_back
            ]
            both = [await _share_found(connection, line, queries[line["query"]]) for line in chosen]
            words = [await _share_found(connection, line, _words_only(queries, line)) for line in chosen]
            cells += [str(len(chosen)), f"{_mean(words):.3f}", f"{_mean(both):.3f}"]
            if kept_back:
                sentence = f"recall@{FIRST}, {name}, kept-back lines"
                report.aim(Aim(sentence, _mean(both), RECALL_AIMS[writing], "", at_least=True))
            else:
                sentence = f"recall@{FIRST}, {name}"
                report.aim(Aim(sentence, _mean(both), RECALL_AIMS[writing], "", at_least=True))
        rows.append(tuple(cells))
    report.table(
        f"recall@{FIRST} of raw texts over the 1,500 products",
        ("", "lines", "words", "words + meaning", "kept back", "words", "words + meaning"),
        rows,
        "Words: no embedder, Arabizi still converted. Kept-back lines were never used to change the search.",
    )


async def _share_found(connection: AsyncConnection, line: Line, query: Query) -> float:
    result = await search_catalog(connection, SearchFilters(text=line["query"], limit=FIRST), query)
    return len({product.sku for product in result.products} & set(line["right"])) / len(line["right"])


async def _kinds(
    report: Report,
    connection: AsyncConnection,
    probe: dict[str, list[Line]],
    queries: dict[str, Query],
) -> None:
    async def shown(line: Line, query: Query) -> list[str]:
        result = await search_catalog(connection, SearchFilters(text=line["query"], limit=SHOWN), query)
        return [product.category for product in result.products]

    rows = []
    for kind, is_right, name in (
        ("nothing", lambda categories, _: not categories, "goods the shop does not have: nothing shown"),
        ("needs", _is_met, f"described needs: the first {SHOWN} are all of the right kind"),
    ):
        for kept_back in (False, True):
            chosen = [line for line in probe[kind] if line.get("kept_back", False) == kept_back]
            cells = [name + (" (kept back)" if kept_back else ""), str(len(chosen))]
            for with_meaning in (False, True):
                right = 0
                for line in chosen:
                    query = queries[line["query"]] if with_meaning else _words_only(queries, line)
                    right += is_right(await shown(line, query), line)
                cells.append(f"{right / len(chosen):.2f}")
            rows.append(tuple(cells))
    report.table("Nothing and needs", ("", "lines", "words", "words + meaning"), rows)


def _is_met(categories: Sequence[str], line: Line) -> bool:
    return bool(categories) and set(categories) <= set(line["categories"])


def _words_only(queries: dict[str, Query], line: Line) -> Query:
    return Query(queries[line["query"]].words)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


async def model_times(report: Report) -> None:
    """What the small models take for one text each."""
    texts = [line["query"] for line in read_probe()["find"]]
    arabizi = [line["query"] for line in read_probe()["find"] if line["writing"] == "arabizi"]
    rows = []
    for name, use, chosen in (
        ("converter, Arabizi texts", lambda text: convert_arabizi(tokens(text)), arabizi),
        ("embedder, all texts", embed_question, texts),
    ):
        took, cpu = [], []
        for text in chosen:
            began, began_cpu = time.perf_counter(), time.process_time()
            if await use(text) is None:
                break
            took.append((time.perf_counter() - began) * 1e3)
            cpu.append((time.process_time() - began_cpu) * 1e3)
        if took:
            times = (percentile(took, 50), percentile(took, 99), percentile(cpu, 50), percentile(cpu, 99))
            rows.append((name, str(len(took)), *map(milliseconds, times)))
        else:
            rows.append((name, "not installed", "-", "-", "-", "-"))
    report.table("The small models", ("", "texts", "p50 ms", "p99 ms", "CPU p50 ms", "CPU p99 ms"), rows)


async def measure(report: Report, url: str) -> None:
    """Everything, on the database at `url`."""
    engine = create_engine(url, test_clock=False)
    try:
        async with engine.begin() as connection:
            await load_sample_catalog(connection)
        await warm_up()
        report.progress("embedding 1,500 products as the worker does (one or two minutes)")
        began, began_cpu = time.perf_counter(), time.process_time()
        filled = await fill_vectors(engine)
        seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
        if filled:
            report.table(
                "Filling the vectors, in the background at low priority",
                ("products", "seconds", "CPU ms a product"),
                [(f"{filled:,}", f"{seconds:.0f}", f"{cpu / filled * 1e3:.0f}")],
            )
        await quality(report, engine)
        await model_times(report)
        await database_times(report, engine)
    finally:
        await engine.dispose()


def main() -> int:
    """Run it all on a database of its own."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    report = Report()
    with Bench() as bench:
        asyncio.run(measure(report, bench.postgres.url))
    report.summary()
    return 0


if __name__ == "__main__":
    sys.exit(main())
