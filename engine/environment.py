"""What Rasa's process reads from its environment: one place, standard library only.

`app/settings.py` validates the same names for the Python 3.12 processes; the supervisor hands
them down, so a value that is missing here means that Rasa was started by hand.
"""

from __future__ import annotations

import os


def database_url() -> str | None:
    """The libpq address of Majlis' Postgres, or None when there is none (training and tests)."""
    return os.environ.get("DATABASE_URL") or None


def internal_secret() -> str | None:
    """The secret that private processes show each other, or None on one host without one."""
    return os.environ.get("INTERNAL_SECRET") or None


def test_clock() -> bool:
    """Whether business time may be moved (`MAJLIS_TEST_CLOCK=1`, tests and demonstrations only)."""
    return os.environ.get("MAJLIS_TEST_CLOCK") == "1"
