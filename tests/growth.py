"""Does work grow with the length of a text, or with its square? Judged by two measurements side by side."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

ROUNDS = 6
# Four times the text is four times the work (up to seven, where a cut text ends in something cheaper);
# of what backtracks, or begins anew at each word, sixteen times.
MOST = 10.0


def assert_grows_with_length(work: Callable[[str], object], text: str) -> None:
    """`work` on the whole text costs no more than MOST times what it costs on a quarter of it.

    The least of some rounds, whatever else the machine does, and never the garbage of other tests; each round
    has a text of its own, because single words are remembered.
    """
    work(text[:100])
    quarter, whole = [], []
    gc.collect()
    gc.disable()
    try:
        for round_number in range(ROUNDS):
            own = text[round_number:]
            quarter.append(_seconds(work, own[: len(own) // 4]))
            whole.append(_seconds(work, own))
            if min(whole) <= MOST * min(quarter):
                return
    finally:
        gc.enable()
    raise AssertionError(
        f"{len(text)} characters took {min(whole):.3f} s, a quarter of them {min(quarter):.3f} s: "
        f"{min(whole) / min(quarter):.1f} times as long"
    )


def _seconds(work: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    work(text)
    return time.process_time() - began
