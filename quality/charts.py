"""Bars as inline SVG that is as wide as the page lets it be, with a table of the same figures behind them.

Places and widths are per cents and words stand outside of what is drawn, so that a chart needs no script and
its words keep their size at every width. A series' number chooses its colour (`report.css`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_COLUMNS_HEIGHT = 160
_MOST_LABELS = 10


@dataclass(frozen=True)
class Bar:
    """One bar, or a stack of parts with one value for each series; `said` is what it comes to, in words."""

    label: str
    values: Sequence[float]
    said: str


def rows(bars: Sequence[Bar], series: Sequence[str], *, says: str, colours: Sequence[str] = ()) -> str:
    """Bars that lie under each other; the longest is as wide as there is room.

    `says` tells in a sentence what is to be seen; `colours` are classes, one a series, in place of the usual.
    """
    longest = max((sum(bar.values) for bar in bars), default=0) or 1
    drawn = "".join(
        f'<div class="row"><span class="label">{escape(bar.label)}</span>'
        '<svg class="bar" aria-hidden="true" width="100%" height="18">'
        f"{_parts(bar, series, longest, colours)}</svg>"
        f'<span class="said">{escape(bar.said)}</span></div>'
        for bar in bars
    )
    return _figure(drawn, series, says, colours, "rows")


def columns(bars: Sequence[Bar], series: Sequence[str], *, says: str, top: str) -> str:
    """Bars that stand side by side in time, many with few labels; `top`: what the highest comes to."""
    highest = max((sum(bar.values) for bar in bars), default=0) or 1
    step = 100 / max(len(bars), 1)
    every = -(-len(bars) // _MOST_LABELS)
    pieces = [
        '<line class="grid" x1="0" x2="100%" y1="14" y2="14"/>',
        f'<line class="base" x1="0" x2="100%" y1="{_COLUMNS_HEIGHT}" y2="{_COLUMNS_HEIGHT}"/>',
        f'<text class="tick" x="0" y="10">{escape(top)}</text>',
    ]
    for number, bar in enumerate(bars):
        y = float(_COLUMNS_HEIGHT)
        for place, value in enumerate(bar.values):
            height = value / highest * (_COLUMNS_HEIGHT - 14)
            y -= height
            if value:
                pieces.append(
                    f'<rect class="s{place}" x="{(number + 0.2) * step:.3f}%" y="{y:.2f}"'
                    f' width="{0.6 * step:.3f}%" height="{height:.2f}"><title>'
                    f"{escape(bar.label)}: {escape(series[place])}, {escape(bar.said)} in all</title></rect>"
                )
        if number % every == 0:
            pieces.append(
                f'<text class="tick" text-anchor="middle" x="{(number + 0.5) * step:.3f}%"'
                f' y="{_COLUMNS_HEIGHT + 16}">{escape(bar.label)}</text>'
            )
    drawn = (
        f'<svg class="columns" aria-hidden="true" width="100%" height="{_COLUMNS_HEIGHT + 22}">'
        f"{''.join(pieces)}</svg>"
    )
    return _figure(drawn, series, says, (), "over-time")


def table(caption: str, heads: Sequence[str], lines: Sequence[Sequence[object]]) -> str:
    """The same figures to read; opened by a click or a key, and by every screen reader."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(str(line[0]))}</th>'
        + "".join(f"<td>{escape(str(cell))}</td>" for cell in line[1:])
        + "</tr>"
        for line in lines
    )
    return (
        f'<details class="figures"><summary>Figures as a table</summary><div class="scroll" tabindex="0"'
        f' role="group" aria-label="{escape(caption)}"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></details>"
    )


def _parts(bar: Bar, series: Sequence[str], longest: float, colours: Sequence[str]) -> str:
    x, pieces = 0.0, []
    for place, value in enumerate(bar.values):
        width = value / longest * 100
        if value:
            pieces.append(
                f'<rect class="{_colour(place, colours)}" x="{x:.3f}%" width="{width:.3f}%" height="18">'
                f"<title>{escape(bar.label)}, {escape(series[place])}: {value:g}</title></rect>"
            )
        x += width
    return "".join(pieces)


def _figure(drawn: str, series: Sequence[str], says: str, colours: Sequence[str], kind: str) -> str:
    legend = ""
    if len(series) > 1:
        items = "".join(
            f'<li><svg width="12" height="12" aria-hidden="true"><rect class="{_colour(place, colours)}"'
            f' width="12" height="12"/></svg>{escape(name)}</li>'
            for place, name in enumerate(series)
        )
        legend = f'<ul class="legend">{items}</ul>'
    return f'{legend}<div class="chart {kind}" role="img" aria-label="{escape(says)}">{drawn}</div>'


def _colour(place: int, colours: Sequence[str]) -> str:
    return colours[place] if colours else f"s{place}"
