"""Who is let in: token, scope, organization and limits, each refused in the product's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sandbox.zoho.replies import Asked, CrmRefusal, FinanceRefusal
from sandbox.zoho.router import Match, Router, UnknownPath, WrongMethod
from sandbox.zoho.standin import ZohoStandIn

_SCHEME = "zoho-oauthtoken"
BLOCKED_MINUTE = (
    "For security reasons your organization has been blocked as it have exceeded the maximum number of"
    " requests per minute that can originate from an organization."
)
TOO_MANY_IN_FLIGHT = (
    "You have reached the maximum number of in process requests allowed. Kindly try again after some time."
)
NOT_AUTHORIZED = "You are not authorized to perform this operation"


def token_of(headers: Mapping[str, str]) -> str | None:
    """The token after `Zoho-oauthtoken`; None for any other scheme, Bearer too."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == _SCHEME else None


def admit_to_crm(standin: ZohoStandIn, router: Router, asked: Asked, cost: int) -> Match:
    """The route that may answer. Raises CrmRefusal."""
    token = token_of(asked.headers)
    if token is None:
        raise CrmRefusal(401, "AUTHENTICATION_FAILURE", "Authentication failed")
    if not standin.tokens.is_good(token):
        raise invalid_crm_token()
    knobs = standin.knobs
    if standin.crm_in_flight.count > knobs.crm_concurrent_calls or not standin.crm_day.admit(
        cost, knobs.crm_credits_per_day
    ):
        raise CrmRefusal(429, "TOO_MANY_REQUESTS", "Too many requests")
    try:
        match = router.match(asked.method, asked.path)
    except UnknownPath:
        message = "Please check if the URL trying to access is a correct one"
        raise CrmRefusal(404, "INVALID_URL_PATTERN", message) from None
    except WrongMethod:
        message = "The http request method type is not a valid one"
        raise CrmRefusal(405, "INVALID_REQUEST_METHOD", message) from None
    _check_crm_scope(standin, match)
    return match


def invalid_crm_token() -> CrmRefusal:
    """The token is expired, deleted or was never issued."""
    return CrmRefusal(401, "INVALID_TOKEN", "invalid oauth token")


def admit_to_finance(standin: ZohoStandIn, router: Router, asked: Asked) -> Match:
    """The route that may answer. Raises FinanceRefusal."""
    token = token_of(asked.headers)
    if token is None or not standin.tokens.is_good(token):
        raise invalid_finance_token()
    knobs = standin.knobs
    if not standin.minute.admit(knobs.finance_calls_per_minute):
        raise FinanceRefusal(429, 44, BLOCKED_MINUTE)
    if standin.finance_in_flight.count > knobs.finance_in_flight:
        raise FinanceRefusal(429, 1070, TOO_MANY_IN_FLIGHT)
    if not standin.finance_day.admit(1, knobs.finance_calls_per_day):
        limit = knobs.finance_calls_per_day
        message = f"The API call for this organization has exceeded the maximum call rate limit of {limit}."
        raise FinanceRefusal(429, 45, message)
    try:
        match = router.match(asked.method, asked.path)
    except UnknownPath:
        raise FinanceRefusal(404, 5, "Invalid URL Passed") from None
    except WrongMethod:
        raise FinanceRefusal(405, 37, "The HTTP method is not allowed for the requested resource") from None
    if match.route.scope is not None and not match.route.scope.is_covered_by(knobs.scopes):
        raise FinanceRefusal(401, 57, NOT_AUTHORIZED)
    _check_organization(standin, asked)
    return match


def invalid_finance_token() -> FinanceRefusal:
    """The token is missing, expired, deleted or was never issued; a missing scope reads the same."""
    return FinanceRefusal(401, 57, NOT_AUTHORIZED)


def _check_organization(standin: ZohoStandIn, asked: Asked) -> None:
    """Every call names the organization; only the list of organizations does not."""
    if asked.path.split("/", 1)[0] == "organizations":
        return
    given = asked.query.get("organization_id", "")
    if given != standin.config.zoho_organization_id:
        message = f"This user is not associated with the CompanyID/CompanyName:{given}."
        raise FinanceRefusal(400, 4029, message)


def _check_crm_scope(standin: ZohoStandIn, match: Match) -> None:
    scope = match.route.scope
    if scope is not None and scope.group == "modules.*":
        scope = replace(scope, group=f"modules.{match.parts[0].lower()}")
    if scope is not None and not scope.is_covered_by(standin.knobs.scopes):
        raise CrmRefusal(401, "OAUTH_SCOPE_MISMATCH", "invalid oauth scope to access this URL")
