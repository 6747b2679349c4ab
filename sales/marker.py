"""What tells the record of one job from all others in places that keep no unique fields (notes, tasks)."""

from __future__ import annotations

import hashlib


def marker(kind: str, key: str) -> str:
    """Short, and the same on every try of the job."""
    return f"majlis:{hashlib.sha256(f'{kind} {key}'.encode()).hexdigest()[:12]}"
