"""What a check found, in a sentence, with the mend; and running many checks at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import exc

from storage.pool import DATABASE_FAILED, is_away

DEADLINE_SECONDS = 10.0


class Level(StrEnum):
    """How it stands."""

    OK = "ok"
    # Not configured; the sentence says what that means.
    OFF = "off"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. Neither sentence holds a secret or anybody's personal data."""

    subject: str
    level: Level
    sentence: str
    # What to do; empty where nothing is to be done.
    mend: str = ""


Look = Callable[[], Awaitable[Sequence[Finding]]]


def ok(subject: str, sentence: str) -> Finding:
    """It is as it should be."""
    return Finding(subject, Level.OK, sentence)


def off(subject: str, sentence: str, mend: str = "") -> Finding:
    """It is not configured."""
    return Finding(subject, Level.OFF, sentence, mend)


def warning(subject: str, sentence: str, mend: str = "") -> Finding:
    """Majlis works, but not as well as it could, or not for ever."""
    return Finding(subject, Level.WARNING, sentence, mend)


def problem(subject: str, sentence: str, mend: str = "") -> Finding:
    """Something that customers or managers notice."""
    return Finding(subject, Level.PROBLEM, sentence, mend)


async def examine(
    looks: Sequence[tuple[str, Look]], *, deadline_seconds: float = DEADLINE_SECONDS
) -> list[Finding]:
    """All findings in the order of `looks` (subject and check), which run at the same time.

    A check that fails or takes too long is itself a finding; the others go on.
    """
    tasks = [asyncio.ensure_future(_guarded(subject, look)) for subject, look in looks]
    # Not a time limit around each: cancelling a statement of a frozen server waits for that very server.
    _, late = await asyncio.wait(tasks, timeout=deadline_seconds)
    for task in late:
        task.cancel()
    found: list[Finding] = []
    for (subject, _), task in zip(looks, tasks, strict=True):
        if task in late:
            sentence = f"no answer within {deadline_seconds:g} s"
            found.append(problem(subject, sentence, "see whether the other side is overloaded or cut off"))
        else:
            found += task.result()
    return found


async def _guarded(subject: str, look: Look) -> Sequence[Finding]:
    try:
        return await look()
    except DATABASE_FAILED as error:
        if is_away(error):
            return [warning(subject, "not looked at: the database does not answer")]
        if isinstance(error, exc.ProgrammingError):
            return [warning(subject, "not looked at: the database is not up to date", "run `majlis migrate`")]
        return [problem(subject, f"the database refuses the question ({type(error).__name__})")]
    except Exception as error:  # the edge: one check's own mistake must not hide what the others found
        return [
            problem(subject, f"the check itself failed ({type(error).__name__})", "report it with its name")
        ]
