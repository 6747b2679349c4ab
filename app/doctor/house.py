"""The house itself: the seller's file, the managers' chat, and what the hourly check found."""

from __future__ import annotations

from collections.abc import Sequence

from app.doctor.findings import Finding, off, ok, problem, warning
from app.doctor.patient import Patient
from sales.manager_chat import ManagerChat
from turns.check_storage import Result, State, results
from turns.hourly_check import EVERY_SECONDS, WEBHOOK

_OVERDUE_SECONDS = 2 * EVERY_SECONDS


async def look_at_seller(patient: Patient) -> Sequence[Finding]:
    """Whether `data/seller.yml` can be used."""
    if patient.seller is None:
        return [problem("seller.yml", patient.seller_problem, "correct the fields it names")]
    return [ok("seller.yml", "valid")]


async def look_at_managers_chat(patient: Patient) -> Sequence[Finding]:
    """Whether managers are reached by WhatsApp."""
    chat_id = patient.settings.manager_chat_id
    if not chat_id:
        sentence = "none: managers hear of hand-overs by Zoho tasks only, and cannot give commands"
        return [off("manager", sentence, "set MANAGER_CHAT_ID to the manager's number, digits only")]
    if not chat_id.isdecimal():
        mend = "write it as Wazzup does: digits only, country code first"
        return [problem("manager", "MANAGER_CHAT_ID is no number: nobody is reached", mend)]
    if patient.engine is None:
        return [ok("manager", "MANAGER_CHAT_ID is set")]
    async with patient.engine.connect() as connection:
        chat = await ManagerChat(patient.settings.wazzup_channel_id, chat_id).standing(connection)
    if chat is None or not chat.has_written:
        sentence = "the manager never wrote to the bot: until then only templates reach him"
        return [warning("manager", sentence, "have him send it one message")]
    window = "open" if chat.window_is_open else "closed: templates"
    return [ok("manager", f"his chat is known; its window is {window}")]


async def look_at_hourly_check(patient: Patient) -> Sequence[Finding]:
    """What the worker's own check found last."""
    if patient.engine is None:
        return [off("hourly check", "not looked at: there is no database")]
    async with patient.engine.connect() as connection:
        kept = await results(connection)
    if not kept:
        return [warning("hourly check", "it has not run yet", "it runs within a minute of a worker's start")]
    return [_told(result) for result in kept]


def _told(result: Result) -> Finding:
    minutes = f"{result.age_seconds / 60:.0f} min ago"
    sentence = f"{result.name}, {minutes}: {result.sentence}"
    if result.state is State.WRONG:
        assert result.wrong_since is not None
        sentence += f" (since {result.wrong_since:%d %b %H:%M} UTC)"
        if result.name == WEBHOOK:
            # Looked at just now too, and perhaps mended since.
            return warning("hourly check", sentence, "the line about the webhook says how it stands now")
        mend = "write to the channel yourself; see the lines about Wazzup, channel and webhook"
        return problem("hourly check", sentence, mend)
    if result.age_seconds > _OVERDUE_SECONDS:
        return warning("hourly check", sentence, "it is overdue: see the worker, and `majlis parked`")
    return off("hourly check", sentence) if result.state is State.UNJUDGED else ok("hourly check", sentence)
