"""Rule 14: free text only in the 24 hours after the customer's last message, reminders only to who agreed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime

from quality.transcript import Transcript, Violation
from sales.window import WINDOW, binds

_REMINDER = "follow_up_"


def keeps_the_window(transcript: Transcript) -> Iterator[Violation]:
    """Rule 14, for every message that left."""
    wrote_at = sorted(transcript.wrote_at)
    for sent in transcript.sent:
        before = bisect_right(wrote_at, sent.at)
        last = wrote_at[before - 1] if before else None
        if sent.is_free and binds(transcript.transport) and (last is None or sent.at >= last + WINDOW):
            yield Violation(14, None, "free text outside of the 24-hour window", sent.text, sent.at)
        is_reminder = sent.template is not None and sent.template.startswith(_REMINDER)
        if is_reminder and not _agreed(transcript, sent.at):
            problem = "a reminder to a customer who did not agree to any"
            yield Violation(14, None, problem, sent.text, sent.at)


def _agreed(transcript: Transcript, at: datetime) -> bool:
    states = [consent.state for consent in transcript.consents if consent.at <= at]
    return bool(states) and states[-1] == "opted_in"
