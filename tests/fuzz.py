"""How long fuzz tests look: the same examples in every run, or as many new ones as somebody asks for."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings

_ASKED = int(os.environ.get("MAJLIS_FUZZ", "0"))


def fuzzed(examples: int) -> Callable[[Any], Any]:
    """`examples` of them, the same each time; with MAJLIS_FUZZ=number that many, others each time.

    The database of a test is made once for all examples, which is what such a test wants.
    """
    return settings(
        max_examples=_ASKED or examples,
        derandomize=not _ASKED,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
