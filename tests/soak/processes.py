"""What the processes of a load run take: memory after so many turns, CPU time, and the line through both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression

from tests.benchmarks.stack import cpu_seconds

# Before so many of the turns, caches and pools still fill.
WARM_UP_SHARE = 0.2
_KIB_A_MIB = 1024


@dataclass(frozen=True)
class Sample:
    """Memory of each process, in MiB, when so many turns had been answered."""

    turns: int
    memory: Mapping[str, float]


def slopes(samples: Sequence[Sample]) -> dict[str, float]:
    """MiB that each process grew per 1,000 turns: a least-squares line after WARM_UP_SHARE of the turns.

    Raises ValueError where fewer than two different numbers of turns are left to draw a line through.
    """
    warm = [sample for sample in samples if sample.turns >= WARM_UP_SHARE * samples[-1].turns]
    if len({sample.turns for sample in warm}) < 2:
        raise ValueError(f"{len(samples)} samples are too few for a line: play more turns")
    thousands = [sample.turns / 1_000 for sample in warm]
    return {
        name: linear_regression(thousands, [sample.memory[name] for sample in warm]).slope
        for name in warm[0].memory
    }


def sample(pids: Mapping[str, int], turns: int) -> Sample:
    """The memory of these processes now, after so many turns."""
    return Sample(turns, {name: _own_memory(pid) for name, pid in pids.items()})


def cpu(pids: Mapping[str, int]) -> dict[str, float]:
    """CPU seconds that these processes have used so far, their children's included."""
    return {name: cpu_seconds(pid) for name, pid in pids.items()}


def _own_memory(pid: int) -> float:
    """MiB that belong to this process and its children alone: no files, no shared buffers (Linux)."""
    total = 0
    for process in _family(pid):
        with suppress(OSError):  # it ended while we looked
            for line in Path(f"/proc/{process}/status").read_text().splitlines():
                if line.startswith("RssAnon:"):
                    total += int(line.split()[1])
    return total / _KIB_A_MIB


def _family(pid: int) -> Iterator[int]:
    yield pid
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))
