"""How the result of a conversation test reads in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import indent

from quality.observed import Turn
from quality.player import Played

_WHO_WIDTH = 8


def describe_failure(played: Played) -> str:
    """The conversation so far, and under its last turn each expectation beside what was there instead."""
    lines = [f"FAILED  {played.case.file}:{played.case.line}  {played.case.name}", ""]
    lines += [indent(text, "    ") for text in transcript(played.turns)]
    lines.append("")
    for difference in played.differences:
        lines.append(f"    {played.case.file}:{difference.line}")
        lines.append(indent(_after("- expected  ", difference.expected), "      "))
        lines.append(indent(_after("+ found     ", difference.found), "      "))
    return "\n".join(lines)


def transcript(turns: Sequence[Turn]) -> list[str]:
    """Each message as one paragraph after who said it; what the bot understood follows the customer's."""
    lines: list[str] = []
    for turn in turns:
        lines += [_said("customer", text) for text in turn.customer]
        if turn.happening:
            lines.append(_said("", f"({turn.happening})"))
        if understood := understanding(turn):
            lines.append(_said("", understood))
        for reply in turn.replies:
            lines.append(_said("bot", reply.text))
            if reply.buttons:
                lines.append(_said("", "  ".join(f"[{title}]" for title in reply.buttons)))
        if not turn.replies and not turn.happening:
            lines.append(_said("bot", "(silence)"))
        if any(turn.utters):
            lines.append(_said("", f"‹{', '.join(name or '?' for name in turn.utters)}›"))
    return lines


def understanding(turn: Turn) -> str:
    """What the bot understood of the customer and what it did, in one line; "" when nothing is known."""
    parts: list[str] = []
    if turn.intent:
        confidence = "" if turn.confidence is None else f" {turn.confidence:.2f}"
        parts.append(f"{turn.intent}{confidence}")
    for entity in turn.entities:
        group = f" (group {entity['group']})" if entity.get("group") else ""
        parts.append(f"{entity.get('entity')}={entity.get('value')}{group}")
    if turn.actions:
        parts.append(f"→ {', '.join(turn.actions)}")
    return "  ".join(parts)


def _said(who: str, text: str) -> str:
    return _after(f"{who:>{_WHO_WIDTH}}  ", text)


def _after(head: str, text: str) -> str:
    """`text` behind `head`, its other lines under its first."""
    return head + text.replace("\n", f"\n{'':{len(head)}}")


def summary(passed: int, failed: int, skipped: int, seconds: float) -> str:
    """The last line."""
    counts = {"passed": passed, "failed": failed, "skipped": skipped}
    said = [f"{count} {name}" for name, count in counts.items() if count or name == "passed"]
    return f"Conversations: {', '.join(said)} in {seconds:.0f} s."
