"""What came of graded chats: as JSON for machines, and as text for people (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from textwrap import indent
from typing import Any

from quality.checklist import Checklist, Rule
from quality.comparing import Difference
from quality.judge import Judgement, Verdict
from quality.transcript import Transcript, Violation


@dataclass(frozen=True)
class Graded:
    """One chat with everything that is wrong with it."""

    transcript: Transcript
    # In what it went another way than its case says.
    differences: tuple[Difference, ...]
    violations: tuple[Violation, ...]
    # None where no judge was asked.
    judgements: tuple[Judgement, ...] | None = None

    @property
    def passed(self) -> bool:
        """Whether it went as its case says and broke no rule; what the judge left open is no pass."""
        return not (self.differences or self.violations or any(self.unsettled))

    @property
    def unsettled(self) -> tuple[Judgement, ...]:
        """What the judge did not let pass."""
        return tuple(one for one in self.judgements or () if one.verdict is not Verdict.PASS)


def as_json(graded: Sequence[Graded], checklist: Checklist) -> dict[str, Any]:
    """All of it: per rule how many chats break it, and per chat what is wrong, and what was said."""
    return {
        "checklist_version": checklist.version,
        "chats": len(graded),
        "passed": sum(one.passed for one in graded),
        "rules": [
            {
                "number": rule.number,
                "name": rule.name,
                "decided_by": rule.decided_by,
                "failed": _failed(graded, rule.number),
                "undecided": _undecided(graded, rule.number),
                "graded": _is_graded(graded, rule),
            }
            for rule in checklist.rules
        ],
        "details": [
            {
                "chat": one.transcript.name,
                "passed": one.passed,
                "stages": list(_stages(one.transcript)),
                "differences": [asdict(difference) for difference in one.differences],
                "violations": [asdict(violation) for violation in one.violations],
                "judgements": None
                if one.judgements is None
                else [asdict(judgement) for judgement in one.judgements],
                "turns": [
                    {
                        "customer": list(turn.customer),
                        "language": language,
                        "replies": [reply.text for reply in turn.replies],
                        "owner": turn.owner,
                    }
                    for turn, (language, _) in zip(
                        one.transcript.turns, one.transcript.languages, strict=True
                    )
                ],
            }
            for one in graded
        ],
    }


def as_text(graded: Sequence[Graded], checklist: Checklist) -> str:
    """The rules with how many chats break each, and then every chat that is not as it should be."""
    passed = sum(one.passed for one in graded)
    lines = [f"{passed} of {len(graded)} chats are as they should be.", ""]
    for rule in checklist.rules:
        failed, undecided = _failed(graded, rule.number), _undecided(graded, rule.number)
        said = f"{failed} fail" if _is_graded(graded, rule) else "not graded: needs --judge"
        said += f", {undecided} undecided" if undecided else ""
        lines.append(f"{rule.number:>3}  {rule.name:<45} {rule.decided_by:<6} {said}")
    for one in graded:
        if not one.passed:
            lines += ["", one.transcript.name, *(indent(text, "    ") for text in _wrong(one))]
    return "\n".join(lines) + "\n"


def _wrong(one: Graded) -> Iterator[str]:
    for difference in one.differences:
        yield f"line {difference.line}: expected {difference.expected}; found {difference.found}"
    for violation in one.violations:
        where = "" if violation.turn is None else f", turn {violation.turn + 1}"
        yield f"rule {violation.rule}{where}: {violation.problem}"
        if violation.line:
            yield indent(violation.line, "  | ")
    for judgement in one.unsettled:
        yield f"rule {judgement.rule}, {judgement.verdict} by the judge: {judgement.reason}"
        if judgement.line:
            yield indent(judgement.line, "  | ")


def _is_graded(graded: Sequence[Graded], rule: Rule) -> bool:
    """Whether anybody looked: a rule that no judge was asked about is not a kept one."""
    return rule.decided_by == "code" or any(one.judgements is not None for one in graded)


def _failed(graded: Sequence[Graded], number: int) -> int:
    """How many chats break this rule."""
    return sum(
        any(found.rule == number for found in one.violations)
        or any(found.rule == number and found.verdict is Verdict.FAIL for found in one.unsettled)
        for one in graded
    )


def _undecided(graded: Sequence[Graded], number: int) -> int:
    return sum(
        found.rule == number and found.verdict is Verdict.UNDECIDED
        for one in graded
        for found in one.unsettled
    )


def _stages(transcript: Transcript) -> Iterator[str]:
    yield "greeting"
    for move in transcript.moves:
        yield move.target
