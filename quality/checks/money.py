"""Rules 3, 9 and 10: prices of the catalog, totals that add up, discounts that somebody approved."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations

from quality.observed import Reply, plain
from quality.transcript import SentQuote, SpokenTurn, Transcript, Violation
from sales.quote import FILS, QuoteError, price_quote
from text.amounts import find_amounts
from text.claims import price_claims
from text.fold import fold

_AMOUNT = re.compile(r"(?<![\w.,-])(?:\d{1,3}(?:,\d{3})*|\d+)\.\d{2}(?![.,]?\d)")
_QUOTE_NUMBER = re.compile(r"\bQ-\d{4}-\d{5,}(?: R\d+)?")
_NOT_MONEY = re.compile(
    r"https?://\S+|\b[A-Z]{1,4}-\d[\w-]*(?: R\d+)?|[\w.+-]+@[\w.-]+|\d{1,2}:\d{2}|\d+(?:×\d+)+"
)
_PIECES = re.compile(r"(?:quantity|العدد)\s*:?\s*(\d+)|(?<!\d)(\d+)\s*×\s*(?=\D)")
_WHOLE = re.compile(r"(?<![\d.,])\d{1,5}(?![.,]?\d)")
_WITHOUT_VAT = re.compile(r"excluding|بدون الضريبه")
_WITH_VAT = re.compile(r"including|مع الضريبه|شامل")
# "5 % VAT", "VAT of 5 %", and no discount of the same size beside it.
_VAT_SHARE = re.compile(
    r"(\d+(?:\.\d+)?) ?(?:[%٪]|per ?cent)(?: (?!off|discount|خصم)\w+){0,3} (?:vat|tax|ال?ضريب)"
    r"|(?:vat|tax|ضريب\w*)(?: \w+){0,3} ?\(?(\d+(?:\.\d+)?) ?(?:[%٪]|per ?cent)"
)
# What a price was before it changed: "AED 330.00 became AED 337.00".
_EARLIER = re.compile(r"(?:AED )?[\d,]+\.\d{2} (?=became|وصار)")
_BUDGET = re.compile(r"budget|under|below|within|up to|limit|ميزاني|تحت|حدود|اقل من|فوق")
_COMPARED = re.compile(r"(?<!\w)(?:less|more|cheaper|dearer|ارخص|اغلي)(?!\w)")
# How an order is paid, as the seller's facts have it, is no discount.
_PAYING = re.compile(
    r"(?<!\w)(?:pay\w*|advance|deposit|upfront|up front|with the order|مقدم\w*|عربون|[تي]?دفع\w*|دفعه)(?!\w)"
)
_REDUCED = re.compile(r"(?<!\w)(?:off|discount\w*|less|cheaper|reduc\w*|خصم|تخفيض|ارخص|اقل)(?!\w)")
_HALF = re.compile(
    r"(?<!\w)(?:half(?: of)?(?: the| your)?(?: amount| total| value)?|نصف?(?: (?:المبلغ|القيمه))?)"
    r"(?!\w| (?:the )?price| ال?سعر)"
)
_FIFTY, _HUNDRED = Decimal(50), Decimal(100)


def prices_are_the_catalogs(transcript: Transcript) -> Iterator[Violation]:
    """Rule 3: every amount is a product's price, or made of such prices, or a quote's, or the customer's."""
    for quote in transcript.quotes:
        for row in quote.lines:
            if row.sku in transcript.products and row.rate != transcript.products[row.sku].price:
                problem = f"quote {quote.number} has {row.sku} at {row.rate}, not at the catalog's price"
                yield Violation(3, None, problem, at=quote.sent_at)
    told, budgets = _told_by_records(transcript), set[Decimal]()
    for place, turn in enumerate(transcript.turns):
        # A budget may be said back.
        budgets |= {value for amount in find_amounts(transcript.said[place]) for value in amount.values}
        records = told | budgets
        for reply in turn.replies:
            text = plain(reply.text)
            elsewhere = records | _totals_of(text, turn, transcript)
            for line in text.splitlines():
                anyhow = {
                    *turn.traced,
                    *(budgets if _BUDGET.search(fold(line)) else ()),
                    *(_differences(text, transcript) if _COMPARED.search(fold(line)) else ()),
                }
                yield from _wrong_prices(line, place, anyhow, elsewhere, transcript)


