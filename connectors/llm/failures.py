"""What a status or an error of a model's server means (`text-and-documents.md` §6).

402                         the account is empty: no model of this server will answer
401                         the key is wrong: likewise
400, 403, 413, 422          the request, or what is in it, is refused; another model gets the same request
404                         no such model here, or none that meets the privacy we ask for: the next may be
408, 409, 429, 5xx          not now: the next model, if there is time
anything else               no answer of a model's server at all
"""

from __future__ import annotations

import re

from offscript.ports import ModelCallFailed, Reason, Usage

_REFUSED = frozenset({400, 401, 403, 413, 422})
_NOT_NOW = frozenset({408, 409, 429})
_WORD = re.compile(r"[a-z0-9_.-]{1,40}", re.IGNORECASE | re.ASCII)


def by_status(
    status: int,
    code: object = None,
    *,
    in_body: bool = False,
    usage: Usage | None = None,
    invites_again: bool = False,
) -> ModelCallFailed:
    """The failure behind an HTTP status, or behind a `code` of an error in the body of a 200 (`in_body`).

    `code` is repeated only when it is one word, for a sentence may quote the request. `invites_again`: the
    server said `Retry-After: 0`, so it is up.
    """
    where = "an error in the body of a 200" if in_body else "HTTP"
    named = f" ({code})" if isinstance(code, str) and _WORD.fullmatch(code) else ""
    detail = f"{where} {status}{named}"

    def failure(reason: Reason, *, may_ask_another: bool, is_outage: bool = False) -> ModelCallFailed:
        return ModelCallFailed(
            reason,
            detail,
            status=status,
            usage=usage,
            may_cost=in_body,
            may_ask_another=may_ask_another,
            is_outage=is_outage,
        )

    if status == 402:
        return failure(Reason.OUT_OF_CREDIT, may_ask_another=False)
    if status in _REFUSED:
        return failure(Reason.REFUSED, may_ask_another=False)
    if status == 404:
        return failure(Reason.REFUSED, may_ask_another=True)
    if status in _NOT_NOW or status >= 500:
        return failure(Reason.UNREACHABLE, may_ask_another=True, is_outage=not invites_again)
    return failure(Reason.UNUSABLE, may_ask_another=True, is_outage=True)


def unusable(detail: str, usage: Usage | None = None) -> ModelCallFailed:
    """An answer came and is none; it may be charged, and another model may do better."""
    return ModelCallFailed(Reason.UNUSABLE, detail, status=200, usage=usage, may_cost=True)


def no_model_server(detail: str) -> ModelCallFailed:
    """A 200 of something that is no model's server: a proxy's page, a cut or endless document."""
    return ModelCallFailed(Reason.UNUSABLE, detail, status=200, may_cost=True, is_outage=True)
