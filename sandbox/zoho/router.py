"""Which handler answers a path, and which scope its token needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandbox.zoho.replies import Asked, Reply

# the parts of the path that a pattern leaves open follow the request, in order
Handler = Callable[..., Reply]


@dataclass(frozen=True, slots=True)
class Scope:
    """`service.group.operation`; the group is in lower case: ZohoCRM.modules.leads, CREATE."""

    service: str
    group: str
    operation: str

    def is_covered_by(self, granted: Sequence[str]) -> bool:
        """Whether one of the granted scopes opens this one (zoho.md §1.5)."""
        return any(self._covers(scope) for scope in granted)

    def _covers(self, granted: str) -> bool:
        service, _, rest = granted.partition(".")
        if service != self.service:
            return False
        if rest == "fullaccess.all":
            return True
        group, _, operation = rest.rpartition(".")
        if not (self.group == group or self.group.startswith(f"{group}.")):
            return False
        if operation == "WRITE":
            return self.operation in {"CREATE", "UPDATE", "DELETE"}
        return operation in {"ALL", self.operation}


@dataclass(frozen=True, slots=True)
class Route:
    """One handler under one method and pattern."""

    method: str
    pattern: tuple[str, ...]
    handler: Handler
    scope: Scope | None


@dataclass(frozen=True, slots=True)
class Match:
    """A route with the open parts of the path."""

    route: Route
    parts: tuple[str, ...]

    def answer(self, asked: Asked) -> Reply:
        """Let the handler answer. Raises ZohoRefusal."""
        return self.route.handler(asked, *self.parts)


class UnknownPath(Exception):
    """No route has this path."""


class WrongMethod(Exception):
    """The path exists under other methods."""


class Router:
    """Routes of one product; the first that fits answers."""

    def __init__(self) -> None:
        self._routes: list[Route] = []

    def add(self, method: str, path: str, handler: Handler, scope: Scope | None = None) -> None:
        """`path` is below the product's base; a part written `*` is open."""
        self._routes.append(Route(method, tuple(path.split("/")), handler, scope))

    def match(self, method: str, path: str) -> Match:
        """The route of a request. Raises UnknownPath or WrongMethod."""
        parts = tuple(path.split("/"))
        fitting = [route for route in self._routes if _fits(route.pattern, parts)]
        if not fitting:
            raise UnknownPath
        for route in fitting:
            if route.method == method:
                opened = tuple(part for part, word in zip(parts, route.pattern, strict=True) if word == "*")
                return Match(route, opened)
        raise WrongMethod


def _fits(pattern: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    return len(pattern) == len(parts) and all(
        word in {"*", part} and part for word, part in zip(pattern, parts, strict=True)
    )
