"""The findings for people: a table that fits a terminal of 80 columns, and one last sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.doctor.findings import Finding, Level

_STYLES = {Level.OK: "green", Level.OFF: "dim", Level.WARNING: "yellow", Level.PROBLEM: "bold red"}


def show(found: Sequence[Finding], console: Console) -> None:
    """Print all findings in their order."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
    table.add_column("", no_wrap=True)
    table.add_column("what", no_wrap=True)
    table.add_column("how it stands", overflow="fold")
    for finding in found:
        words = Text(finding.sentence)
        if finding.mend:
            words.append(f"\n→ {finding.mend}", style="italic")
        table.add_row(Text(finding.level.value, style=_STYLES[finding.level]), finding.subject, words)
    console.print(table)
    counted = Counter(finding.level for finding in found)
    problems, warnings = counted[Level.PROBLEM], counted[Level.WARNING]
    console.print(f"{_count(problems, 'problem')} and {_count(warnings, 'warning')} found.")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