def _wrong_prices(
    line: str, place: int, anyhow: set[Decimal], elsewhere: Collection[Decimal], transcript: Transcript
) -> Iterator[Violation]:
    """`anyhow` may stand in any line, `elsewhere` in one that tells more than a product's price."""
    named = transcript.products.mentioned(line)
    amounts = _amounts(line, transcript)
    own = {transcript.products[sku].price for sku in named}
    quoted = {row.rate for quote in transcript.quotes for row in quote.lines if row.sku in named}
    for amount in amounts:
        if amount in own | quoted | anyhow:
            continue
        if (
            len(named) == 1
            and len(amounts) == 1
            and not _PIECES.search(line)
            and amount != _multiple(own, line)
        ):
            price = transcript.products[named[0]].price
            yield Violation(3, place, f"{named[0]} at {amount}; the catalog says {price}", line)
        elif amount not in elsewhere:
            yield Violation(3, place, f"{amount} is no price of the catalog", line)


def _multiple(prices: Collection[Decimal], line: str) -> Decimal | None:
    """The price of as many pieces as the line says, if it says how many."""
    counts = [int(found) for found in _WHOLE.findall(_NOT_MONEY.sub(" ", line))]
    products = [price * count for price in prices for count in counts]
    return products[0] if len(products) == 1 else None


def _amounts(line: str, transcript: Transcript) -> list[Decimal]:
    """What a line of ours says in money; names and codes hold numbers, too."""
    for sku in transcript.products.mentioned(line):
        product = transcript.products[sku]
        line = line.replace(product.name_en, " ").replace(product.name_ar, " ")
    line = _EARLIER.sub(" ", _NOT_MONEY.sub(" ", line))
    written = [Decimal(found.replace(",", "")) for found in _AMOUNT.findall(line)]
    claimed = [amount for amount in price_claims(line).amounts if amount not in written]
    return [*written, *claimed]


def _told_by_records(transcript: Transcript) -> set[Decimal]:
    found: set[Decimal] = set()
    for quote in transcript.quotes:
        totals = quote.totals
        found |= {totals.subtotal, totals.discount, totals.vat, totals.total}
        found |= {line.line_total for line in quote.lines}
    return found


def _differences(text: str, transcript: Transcript) -> set[Decimal]:
    """By how much one product of a reply is cheaper than another."""
    prices = [transcript.products[sku].price for sku in transcript.products.mentioned(text)]
    return {abs(one - other) for one, other in combinations(prices, 2)}


def _totals_of(text: str, turn: SpokenTurn, transcript: Transcript) -> set[Decimal]:
    """What the products of a reply come to: one by one for the pieces that are named, and all together."""
    found: set[Decimal] = set()
    together = Decimal(0)
    named = fold(f"{text} {' '.join(turn.customer)}")
    counts = {int(one) for one in _WHOLE.findall(_NOT_MONEY.sub(" ", named))}
    for line in text.splitlines():
        for sku in transcript.products.mentioned(line):
            price = transcript.products[sku].price
            found |= {price * count for count in counts} | {price}
            if pieces := _PIECES.search(line):
                together += price * int(pieces.group(1) or pieces.group(2))
    found.add(together)
    return found | {_with_vat(amount, transcript.vat_percent) for amount in found}


def totals_add_up(transcript: Transcript) -> Iterator[Violation]:
    """Rule 9: a quote's figures follow from its lines, the message tells its total, and VAT is the rate's."""
    for quote in transcript.quotes:
        yield from _wrong_totals(quote, transcript.vat_percent)
    for place, turn in enumerate(transcript.turns):
        for reply in turn.replies:
            text = plain(reply.text)
            yield from _wrong_told(text, place, transcript)
            for line in text.splitlines():
                folded = fold(line)
                written = [Decimal(found.replace(",", "")) for found in _AMOUNT.findall(line)]
                is_both = _WITHOUT_VAT.search(folded) and _WITH_VAT.search(folded)
                if (
                    is_both
                    and len(written) == 2
                    and written[1] != _with_vat(written[0], transcript.vat_percent)
                ):
                    problem = f"{written[1]} is not {written[0]} and {transcript.vat_percent} % VAT"
                    yield Violation(9, place, problem, line)


