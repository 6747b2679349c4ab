"""The rules that a chat's rows decide without reading a word: 6, 9, 10 and 14 (design §10)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from quality.ports import ApprovedDiscount, ChatToGrade, DetailStep, GradedQuote, Verdict, Who
from sales.quote import QuoteError, format_amount, format_percent, price_quote
from sales.window import WINDOW, binds

NOTHING_TWICE, TOTALS_ADD_UP, DISCOUNT_APPROVED, WINDOW_KEPT = 6, 9, 10, 14


class RecordRules:
    """Grades by rows alone (port `quality.ports.Grader`)."""

    async def grade(self, chat: ChatToGrade) -> Sequence[Verdict]:
        """The verdicts of the four rules, as far as the chat has what they judge."""
        rules: tuple[Callable[[ChatToGrade], Verdict | None], ...] = (
            nothing_asked_twice,
            totals_add_up,
            discount_approved,
            window_kept,
        )
        return [verdict for rule in rules if (verdict := rule(chat)) is not None]


def nothing_asked_twice(chat: ChatToGrade) -> Verdict | None:
    """Rule 6: what the customer told is not asked for again, unless he took it back.

    None where no detail was asked for.
    """
    known: set[str] = set()
    again: dict[str, set[int | None]] = {}
    was_asked = False
    for event in chat.details:
        match event.step:
            case DetailStep.KNOWN:
                known.add(event.detail)
            case DetailStep.FORGOTTEN:
                known.discard(event.detail)
            case DetailStep.ASKED:
                was_asked = True
                if event.detail in known:
                    again.setdefault(event.detail, set()).add(event.turn_id)
    if not was_asked:
        return None
    turns = set().union(*again.values()) - {None}
    lines = [
        place
        for place, line in enumerate(chat.lines)
        if line.who is not Who.PERSON and line.turn_id is not None and line.turn_id in turns
    ]
    names = ", ".join(name.replace("_", " ") for name in again)
    return _verdict(NOTHING_TWICE, f"asked again though it was known: {names}" if again else "", lines)


def totals_add_up(chat: ChatToGrade) -> Verdict | None:
    """Rule 9: every quote's subtotal, discount, VAT and total follow from its lines; None without a quote."""
    wrong = [problem for quote in chat.quotes if (problem := _wrong_total(quote))]
    return _verdict(TOTALS_ADD_UP, "; ".join(wrong)) if chat.quotes else None


def discount_approved(chat: ChatToGrade) -> Verdict | None:
    """Rule 10: a quote's discount was approved when it was made; None where no quote has one."""
    discounted = [quote for quote in chat.quotes if quote.discount_percent]
    wrong = [
        f"{quote.number} has {format_percent(quote.discount_percent)} % that nobody approved"
        for quote in discounted
        if not any(_covers(discount, quote) for discount in chat.discounts)
    ]
    return _verdict(DISCOUNT_APPROVED, "; ".join(wrong)) if discounted else None


def window_kept(chat: ChatToGrade) -> Verdict | None:
    """Rule 14: free text goes out within 24 hours of the customer's last message, where the channel binds.

    None on a channel without a window, and where nothing was said.
    """
    ours = [(place, line) for place, line in enumerate(chat.lines) if line.who is Who.MAJLIS]
    if not ours or not binds(chat.transport):
        return None
    late = [
        place
        for place, line in ours
        if not line.is_template
        and (line.customer_wrote_at is None or line.at >= line.customer_wrote_at + WINDOW)
    ]
    why = f"{len(late)} of our messages left outside the 24-hour window" if late else ""
    return _verdict(WINDOW_KEPT, why, late)


def _verdict(rule: int, why: str, lines: Sequence[int] = ()) -> Verdict:
    return Verdict(rule, not why, why, tuple(lines) if why else ())


def _wrong_total(quote: GradedQuote) -> str:
    try:
        right = price_quote(quote.lines, quote.vat_percent, quote.discount_percent)
    except QuoteError as error:
        return f"{quote.number}: {error}"
    if right == quote.totals:
        return ""
    return (
        f"{quote.number} comes to AED {format_amount(right.total)} (VAT {format_amount(right.vat)}) and says"
        f" AED {format_amount(quote.totals.total)} (VAT {format_amount(quote.totals.vat)})"
    )


def _covers(discount: ApprovedDiscount, quote: GradedQuote) -> bool:
    ended = discount.withdrawn_at is not None and discount.withdrawn_at < quote.created_at
    is_in_force = discount.seen_at <= quote.created_at and not ended
    return is_in_force and discount.percent == quote.discount_percent
