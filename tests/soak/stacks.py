"""What samples of a process' call stacks say: in which functions its time goes. Pure.

The input is py-spy's raw format, a line for each stack that was seen: frames from the outermost on, divided
by semicolons, and how often it was seen. A frame is `function (file:line)`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_LINE_NUMBER = re.compile(r":\d+\)$")
# Threads that wait inside a library written in C look busy to a sampler.
_ASLEEP = frozenset(
    {
        "run (asyncio/runners.py)",
        "_worker (concurrent/futures/thread.py)",
        "serve (sanic/server/runners.py)",
        "_run_server_forever (sanic/server/runners.py)",
    }
)


@dataclass(frozen=True)
class Profile:
    """Shares of a process' samples, between 0 and 1, by function."""

    samples: int
    # The function itself was running.
    own: Mapping[str, float]
    # It, or something that it had called.
    within: Mapping[str, float]


def read_profile(lines: Iterable[str]) -> Profile:
    """Count stacks; raises ValueError when there are none."""
    own: Counter[str] = Counter()
    within: Counter[str] = Counter()
    for line in lines:
        stack, _, seen = line.rstrip().rpartition(" ")
        frames = [_LINE_NUMBER.sub(")", frame) for frame in stack.split(";")]
        if not stack or frames[-1] in _ASLEEP:
            continue
        own[frames[-1]] += int(seen)
        for frame in set(frames):
            within[frame] += int(seen)
    total = own.total()
    if not total:
        raise ValueError("not one call stack was seen: the process did nothing, or could not be looked into")
    return Profile(total, _shares(own, total), _shares(within, total))


def _shares(counts: Counter[str], total: int) -> dict[str, float]:
    return {name: count / total for name, count in counts.most_common()}
