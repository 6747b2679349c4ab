"""Numbered steps of a message's way, where a fault run may stop a process for real.

Production code says `reach("worker.claimed")`; that does nothing at all unless the process was
started with `MAJLIS_FAULTS` naming a folder. Then a file of the step's name in that folder holds
`kill` (SIGKILL to itself, nothing is flushed) or `freeze` (SIGSTOP to itself), and is consumed by the
one process that reaches the step first.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

_folder = os.environ.get("MAJLIS_FAULTS")

SIGNALS = {"kill": signal.SIGKILL, "freeze": signal.SIGSTOP}


def reach(step: str) -> None:
    """Mark that this process is at `step`; a fault run may end or freeze it here."""
    if _folder is None:
        return
    order = Path(_folder) / step
    taken = Path(_folder) / f"{step}.taken-by-{os.getpid()}"
    try:
        order.rename(taken)
    except FileNotFoundError:
        return
    os.kill(os.getpid(), SIGNALS[taken.read_text().strip()])
