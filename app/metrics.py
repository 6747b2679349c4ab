"""One page of figures for all processes of this host, whichever of them is asked.

The processes of a host share files under `MAJLIS_HOME/metrics` (prometheus_client's multiprocess mode), so
that the gateway, the only public process, can show the worker's figures too. A folder for each host: files
are named by process id, and containers that share MAJLIS_HOME have the same ones.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING

# prometheus_client decides at its import whether figures are shared: nothing here may import it before
# `share_figures` has run.
if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def share_figures(home: Path) -> None:
    """Make this process write its figures where the others do; before any metric is created."""
    folder = home / "metrics" / platform.node()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault(FOLDER_VARIABLE, str(folder))


def registry() -> CollectorRegistry:
    """The figures of all processes of this host; states of processes that died are dropped.

    Where nothing is shared (a process that a test runs by itself), its own figures.
    """
    from prometheus_client import REGISTRY, CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

    if FOLDER_VARIABLE not in os.environ:
        return REGISTRY
    folder = Path(os.environ[FOLDER_VARIABLE])
    for file in folder.glob("gauge_live*_*.db"):
        pid = file.stem.rpartition("_")[2]
        if not Path("/proc", pid).exists():
            mark_process_dead(int(pid), str(folder))
    collected = CollectorRegistry()
    MultiProcessCollector(collected, str(folder))
    return collected