def _wrong_totals(quote: SentQuote, vat_percent: Decimal) -> Iterator[Violation]:
    if quote.vat_percent != vat_percent:
        problem = f"quote {quote.number} has {quote.vat_percent} % VAT, not {vat_percent} %"
        yield Violation(9, None, problem, at=quote.sent_at)
    try:
        right = price_quote(quote.lines, quote.vat_percent, quote.discount_percent)
    except QuoteError as error:
        yield Violation(9, None, f"quote {quote.number}: {error}", at=quote.sent_at)
        return
    for name in ("subtotal", "discount", "vat", "total"):
        if getattr(quote.totals, name) != getattr(right, name):
            found = getattr(quote.totals, name)
            problem = f"the {name} of quote {quote.number} is {found}, not {getattr(right, name)}"
            yield Violation(9, None, problem, at=quote.sent_at)


def _wrong_told(text: str, place: int, transcript: Transcript) -> Iterator[Violation]:
    totals = {quote.number: quote.totals.total for quote in transcript.quotes}
    numbers = [number for number in _QUOTE_NUMBER.findall(text) if number in totals]
    # Other lines may tell what single products cost.
    about = "\n".join(
        line for line in text.splitlines() if _QUOTE_NUMBER.search(line) or _WITH_VAT.search(fold(line))
    )
    written = [Decimal(found.replace(",", "")) for found in _AMOUNT.findall(about)]
    if numbers and written and totals[numbers[0]] not in written:
        yield Violation(
            9, place, f"{numbers[0]} comes to {totals[numbers[0]]}, which is not what was told", text
        )


def discounts_are_approved(transcript: Transcript) -> Iterator[Violation]:
    """Rule 10: no discount in a quote or in words before a manager approved it, and nothing for free."""
    for quote in transcript.quotes:
        if quote.discount_percent and quote.discount_percent not in _approved(transcript, quote.made_at):
            problem = f"{quote.discount_percent} % in quote {quote.number}, approved by nobody"
            yield Violation(10, None, problem, at=quote.sent_at)
    stated = _shares_of_payment(transcript)
    for place, turn in enumerate(transcript.turns):
        for reply in turn.replies:
            for line in _without_facts(plain(reply.text), transcript).splitlines():
                folded = _without_vat(fold(_NOT_MONEY.sub(" ", line)), transcript.vat_percent)
                allowed: set[Decimal] = set()
                if stated and _PAYING.search(folded) and not _REDUCED.search(folded):
                    allowed = stated
                    folded = _HALF.sub(" ", folded) if _FIFTY in stated else folded
                claims = price_claims(folded)
                loose = [
                    share
                    for share in claims.percents
                    if share not in allowed and not _was_approved(share, reply, turn, transcript)
                ]
                if loose:
                    yield Violation(10, place, f"{loose[0]} %, approved by nobody", line)
                elif claims.is_claim and not claims.amounts and not claims.percents:
                    yield Violation(10, place, "something is given away", line)


def _without_facts(text: str, transcript: Transcript) -> str:
    """Half to be paid with the order is the seller's word, and no half price."""
    for fact in transcript.seller.facts:
        text = text.replace(fact, " ")
    return text


def _without_vat(folded: str, vat_percent: Decimal) -> str:
    return _VAT_SHARE.sub(lambda told: " " if Decimal(told[1] or told[2]) == vat_percent else told[0], folded)


def _shares_of_payment(transcript: Transcript) -> set[Decimal]:
    """The parts in which an order is paid, as the seller's facts say it."""
    terms = [fact for fact in map(fold, transcript.seller.facts) if _PAYING.search(fact)]
    shares = {share for fact in terms for share in price_claims(fact).percents}
    return shares | {_FIFTY for fact in terms if _HALF.search(fact)}


def _was_approved(share: Decimal, reply: Reply, turn: SpokenTurn, transcript: Transcript) -> bool:
    """Whether it was approved when the reply left, which may be while its turn ran."""
    times = [approval.at for approval in transcript.approvals if approval.percent == share]
    if turn.at is None or not times:
        return bool(times)
    left = (one.at for one in transcript.sent if one.text == reply.text and one.at >= turn.at)
    return min(times) <= min(left, default=turn.at)


def _approved(transcript: Transcript, when: datetime) -> set[Decimal]:
    return {
        approval.percent
        for approval in transcript.approvals
        if approval.at <= when and (approval.until is None or when <= approval.until)
    }


def _with_vat(amount: Decimal, vat_percent: Decimal) -> Decimal:
    return (amount + (amount * vat_percent / _HUNDRED).quantize(FILS, ROUND_HALF_UP)).quantize(FILS)
