"""What the storage room asks of whoever obtains OAuth tokens for it.

The rules of sharing one token between many workers live in `storage.access_token`; how a token is
asked for at a service's accounts server is the business of that service's connector. The two meet in
the shapes below: a `Refresh` is one request to the accounts server, and its answer is one of four things.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Granted:
    """A new access token, good for `expires_in_seconds` from the moment of the answer.

    `api_domain` is the address the service wants its calls at, when the answer named one.
    """

    access_token: str
    expires_in_seconds: float
    api_domain: str | None


@dataclass(frozen=True, slots=True)
class GrantRefused:
    """The accounts server refused for good (`invalid_code`, `invalid_client` and the like).

    Asking again with the same settings can only get the same answer, so this is kept as a state that
    stops every worker; changed settings have another name and so begin afresh.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class GrantThrottled:
    """`Access Denied`: too many tokens were asked for; nobody may ask again for ten minutes."""

    reason: str


@dataclass(frozen=True, slots=True)
class GrantUnanswered:
    """No answer that means anything: no connection, a time out, a 5xx, a page of HTML."""

    reason: str


Grant = Granted | GrantRefused | GrantThrottled | GrantUnanswered

Refresh = Callable[[], Awaitable[Grant]]
"""One request for a new token. It answers with a `Grant` and raises nothing for a failed request."""


class TokenUnavailable(Exception):
    """There is no access token to work with now.

    `permanent` says that only a change of the settings helps; otherwise `retry_after_seconds`, where
    known, is the soonest moment at which asking again can have another outcome.
    """

    def __init__(self, reason: str, *, permanent: bool, retry_after_seconds: float | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after_seconds = retry_after_seconds


class LimitReached(Exception):
    """A place under a limit would come free only later than the caller is ready to wait.

    `retry_after_seconds` is how long from now the place would have come.
    """

    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__(f"the limit leaves no place for another {retry_after_seconds:.1f} s")
        self.retry_after_seconds = retry_after_seconds
