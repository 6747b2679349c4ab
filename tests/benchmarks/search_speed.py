"""How long does the database work for a search, at 1,500 and at 100,000 products?

Vectors are given: those of the products and of the questions are random here, since distances cost the same
whatever they mean. Customers ask for what there is: each search is made from a product of the catalog.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import numpy
import psycopg
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from catalog.generator import generate_catalog
from catalog.nearest import find_nearest
from catalog.product import Product
from catalog.query import Query, read_query_words
from catalog.rows import product_row
from catalog.schema import EMBEDDED_HASH, EMBEDDING_DIMENSIONS
from catalog.search import SearchFilters, search_catalog
from catalog.small_models import Meaning
from catalog.vocabulary import refresh_vocabulary
from tests.benchmarks.report import Aim, Report, milliseconds, percentile

FEW = 1_500
MANY = 100_000
SEARCHES = 150
WARM_UP = 10
LIMIT_MILLISECONDS = 10.0
_SYLLABLES = ("ba", "ka", "ra", "mo", "lu", "ve", "ti", "no", "sa", "di", "fe", "go", "ha", "jo", "zu", "pe")
_CPU = re.compile(r"([\d.]+) s user, ([\d.]+) s system")
# So that two or three in a hundred random vectors are near.
_ELSEWHERE = (("shoes", 0.08),)

Ask = Callable[[Product, Random], tuple[SearchFilters, Query | None]]


def _filters(seen: Product, random: Random, words: str = "") -> SearchFilters:
    """The product's kind in one of its colours, up to a fifth dearer than it."""
    limit = Decimal(int(seen.rate * random.randint(100, 120) / 100) + 1)
    return SearchFilters(
        category=seen.category, colors=(random.choice(seen.colors),), max_price=limit, text=words
    )


def _name(seen: Product, random: Random) -> str:
    """Series and line in one of the languages, without the kind of product: that is a filter."""
    if random.random() < 0.5:
        return seen.name_en.partition(",")[0].removesuffix(seen.category)
    return seen.name_ar.partition("،")[0].partition(" ")[2]


def _query(words: str, random: Random) -> Query:
    return replace(read_query_words(words), meaning=Meaning(_vector(random), _ELSEWHERE))


def _vector(random: Random) -> tuple[float, ...]:
    values = [random.gauss(0, 1) for _ in range(EMBEDDING_DIMENSIONS)]
    length = sum(value * value for value in values) ** 0.5
    return tuple(value / length for value in values)


def _no_words(seen: Product, random: Random) -> tuple[SearchFilters, Query | None]:
    return _filters(seen, random), None


def _name_within(seen: Product, random: Random) -> tuple[SearchFilters, Query | None]:
    words = _name(seen, random)
    return _filters(seen, random, words), _query(words, random)


def _part_within(seen: Product, random: Random) -> tuple[SearchFilters, Query | None]:
    words = f"{_name(seen, random)} unicorn"
    return _filters(seen, random, words), _query(words, random)


def _meaning_within(seen: Product, random: Random) -> tuple[SearchFilters, Query | None]:
    return _filters(seen, random, "cosy"), _query("cosy", random)


def _name_alone(seen: Product, random: Random) -> tuple[SearchFilters, Query | None]:
    words = f"{_name(seen, random)} {seen.colors[0]} {seen.material or ''}"
    return SearchFilters(text=words), _query(words, random)


def _part_alone(seen: Product, random: Random) -> tuple[SearchFilters, Query | None]:
    words = f"{_name(seen, random)} unicorn"
    return SearchFilters(text=words), _query(words, random)


def _meaning_alone(seen: Product, random: Random) -> tuple[SearchFilters, Query | None]:
    return SearchFilters(text="cosy"), _query("cosy", random)


WITHIN: dict[str, Ask] = {
    "category, colour, price": _no_words,
    "… and a name: every word held": _name_within,
    "… and a name, one word unknown: both legs": _part_within,
    "… and unknown words: meaning only": _meaning_within,
}
ALONE: dict[str, Ask] = {
    "a name alone: every word held": _name_alone,
    "a name alone, one word unknown: both legs": _part_alone,
    "unknown words alone: meaning only": _meaning_alone,
}


NEAREST = "nothing fits: the nearest by price, colour and seats"


