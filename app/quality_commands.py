"""The commands that play chats. Each imports what it needs itself, so that help is there at once."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from app.interrupts import until_interrupted


def conversations(
    path: Annotated[
        Path | None,
        typer.Argument(exists=True, help="One file or folder; without it, all of tests/conversations."),
    ] = None,
) -> None:
    """Play conversation tests from end to end; ends with 1 when one fails (docs/testers.md).

    Starts a Majlis with its sandbox for them, which may run beside another one. Without a path the golden
    chats are played with them, and graded.
    """
    from app.conversations import run_conversations
    from app.evaluate import play_everything
    from app.settings import read_settings

    settings, say = read_settings(), partial(print, flush=True)
    play = play_everything(settings, say) if path is None else run_conversations(settings, path, say)
    if not until_interrupted(play):
        sys.exit(1)


def evaluate(
    path: Annotated[
        Path | None,
        typer.Argument(exists=True, help="One file or folder of chats; without it, all of quality/golden."),
    ] = None,
    judge: Annotated[
        bool,
        typer.Option("--judge", help="Let LLM_JUDGE_MODEL decide the rules that code cannot; costs money."),
    ] = False,
) -> None:
    """Play the golden chats and grade them by the fifteen rules; ends with 1 when one is not as it should be.

    Starts a Majlis with its sandbox for them, and writes report.json and report.txt (docs/testers.md).
    """
    from app.evaluate import evaluate as run_evaluation
    from app.settings import read_settings

    say = partial(print, flush=True)
    if not until_interrupted(run_evaluation(read_settings(), path, with_judge=judge, say=say)):
        sys.exit(1)
