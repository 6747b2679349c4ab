"""A host whose clock is wrong: Python imports this by itself when the folder is on PYTHONPATH."""

from __future__ import annotations

import os
import time

_OFFSET = float(os.environ.get("SKEWED_CLOCK_SECONDS", "0"))
_time = time.time

time.time = lambda: _time() + _OFFSET
