"""The accounts server: `/oauth/v2/token` and its revocation (zoho.md §1.3)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from sandbox.zoho.replies import Asked, Reply
from sandbox.zoho.standin import ZohoStandIn
from sandbox.zoho.tokens import Throttled

THROTTLED = {
    "error": "Access Denied",
    "error_description": "You have made too many requests continuously. Please try again after some time.",
    "status": "failure",
}


class Accounts:
    """Answers the two calls of the accounts server; parameters come by query, form or multipart."""

    def __init__(self, standin: ZohoStandIn) -> None:
        self._standin = standin

    def token(self, asked: Asked) -> Reply:
        """An access token for the refresh token. Refusals carry HTTP 200, the throttle HTTP 400."""
        config, tokens = self._standin.config, self._standin.tokens
        given = {**asked.query, **asked.form}
        if not _same(given, "client_id", config.zoho_client_id):
            return Reply({"error": "invalid_client"})
        if not _same(given, "client_secret", config.zoho_client_secret):
            return Reply({"error": "invalid_client_secret"})
        if given.get("grant_type") != "refresh_token":
            # a grant code is made by hand at the real console and is good for minutes: none is good here
            known = given.get("grant_type") == "authorization_code"
            return Reply({"error": "invalid_code" if known else "unsupported_grant_type"})
        if not _same(given, "refresh_token", config.zoho_refresh_token) or tokens.is_revoked:
            return Reply({"error": "invalid_code"})
        try:
            access_token, life_seconds = tokens.issue()
        except Throttled:
            return Reply(dict(THROTTLED), 400)
        return Reply(
            {
                "access_token": access_token,
                "scope": " ".join(self._standin.knobs.scopes),
                # an SDK switches to this host: naming the real one would send its calls there
                "api_domain": self._standin.base_url,
                "token_type": "Bearer",
                "expires_in": life_seconds,
            }
        )

    def revoke(self, asked: Asked) -> Reply:
        """The refresh token ends, and its access tokens with it."""
        if not _same({**asked.query, **asked.form}, "token", self._standin.config.zoho_refresh_token):
            return Reply({"error": "invalid_token"}, 400)
        self._standin.tokens.revoke()
        return Reply({"status": "success"})


def _same(given: Mapping[str, str], name: str, expected: str) -> bool:
    return hmac.compare_digest(given.get(name, "").encode(), expected.encode())
