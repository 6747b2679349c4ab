"""The report as one HTML page: everything in the file, nothing asked of a network, no script."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from html import escape
from itertools import groupby
from pathlib import Path

from quality.charts import Bar, columns, rows, table
from quality.checklist import read_checklist
from quality.report_figures import Figures
from quality.review_storage import Failure, Unjudged
from sales.stages import Stage

_STYLE = Path(__file__).with_name("report.css")
_LANGUAGES = {"en": "English", "ar": "Arabic", "mixed": "Mixed", "arabizi": "Arabizi"}
_STAGES = {stage: stage.value.replace("_", " ").capitalize() for stage in Stage} | {
    Stage.FOLLOW_UP: "Follow-up (ordered)"
}
_PURPOSES = ("triage", "answer", "summary", "judge")
_TOKEN = re.compile(r"&lt;[A-Z_]+_\d+&gt;")
_WHO = {"customer": "Customer", "majlis": "Majlis"}


def render(figures: Figures) -> str:
    """The page."""
    sections: tuple[tuple[str, str, Callable[[Figures], str]], ...] = (
        ("How far chats came", "wide", _funnel),
        ("How fast customers were answered", "", _waits),
        ("Chats that needed a person", "", _hand_overs),
        ("Reminders and what they brought", "", _follow_ups),
        ("What the model cost", "", _costs),
        ("Rules in reviewed chats", "wide", _rules),
    )
    cards = "".join(
        f'<section class="card {kind}" aria-labelledby="section-{number}">'
        f'<h2 id="section-{number}">{escape(title)}</h2>{body(figures)}</section>'
        for number, (title, kind, body) in enumerate(sections)
    )
    period = _period(figures.first, figures.last)
    title = f"{figures.seller}: {period}"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<meta http-equiv="Content-Security-Policy"'
        " content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_STYLE.read_text(encoding='utf-8')}</style></head><body>"
        f'<header><p class="seller"><bdi>{escape(figures.seller)}</bdi></p><h1>{escape(period)}</h1>'
        f'<p class="made">Made on {figures.made_at:%d %B %Y, %H:%M}.'
        " Days and weeks are the seller's.</p></header>"
        f"<main>{_tiles(figures)}{cards}</main></body></html>\n"
    )


def _tiles(figures: Figures) -> str:
    waits, handed = figures.waits, sum(each.count for each in figures.hand_overs)
    broken = sum(each.failed for each in figures.rules)
    reviewed = sum(week.graded for week in figures.weeks)
    tiles = (
        ("Chats", str(figures.chats), f"{waits.turns} turns"),
        ("Median answer", _seconds(waits.median), f"95 % within {_seconds(waits.slow)}"),
        (
            f"Within {waits.promised_seconds} s",
            _share(waits.in_time, waits.answered),
            f"{waits.in_time} of {waits.answered} turns with a reply",
        ),
        (
            "Without a model",
            _share(figures.answered_turns - figures.model_turns, figures.answered_turns),
            f"{figures.answered_turns - figures.model_turns} of {figures.answered_turns} turns",
        ),
        ("Hand-overs", str(handed), "to a person"),
        ("Model cost", _dollars(_total(figures)), f"{sum(each.calls for each in figures.costs)} calls"),
        (
            "Rules broken",
            str(broken) if reviewed else "–",
            f"in {reviewed} reviewed chats" if reviewed else "no chat reviewed",
        ),
    )
    items = "".join(
        f"<div><dt>{escape(name)}</dt><dd><strong>{escape(value)}</strong><span>{escape(more)}</span></dd></div>"
        for name, value, more in tiles
    )
    return f'<dl class="tiles">{items}</dl>'


def _funnel(figures: Figures) -> str:
    if not figures.chats:
        return _empty("No customer wrote in this time.")
    present = [key for key in _languages(figures) if figures.funnel[Stage.GREETING].get(key)]
    names = [_LANGUAGES.get(key, key) for key in present]
    counts = {stage: [figures.funnel[stage].get(key, 0) for key in present] for stage in Stage}
    bars = [
        Bar(_STAGES[stage], values, f"{sum(values)} · {_share(sum(values), figures.chats)}")
        for stage, values in counts.items()
    ]
    ordered = sum(counts[Stage.FOLLOW_UP])
    says = f"Of {figures.chats} chats {sum(counts[Stage.QUOTING])} came to a quote and {ordered} to an order."
    lines = [(_STAGES[stage], *values, sum(values)) for stage, values in counts.items()]
    note = (
        "Chats in which a customer wrote, by the language of most of their turns, and how far each had ever"
        " come by the end of this time. An order needs no negotiation: there, those that went through it."
    )
    caption = "Chats that came at least so far, by stage and language"
    return (
        f"<p>{escape(says)}</p>{rows(bars, names, says=says)}{_note(note)}"
        f"{table(caption, ('Stage', *names, 'All'), lines)}"
    )


def _waits(figures: Figures) -> str:
    waits = figures.waits
    if not waits.answered:
        return _empty("No customer's message was answered by Majlis in this time.")
    share = _share(waits.in_time, waits.answered)
    says = (
        f"Half of the answers came within {_seconds(waits.median)}, 95 % within {_seconds(waits.slow)};"
        f" {share} within {waits.promised_seconds} s."
    )
    bars = [Bar(name, (count,), _share(count, waits.answered)) for name, count in waits.groups]
    note = (
        "From when a turn was due (the customer had stopped writing for the debounce) to when Wazzup took the"
        f" first reply. {waits.turns - waits.answered} turns got no reply of Majlis, such as those in a"
        " person's hands."
    )
    return (
        f"<p>{escape(says)}</p>{rows(bars, ('turns',), says=says)}{_note(note)}"
        f"{table('Turns by waiting time', ('Waiting time', 'Turns'), waits.groups)}"
    )


def _hand_overs(figures: Figures) -> str:
    if not figures.hand_overs:
        return _empty("No chat was handed to a person in this time.")
    count = sum(each.count for each in figures.hand_overs)
    answered = sum(each.answered for each in figures.hand_overs)
    says = f"{count} hand-overs; a manager has written in {answered} of them."
    bars = [
        Bar(_sentence(each.reason), (each.count,), f"{each.count} · {_minutes(each.median_seconds)}")
        for each in figures.hand_overs
    ]
    lines = [
        (_sentence(each.reason), each.count, each.answered, _minutes(each.median_seconds))
        for each in figures.hand_overs
    ]
    heads = ("Reason", "Hand-overs", "Answered", "Median time to a manager")
    return (
        f"<p>{escape(says)}</p>{rows(bars, ('hand-overs',), says=says)}"
        f"{_note('Beside each count: the median time to a manager’s first message; – where there is none.')}"
        f"{table('Hand-overs by reason', heads, lines)}"
    )


def _follow_ups(figures: Figures) -> str:
    if not figures.follow_ups:
        return _empty("No reminder went out in this time.")
    sent = sum(each.sent for each in figures.follow_ups)
    answered = sum(each.answered for each in figures.follow_ups)
    ordered = sum(each.ordered for each in figures.follow_ups)
    says = f"{sent} reminders went out, {answered} were answered, {ordered} of those customers ordered."
    bars = [
        Bar(f"Day {each.step}: {name}", (value,), str(value))
        for each in figures.follow_ups
        for name, value in (("sent", each.sent), ("answered", each.answered), ("ordered", each.ordered))
    ]
    lines = [(f"Day {each.step}", each.sent, each.answered, each.ordered) for each in figures.follow_ups]
    return (
        f"<p>{escape(says)}</p>{rows(bars, ('reminders',), says=says)}"
        f"{_note('As it stands today: an answer or an order may come after this time.')}"
        f"{table('Reminders by day of the silence', ('Day', 'Sent', 'Answered', 'Ordered'), lines)}"
    )


def _costs(figures: Figures) -> str:
    if not figures.costs:
        return _empty("No language model was asked in this time.")
    days = [figures.first + timedelta(days=n) for n in range((figures.last - figures.first).days + 1)]
    purposes = [name for name in _PURPOSES if any(each.purpose == name for each in figures.costs)]
    purposes += sorted({each.purpose for each in figures.costs} - set(purposes))
    of_day = {
        day: [sum((c.dollars for c in figures.costs if (c.day, c.purpose) == (day, p)), Decimal(0))
              for p in purposes] for day in days
    }  # fmt: skip
    highest = max(sum(values) for values in of_day.values())
    says = (
        f"{_dollars(_total(figures))} in all, at most {_dollars(Decimal(highest))} on a day;"
        f" {_share(figures.answered_turns - figures.model_turns, figures.answered_turns)} of the turns went"
        " without a model."
    )
    bars = [
        Bar(
            f"{day:%a %-d}" if len(days) == 7 else f"{day:%-d %b}",
            [float(value) for value in values],
            _dollars(sum(values, Decimal(0))),
        )
        for day, values in of_day.items()
    ]
    lines = [
        (f"{day:%a %d %b}", *(_dollars(value) for value in values), _dollars(sum(values, Decimal(0))))
        for day, values in of_day.items()
    ]
    heads = ("Day", *(name.capitalize() for name in purposes), "All")
    return (
        f"<p>{escape(says)}</p>"
        f"{columns(bars, purposes, says=says, top=_dollars(Decimal(highest)))}"
        f"{_note('US dollars, by the day of the budgets.')}"
        f"{table('Cost of model calls by day and purpose', heads, lines)}"
    )


def _rules(figures: Figures) -> str:
    reviewed = sum(week.graded for week in figures.weeks)
    if not figures.weeks:
        return _empty(
            "No week of this time was reviewed yet: the worker reviews a week on the first day after it."
        )
    if not reviewed:
        return _empty("The review found no chat to grade.")
    unfinished = [f"{week.week:%d %b}" for week in figures.weeks if not week.is_finished]
    broken = sum(each.failed for each in figures.rules)
    of = sum(week.chats for week in figures.weeks)
    says = f"{reviewed} of {of} chats were reviewed; rules were broken {broken} times."
    if unfinished:
        says += f" The review of the week of {', '.join(unfinished)} is not finished."
    bars = [
        Bar(_rule(each.rule), (each.failed, each.judged - each.failed),
            f"{each.failed} of {each.judged} broken" if each.failed else f"kept in {each.judged}")
        for each in figures.rules
    ]  # fmt: skip
    lines = [
        (_rule(each.rule), each.judged, each.judged - each.failed, each.failed) for each in figures.rules
    ]
    note = "Chosen by language, outcome and hand-over; words are masked before a model reads or we keep them."
    silent = {rule.number for rule in read_checklist().rules}
    silent -= {each.rule for each in figures.rules} | {each.rule for each in figures.unjudged}
    if silent:
        note += f" Nothing to judge in any of the chats: rules {', '.join(map(str, sorted(silent)))}."
    chart = ""
    if bars:
        chart = rows(bars, ("broken", "kept"), says=says, colours=("bad", "good"))
    behind = table("Rules in reviewed chats", ("Rule", "Judged", "Kept", "Broken"), lines) if bars else ""
    return (
        f"<p>{escape(says)}</p>{chart}{_note(note)}{behind}"
        f"{_failures(figures.failures, broken)}{_unjudged(figures.unjudged)}"
    )


def _unjudged(unjudged: Sequence[Unjudged]) -> str:
    if not unjudged:
        return ""
    items = "".join(
        f"<li><strong>{escape(_rule(each.rule))}</strong>"
        f"<span>{escape(_sentence(each.why))}</span><em>{_chats(each.chats)}</em></li>"
        for each in unjudged
    )
    return f'<h3>What was not judged, and why</h3><ul class="unjudged">{items}</ul>'


def _failures(failures: Sequence[Failure], broken: int) -> str:
    if not failures:
        return ""
    pieces = ["<h3>Where rules were broken</h3>"]
    for rule, of_rule in groupby(failures, key=lambda each: each.rule):
        pieces.append(f"<h4>{escape(_rule(rule))}</h4>")
        for each in of_rule:
            said = "".join(
                f'<li class="{escape(line["who"])}"><span>{escape(_WHO.get(line["who"], line["who"]))}</span>'
                f'<p dir="auto">{_masked(line["text"])}</p></li>'
                for line in each.lines
            )
            pieces.append(
                f'<article class="failure"><p><strong>Chat {each.chat}</strong>, week of {each.week:%d %b},'
                f" {escape(_LANGUAGES.get(each.language, each.language))}: {escape(each.why)}</p>"
                + (f'<ol class="said">{said}</ol>' if said else "")
                + "</article>"
            )
    if len(failures) < broken:
        pieces.append(_note(f"{broken - len(failures)} more are in the database (quality_verdicts)."))
    return "".join(pieces)


def _rule(number: int) -> str:
    return f"{number} {_sentence(read_checklist()[number].name)}"


def _chats(count: int) -> str:
    return "1 chat" if count == 1 else f"{count} chats"


def _masked(words: str) -> str:
    """A masked line; its tokens keep their own direction inside of Arabic."""
    return _TOKEN.sub(r'<bdi class="token">\g<0></bdi>', escape(words))


def _languages(figures: Figures) -> list[str]:
    others = sorted(set(figures.funnel.get(Stage.GREETING, {})) - set(_LANGUAGES))
    return [*_LANGUAGES, *others]


def _total(figures: Figures) -> Decimal:
    return sum((each.dollars for each in figures.costs), Decimal(0))


def _note(words: str) -> str:
    return f'<p class="note">{escape(words)}</p>'


def _empty(words: str) -> str:
    return f'<p class="empty">{escape(words)}</p>'


def _share(part: int, of: int) -> str:
    return f"{part / of:.0%}".replace("%", "\N{NO-BREAK SPACE}%") if of else "–"


def _seconds(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds:.1f}\N{NO-BREAK SPACE}s"


def _minutes(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"


def _dollars(amount: Decimal) -> str:
    return f"${amount:.2f}" if amount >= 1 or not amount else f"${amount:.4f}"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _period(first: date, last: date) -> str:
    beginning = f"{first.day}" if (first.month, first.year) == (last.month, last.year) else f"{first:%-d %B}"
    if first.year != last.year:
        beginning = f"{first:%-d %B %Y}"
    return f"{beginning} – {last:%-d %B %Y}"
