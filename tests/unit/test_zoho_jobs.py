"""What Zoho's errors mean for a job: again later, look first, or the operator's turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from app.jobs import ZohoWork
from connectors.zoho.errors import (
    ZohoError,
    ZohoGrantRefused,
    ZohoInvalid,
    ZohoNotFound,
    ZohoNotReached,
    ZohoOutcomeUnknown,
    ZohoRefused,
    ZohoScopeMissing,
    ZohoThrottled,
    ZohoTokenUnavailable,
    ZohoUnavailable,
)
from storage.jobs import Job, JobImpossible, JobLater, JobUncertain
from storage.lease import Held

JOB = Job(Held(1, 1), "crm.test", "k", {}, None, {}, 1, False, lambda: True)


@dataclass
class Failing:
    error: Exception

    async def find(self, job: Job) -> Mapping[str, Any] | None:
        raise self.error

    async def do(self, job: Job) -> Mapping[str, Any]:
        raise self.error


async def verdict(error: Exception) -> list[Exception]:
    """What a job hears, from `do` and from `find`."""
    work, heard = ZohoWork(Failing(error)), []
    for ask in (work.do, work.find):
        with pytest.raises(Exception) as caught:  # noqa: PT011 - any kind: it is what the test asks for
            await ask(JOB)
        heard.append(caught.value)
    return heard


@pytest.mark.parametrize(
    "error", [ZohoNotReached("no connection"), ZohoUnavailable("HTTP 502"), ZohoTokenUnavailable("no token")]
)
async def test_what_did_not_happen_is_tried_later(error: ZohoError) -> None:
    for heard in await verdict(error):
        assert isinstance(heard, JobLater)
        assert (str(heard), heard.retry_after_seconds) == (str(error), None)


async def test_zoho_s_own_waiting_time_is_kept() -> None:
    for heard in await verdict(ZohoThrottled("too many calls", retry_after_seconds=60.0)):
        assert isinstance(heard, JobLater)
        assert heard.retry_after_seconds == 60.0


async def test_what_may_have_happened_is_looked_up() -> None:
    for heard in await verdict(ZohoOutcomeUnknown("POST /Tasks: cut JSON")):
        assert isinstance(heard, JobUncertain)
        assert str(heard) == "POST /Tasks: cut JSON"


@pytest.mark.parametrize(
    ("error", "mend"),
    [
        (
            ZohoInvalid("POST /Leads/upsert: MANDATORY_NOT_FOUND", code="MANDATORY_NOT_FOUND",
                        details="required field not found", field="Trade_Licence", expected=""),
            "the field Trade_Licence",
        ),
        (ZohoGrantRefused("no access token: invalid_code"), "ZOHO_REFRESH_TOKEN"),
        (ZohoScopeMissing("POST /Tasks: OAUTH_SCOPE_MISMATCH"), "make a refresh token that covers this call"),
        (ZohoNotFound("GET /Leads/1: there is no such record"), "recycle bin"),
        (ZohoRefused("POST /Tasks: refused", details="RECORD_LOCKED"), "Mend what Zoho names"),
    ],
)  # fmt: skip
async def test_a_definite_no_tells_the_operator_what_to_mend(error: ZohoError, mend: str) -> None:
    for heard in await verdict(error):
        assert isinstance(heard, JobImpossible)
        assert str(heard).startswith(str(error))
        assert error.details in str(heard)
        assert mend in str(heard)
        assert "majlis parked retry" in str(heard)


async def test_other_errors_go_through_as_they_are() -> None:
    error = KeyError("reason")
    assert await verdict(error) == [error, error]
