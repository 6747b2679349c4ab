"""Ctrl-C in a command of ours: it ends what was started and is no error."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any

_INTERRUPTED = 130


def until_interrupted[Result](work: Coroutine[Any, Any, Result]) -> Result:
    """Run `work`; Ctrl-C ends it and whatever it started, and is no error of ours."""
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        sys.exit(_INTERRUPTED)
