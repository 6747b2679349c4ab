"""How many branches of each guarded room the tests took, from the data of `make coverage`.

Prints each branch that no test took, then a table; ends with 1 when a room is below the floor. The rooms are
those that `[tool.coverage.run]` in pyproject.toml names.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from coverage import Coverage

FLOOR_PER_CENT = 95.0


def per_file(measured: Coverage) -> dict[str, Any]:
    """Path → what coverage's JSON report says of the file."""
    measured.load()
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        measured.json_report(outfile=str(report))
        files: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))["files"]
    return files


def main() -> int:
    """Show every room; 1 when one is below the floor, or when nothing of it was measured."""
    measured = Coverage()
    rooms: Any = measured.get_option("run:source")
    branches: Counter[str] = Counter(dict.fromkeys(rooms, 0))
    taken: Counter[str] = Counter()
    for path, file in sorted(per_file(measured).items()):
        room = Path(path).parts[0]
        branches[room] += file["summary"]["num_branches"]
        taken[room] += file["summary"]["covered_branches"]
        missing = [f"{begin}->{'exit' if end < 0 else end}" for begin, end in file["missing_branches"]]
        if missing:
            print(f"{path}: {' '.join(missing)}")
    below = False
    print(f"\n{'room':<12} {'branches':>8} {'taken':>8} {'per cent':>9}")
    for room, count in sorted(branches.items()):
        per_cent = 100 * taken[room] / count if count else 0.0
        is_below = per_cent < FLOOR_PER_CENT
        below = below or is_below
        said = f"  BELOW {FLOOR_PER_CENT:g} %" if is_below else ""
        print(f"{room:<12} {count:>8} {taken[room]:>8} {per_cent:>9.1f}{said}")
    return int(below)


if __name__ == "__main__":
    sys.exit(main())