class _Stopwatch:
    """Milliseconds of each search of one connection: in the driver's calls, and of the server's CPU."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.cpu: list[float] = []

    @classmethod
    async def on(cls, connection: AsyncConnection) -> _Stopwatch:
        """Watch `connection` from now on; the server tells its CPU time after each statement."""
        watch = cls()
        began = [0.0]

        def before(*_: Any) -> None:
            began[0] = time.perf_counter()

        def after(*_: Any) -> None:
            watch.waits[-1] += (time.perf_counter() - began[0]) * 1e3

        def told(diagnostic: psycopg.errors.Diagnostic) -> None:
            if found := _CPU.search(diagnostic.message_detail or ""):
                watch.cpu[-1] += (float(found[1]) + float(found[2])) * 1e3

        watch.start()
        await connection.execute(text("set log_statement_stats = on"))
        await connection.execute(text("set client_min_messages = log"))
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        raw.add_notice_handler(told)
        event.listen(connection.sync_connection, "before_cursor_execute", before)
        event.listen(connection.sync_connection, "after_cursor_execute", after)
        return watch

    def start(self) -> None:
        """The next search begins."""
        self.waits.append(0.0)
        self.cpu.append(0.0)


async def database_times(report: Report, engine: AsyncEngine) -> None:
    """The table of times at both sizes; leaves MANY products in the database."""
    rows = []
    for size in (FEW, MANY):
        report.progress(f"database times: making {size:,} products")
        sold = await store_products(engine, size)
        for name in (*WITHIN, *ALONE, NEAREST):
            report.progress(f"database times, {size:,} products: {name}")
            watch = await _measure(engine, sold, name)
            times = [milliseconds(percentile(of, at)) for of in (watch.waits, watch.cpu) for at in (50, 99)]
            rows.append((f"{size:,}: {name}", *times))
            if name in WITHIN or size == FEW:
                sentence = f"database p99, {size:,} products: {name}"
                report.aim(Aim(sentence, percentile(watch.waits, 99), LIMIT_MILLISECONDS, "ms"))
    report.table(
        f"Database time of a search, {SEARCHES} searches a row",
        ("", "p50 ms", "p99 ms", "server CPU p50 ms", "server CPU p99 ms"),
        rows,
        "All statements of a search together, its words looked up included. Where the first columns exceed "
        "the last ones, the machine was busy with other things.",
    )


async def _measure(engine: AsyncEngine, sold: Sequence[Product], name: str) -> _Stopwatch:
    random = Random(name)
    async with engine.connect() as connection:
        watch = await _Stopwatch.on(connection)
        for _ in range(SEARCHES + WARM_UP):
            watch.start()
            seen = random.choice(sold)
            if name == NEAREST:
                wish = replace(_filters(seen, random), max_price=Decimal(10), seats=90)
                await find_nearest(connection, wish)
            else:
                filters, query = (WITHIN | ALONE)[name](seen, random)
                await search_catalog(connection, filters, query)
        # The settings end with the connection.
        await connection.invalidate()
    watch.waits, watch.cpu = watch.waits[-SEARCHES:], watch.cpu[-SEARCHES:]
    return watch


async def store_products(engine: AsyncEngine, size: int) -> list[Product]:
    """Fill the shop with `size` products and random vectors; return those that a customer can be shown."""
    sold = []
    random, numbers = Random(size), numpy.random.default_rng(size)
    async with engine.connect() as opened:
        connection = await opened.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("set statement_timeout = 0"))
        await connection.execute(text("truncate products"))
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        columns = [*product_row(generate_catalog()[0]), "embedding"]
        async with raw.cursor() as cursor:
            copying = f"copy products ({', '.join(columns)}) from stdin"
            async with cursor.copy(copying.encode()) as copy:
                for one in _products(size, random):
                    vector = numbers.standard_normal(EMBEDDING_DIMENSIONS)
                    vector /= numpy.linalg.norm(vector)
                    await copy.write_row([*product_row(one).values(), str(vector.round(4).tolist())])
                    if one.status == "active" and one.stock:
                        sold.append(one)
        # Theirs for good: a worker beside would embed them anew.
        await connection.execute(text(f"update products set embedding_hash = {EMBEDDED_HASH}"))
        await refresh_vocabulary(connection)
        for table in ("products", "catalog_words"):
            await connection.execute(text(f"vacuum analyze {table}"))
        await connection.invalidate()
    return sold


def _products(size: int, random: Random) -> Iterator[Product]:
    """The sample catalog again and again, each time of other series, with other prices."""
    base = generate_catalog()
    yield from base[:size]
    for number in range(len(base), size):
        one = base[number % len(base)]
        _, _, rest = one.name_en.partition(" ")
        series = "".join(random.choices(_SYLLABLES, k=3)).title()
        yield replace(
            one,
            sku=f"{one.sku}-{number // len(base)}",
            name_en=f"{series} {rest}",
            name_ar=f"{one.name_ar} {series}",
            rate=(one.rate * random.randint(60, 160) / 100).quantize(Decimal("0.01")),
        )
