"""Whom a load run plays: who comes when, what they write, and how long they read, think and type.

Pure, and the same for a seed. Customers are as people are: they come one by one, at no fixed pace, write a
thought in one line or in three, wait for the answer, read it, and write again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

FIRST_CHAT = 971_560_000_000
# Reading an answer and thinking about it: seconds, half of them below the middle, a few several times longer.
READING_MEDIAN_SECONDS = 8.0
READING_SPREAD = 0.7
READING_SECONDS = (1.0, 60.0)
# Between two lines of a burst: typing the next one. Always shorter than the debounce.
TYPING_SECONDS = (0.3, 1.8)

Lines = tuple[str, ...]


@dataclass(frozen=True)
class Burst:
    """What a customer writes before he waits for an answer."""

    # Seconds between the answer before and the first line; the first burst of a chat has none.
    pause: float
    lines: Lines
    # Seconds between a line and the next.
    gaps: tuple[float, ...]


@dataclass(frozen=True)
class Customer:
    """One chat from its first line to its last."""

    chat_id: str
    # Seconds after the beginning of the run.
    arrives: float
    bursts: tuple[Burst, ...]


# Conversations without a model: what rules, forms, search and basket answer.
SCRIPTS: Sequence[tuple[Lines, ...]] = (
    (
        ("hi",),
        ("I need chairs for my office", "black ones", "under 900"),
        ("the first one, 2 pieces",),
        ("show my basket",),
        ("thanks",),
    ),
    (
        ("good morning", "do you deliver to Sharjah?"),
        ("where is your showroom?",),
        ("3 meeting tables",),
        ("tell me more about the second one",),
        ("thank you so much",),
    ),
    (
        ("السلام عليكم",),
        ("ابي كرسي مكتب", "اسود"),
        ("الاول، حبتين",),
        ("توصلون للشارقة؟",),
        ("مشكور",),
    ),
    (
        ("hello", "do you have sofas?", "grey if possible"),
        ("cheaper please",),
        ("the second one",),
        ("how long is the warranty?",),
        ("ok thanks",),
    ),
    (
        ("marhaba",),
        ("abi maktab", "abyad"),
        ("kam el se3er",),
        ("do you install the furniture?",),
        ("shukran",),
    ),
)


def customers(turns: int, rate: float, seed: int, hurry: float = 1.0) -> list[Customer]:
    """Customers who write `turns` bursts in all, about `rate` a second once the first have settled in.

    With a `hurry` above 1 they read, think and type so many times faster than people do.
    """
    chance = Random(seed)
    playing = list(_until(turns, _talks(chance, hurry)))
    mean = turns / len(playing)
    arrivals = accumulate(chance.expovariate(rate / mean) for _ in playing)
    return [
        Customer(str(FIRST_CHAT + number), arrives, bursts)
        for number, (arrives, bursts) in enumerate(zip(arrivals, playing, strict=True))
    ]


def rush(chats: int, seed: int, hurry: float = 1.0) -> list[Customer]:
    """As many customers who all write one burst within the same second."""
    chance = Random(seed)
    # Beside those of `customers`, of whom there are never so many.
    first = FIRST_CHAT + 1_000_000
    return [
        Customer(str(first + number), chance.random(), (_burst(chance, lines, hurry),))
        for number, lines in enumerate(chance.choice(SCRIPTS)[1] for _ in range(chats))
    ]


def _talks(chance: Random, hurry: float) -> Iterator[tuple[Burst, ...]]:
    while True:
        script = chance.choice(SCRIPTS)
        # Some leave early.
        length = chance.randint(2, len(script))
        yield tuple(_burst(chance, lines, hurry) for lines in script[:length])


def _until(turns: int, talks: Iterator[tuple[Burst, ...]]) -> Iterator[tuple[Burst, ...]]:
    left = turns
    while left > 0:
        talk = next(talks)[:left]
        left -= len(talk)
        yield talk


def _burst(chance: Random, lines: Lines, hurry: float) -> Burst:
    shortest, longest = READING_SECONDS
    pause = READING_MEDIAN_SECONDS * chance.lognormvariate(0.0, READING_SPREAD)
    gaps = tuple(chance.uniform(*TYPING_SECONDS) / hurry for _ in lines[1:])
    return Burst(min(max(pause, shortest), longest) / hurry, lines, gaps)
