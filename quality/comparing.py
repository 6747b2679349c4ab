"""What a turn should have been against what it was. Pure: each difference is a sentence of two halves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from quality.cases import (
    BotExpected,
    Constraints,
    CrmExpected,
    Expectation,
    ManagerReads,
    ModelCallsExpected,
    OrderExpected,
    OwnerExpected,
    PdfExpected,
    ProductsExpected,
    Relation,
    Silence,
    SlotExpected,
    StageExpected,
    UtterExpected,
)
from quality.observed import Product, Products, Turn, plain
from quality.sale_comparing import sale_differences

SIZE_TOLERANCE_CM = 5


@dataclass(frozen=True)
class Difference:
    """One expectation that was not met: its line in the file, what was expected, what was there."""

    line: int
    expected: str
    found: str


def differences(
    expectations: Sequence[Expectation], turn: Turn, earlier: Sequence[Turn], products: Products
) -> list[Difference]:
    """Everything in which `turn` is not as expected; `earlier` are the turns of the chat before it."""
    found = list(_bot([item for item in expectations if isinstance(item, BotExpected)], turn))
    for item in expectations:
        match item:
            case UtterExpected():
                found += _utter(item, turn)
            case Silence():
                if turn.replies:
                    found.append(Difference(item.line, "silence", turn.text))
            case SlotExpected():
                found += _slot(item, turn)
            case OwnerExpected():
                if turn.owner != item.owner:
                    found.append(Difference(item.line, f"owner: {item.owner}", f"owner: {turn.owner}"))
            case ManagerReads():
                found += _manager(item, turn)
            case ModelCallsExpected():
                if turn.model_calls != item.count:
                    found.append(
                        Difference(
                            item.line, f"model_calls: {item.count}", f"model_calls: {turn.model_calls}"
                        )
                    )
            case ProductsExpected():
                found += _products(item, turn, earlier, products)
            case StageExpected() | PdfExpected() | OrderExpected() | CrmExpected():
                halves = sale_differences(item, turn, earlier, products)
                found += [Difference(item.line, *half) for half in halves]
            case BotExpected():
                pass
    return sorted(found, key=lambda difference: difference.line)


def _bot(expected: Sequence[BotExpected], turn: Turn) -> Iterator[Difference]:
    """Each text is looked for in the reply that met the expectation before it, and in those after that."""
    replies = [plain(reply.text) for reply in turn.replies]
    begin = 0
    for item in expected:
        for place in range(begin, len(replies)):
            said = replies[place]
            if item.pattern.search(said) if item.pattern else said == plain(item.text):
                begin = place
                break
        else:
            yield Difference(item.line, f"bot: {item.text}", turn.text or "nothing was said")


def _utter(item: UtterExpected, turn: Turn) -> Iterator[Difference]:
    if turn.utters != item.names:
        names = [name or "words without a name" for name in turn.utters]
        yield Difference(
            item.line, f"utter: {', '.join(item.names)}", f"utter: {', '.join(names) or 'nothing'}"
        )


def _manager(item: ManagerReads, turn: Turn) -> Iterator[Difference]:
    read = [plain(text) for text in turn.manager]
    shown = " | ".join(read) or "he read nothing"
    if item.text is None:
        if read:
            yield Difference(item.line, "manager_reads: nothing", shown)
        return
    wanted = (item.pattern or item.text).replace("{code}", turn.code or "no code")
    met = (re.search(wanted, text, re.IGNORECASE) if item.pattern else text == plain(wanted) for text in read)
    if not any(met):
        yield Difference(item.line, f"manager_reads: {wanted}", shown)


def _slot(item: SlotExpected, turn: Turn) -> Iterator[Difference]:
    value = turn.slots.get(item.name)
    if value != item.value:
        yield Difference(item.line, f"{item.name}: {_shown(item.value)}", f"{item.name}: {_shown(value)}")


def _shown(value: Any) -> str:
    return "not filled" if value is None else repr(value)


def last_list(turns: Sequence[Turn], products: Products) -> list[str]:
    """The SKUs on the numbered lines of the latest turn that had any."""
    for turn in reversed(turns):
        if listed := products.listed(turn.text):
            return listed
    return []


def _products(
    item: ProductsExpected, turn: Turn, earlier: Sequence[Turn], products: Products
) -> Iterator[Difference]:
    skus = products.mentioned(turn.text)
    shown = [products[sku] for sku in skus]
    before = [products[sku] for sku in last_list(earlier, products)]

    def difference(expected: str, found: str) -> Difference:
        return Difference(item.line, f"products: {expected}", found)

    if not shown:
        if item.count != 0:
            yield difference("some", _names(shown))
        return
    if item.skus is not None and set(skus) != set(item.skus):
        yield difference(f"exactly {', '.join(item.skus)}", _names(shown))
    if item.places is not None:
        wanted = [_at(before, place) for place in item.places]
        if None in wanted:
            yield difference(
                f"the ones at {_places(item.places)} of the last list", f"the last list was: {_names(before)}"
            )
        elif {product.sku for product in wanted if product} != set(skus):
            expected = ", ".join(product.sku for product in wanted if product)
            yield difference(f"those at {_places(item.places)} ({expected})", _names(shown))
    if item.count is not None and len(skus) != item.count:
        yield difference(f"{item.count} of them", f"{len(skus)}: {_names(shown)}")
    for product in shown:
        for problem in broken(item.all, product):
            yield difference(problem, _facts(product))
    if item.some is not None and not any(not list(broken(item.some, product)) for product in shown):
        yield difference(f"at least one with {_wanted(item.some)}", _names(shown))
    if item.new:
        said = {sku for past in earlier for sku in products.mentioned(past.text)}
        if repeated := [product for product in shown if product.sku in said]:
            yield difference("none that was mentioned before", f"again: {_names(repeated)}")
    for relation in item.than_before:
        yield from (difference(problem, found) for problem, found in _unrelated(relation, shown, before))


def _at(items: Sequence[Product], place: int) -> Product | None:
    if place == -1:
        return items[-1] if items else None
    return items[place - 1] if 1 <= place <= len(items) else None


def _places(places: Sequence[int]) -> str:
    return ", ".join("the last place" if place == -1 else f"place {place}" for place in places)


def broken(constraints: Constraints, product: Product) -> Iterator[str]:
    """Which of the constraints a product does not satisfy, in words."""
    facts: dict[str, set[str | None]] = {
        "category": {product.category},
        "color": set(product.colors),
        "material": {product.material},
        "brand": {product.brand},
    }
    for name, values in facts.items():
        wanted, unwanted = getattr(constraints, name), getattr(constraints, f"not_{name}")
        if wanted and not values & set(wanted):
            yield f"{name} {' or '.join(wanted)}"
        if values & set(unwanted):
            yield f"{name} not {' nor '.join(unwanted)}"
    if constraints.min_price is not None and product.price < constraints.min_price:
        yield f"at least AED {constraints.min_price}"
    if constraints.max_price is not None and product.price > constraints.max_price:
        yield f"at most AED {constraints.max_price}"
    if constraints.quantity is not None and product.stock < constraints.quantity:
        yield f"at least {constraints.quantity} pieces in stock"
    if constraints.seats is not None and (product.seats or 0) < constraints.seats:
        yield f"at least {constraints.seats} seats"
    if constraints.size and not _fits(constraints.size, product):
        yield f"size {'x'.join(map(str, constraints.size))} cm"
    yield from _outside_of(constraints, product)
    said = f"{product.name_en} {product.description_en}".casefold()
    for word in constraints.words:
        if word.casefold() not in said:
            yield f"the word {word!r}"


def _outside_of(constraints: Constraints, product: Product) -> Iterator[str]:
    """Which limits of sides a product does not keep; what nobody knows keeps none."""
    width, _, height = product.sides
    widest = max((side for side in product.sides if side is not None), default=None)
    for limit, side, name in (
        (constraints.max_side, widest, "every side"),
        (constraints.max_width, width, "width"),
        (constraints.max_height, height, "height"),
    ):
        if limit is not None and (side is None or side > limit):
            yield f"{name} at most {limit} cm"
    if constraints.min_width is not None and (width is None or width < constraints.min_width):
        yield f"width at least {constraints.min_width} cm"


def _fits(size: Sequence[int], product: Product) -> bool:
    def near(wanted: int, side: int | None) -> bool:
        return side is not None and abs(side - wanted) <= SIZE_TOLERANCE_CM

    width, depth, height = product.sides
    if len(size) == 1:
        return any(near(size[0], side) for side in product.sides)
    if len(size) == 3 and not near(size[2], height):
        return False
    one, other = size[0], size[1]
    return (near(one, width) and near(other, depth)) or (near(one, depth) and near(other, width))


def _unrelated(
    relation: Relation, shown: Sequence[Product], before: Sequence[Product]
) -> Iterator[tuple[str, str]]:
    """The products that do not relate to all of the list before as they should."""
    if not before:
        yield f"some that are {relation.replace('_', ' ')}", "there was no list before"
        return
    holds: dict[str, Callable[[Product, Product], bool]] = {
        "cheaper": lambda now, then: now.price < then.price,
        "dearer": lambda now, then: now.price > then.price,
        "bigger": lambda now, then: _area(now) > _area(then),
        "smaller": lambda now, then: _area(now) < _area(then),
        "other_color": lambda now, then: not set(now.colors) & set(then.colors),
        "other_material": lambda now, then: now.material != then.material,
    }
    for now in shown:
        for then in before:
            if not holds[relation](now, then):
                yield f"each {relation.replace('_', ' ')} than {_facts(then)}", _facts(now)
                break


def _area(product: Product) -> int:
    width, depth, _ = product.sides
    return (width or 0) * (depth or 0)


def _wanted(constraints: Constraints) -> str:
    empty = Constraints()
    return ", ".join(
        f"{item.name} {getattr(constraints, item.name)}"
        for item in fields(Constraints)
        if getattr(constraints, item.name) != getattr(empty, item.name)
    )


def _names(shown: Sequence[Product]) -> str:
    return "; ".join(f"{product.sku} {product.name_en}" for product in shown) or "no product was mentioned"


def _facts(product: Product) -> str:
    sides = "×".join("?" if side is None else str(side) for side in product.sides)
    parts = [
        product.category, "/".join(product.colors), product.material, product.brand,
        f"AED {product.price}", f"{product.stock} in stock", f"{sides} cm",
        None if product.seats is None else f"{product.seats} seats",
    ]  # fmt: skip
    return f"{product.sku} {product.name_en} ({', '.join(part for part in parts if part)})"
