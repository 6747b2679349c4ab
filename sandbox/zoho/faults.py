"""What may go wrong with a call, on purpose: which call, what happens, and whether it took effect first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from fnmatch import fnmatchcase

ACTIONS = {
    "answer": "`status` (200) with `code` and `message` in the product's own envelope",
    "html": "an HTML page with `status` (502)",
    "truncate": "the right answer, cut in the middle; the call took effect",
    "slow": "`seconds` before the call is carried out, or before its answer with after_commit",
    "drop": "the connection is cut without an answer",
    "expire_token": "the token of the call dies now, and the call is answered 401",
}
PRODUCTS = ("accounts", "crm", "inventory", "books")


class FaultError(ValueError):
    """A fault that cannot be understood; the text names the field and its choices."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One fault; it looks at calls that were let in (token, organization and limits were in order)."""

    action: str
    # None fits every product and every method
    product: str | None = None
    method: str | None = None
    # of the whole path, `*` for anything: `/inventory/v1/items*`
    path: str = "*"
    # the first fitting call that it strikes, from 1
    nth: int = 1
    # how many fitting calls in a row; 0 means all from then on
    times: int = 1
    # the call takes effect before its answer goes wrong
    after_commit: bool = False
    status: int | None = None
    # a number for Inventory and Books, a word for CRM and accounts
    code: int | str | None = None
    message: str | None = None
    seconds: float = 0.0
    # fitting calls so far
    seen: int = 0

    def strikes(self, product: str, method: str, path: str) -> bool:
        """Count a fitting call; True when this is one that goes wrong."""
        if self.product not in {None, product} or self.method not in {None, method}:
            return False
        if not fnmatchcase(path, self.path):
            return False
        self.seen += 1
        return self.seen >= self.nth and not self.is_over

    @property
    def is_over(self) -> bool:
        """No later call can be struck."""
        return self.times > 0 and self.seen >= self.nth + self.times


def read_faults(value: object) -> list[Fault]:
    """Faults from JSON. Raises FaultError naming the place."""
    if not isinstance(value, list):
        raise FaultError(f"faults is {value!r}; send a list of objects")
    return [_read(f"faults[{index}]", item) for index, item in enumerate(value)]


def faults_json(faults: list[Fault]) -> list[dict[str, object]]:
    """Faults as `read_faults` takes them."""
    return [asdict(fault) for fault in faults]


def take(faults: list[Fault], product: str, method: str, path: str) -> Fault | None:
    """The fault of this call: every fault counts it, the first that strikes wins."""
    struck = [fault for fault in faults if fault.strikes(product, method, path)]
    return struck[0] if struck else None


_TYPES: Mapping[str, tuple[type, ...]] = {
    "product": (str, type(None)),
    "method": (str, type(None)),
    "path": (str,),
    "nth": (int,),
    "times": (int,),
    "seen": (int,),
    "after_commit": (bool,),
    "status": (int, type(None)),
    "code": (int, str, type(None)),
    "message": (str, type(None)),
    "seconds": (int, float),
}


def _read(place: str, item: object) -> Fault:
    if not isinstance(item, Mapping):
        raise FaultError(f"{place} is {item!r}; send an object with an action")
    names = {known.name for known in fields(Fault)}
    if unknown := sorted(set(item) - names):
        raise FaultError(f"{place} has unknown fields {unknown}; the fields are {sorted(names)}")
    if item.get("action") not in list(ACTIONS):
        raise FaultError(f"{place}.action is {item.get('action')!r}; use one of {', '.join(ACTIONS)}")
    if item.get("product") not in (None, *PRODUCTS):
        raise FaultError(f"{place}.product is {item['product']!r}; use one of {', '.join(PRODUCTS)}")
    for name, types in _TYPES.items():
        given = item.get(name, types[0]())
        if not isinstance(given, types) or (isinstance(given, bool) and bool not in types):
            raise FaultError(f"{place}.{name} is {given!r}; use {' or '.join(t.__name__ for t in types)}")
    if item.get("nth", 1) < 1 or item.get("times", 1) < 0 or item.get("seconds", 0) < 0:
        raise FaultError(f"{place}: nth starts at 1, times and seconds at 0")
    return Fault(**item)
