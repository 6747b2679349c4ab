"""The routes of all four products over one stand-in; each product's own table says what it knows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from sandbox.zoho.accounts import Accounts
from sandbox.zoho.crm.api import CrmApi
from sandbox.zoho.finance.api import FinanceApi
from sandbox.zoho.gates import (
    admit_to_crm,
    admit_to_finance,
    invalid_crm_token,
    invalid_finance_token,
)
from sandbox.zoho.limits import InFlight
from sandbox.zoho.replies import Asked, FinanceRefusal, Reply, ZohoRefusal
from sandbox.zoho.router import Router, UnknownPath, WrongMethod
from sandbox.zoho.serving import Product, html_page, serve
from sandbox.zoho.standin import ZohoStandIn

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def zoho_blueprint(standin: ZohoStandIn) -> Blueprint:
    """Accounts, CRM, Inventory and Books under the addresses that Zoho gives them."""
    blueprint = Blueprint("zoho")
    for product in (
        _accounts(standin),
        _crm(standin),
        _finance(standin, "inventory", "/inventory/v1"),
        _finance(standin, "books", "/books/v3"),
    ):

        async def answer(request: Request, rest: str, product: Product = product) -> HTTPResponse:
            return await serve(standin, product, request)

        blueprint.add_route(answer, f"{product.base}/<rest:path>", methods=_METHODS, name=product.name)
    return blueprint


def _accounts(standin: ZohoStandIn) -> Product:
    accounts, router = Accounts(standin), Router()
    router.add("POST", "token", accounts.token)
    router.add("POST", "token/revoke", accounts.revoke)

    def admit(asked: Asked) -> Callable[[], Reply]:
        try:
            return partial(router.match(asked.method, asked.path).answer, asked)
        except UnknownPath:
            return partial(html_page, 404)
        except WrongMethod:
            return partial(html_page, 405)

    return Product(
        name="accounts",
        base="/oauth/v2",
        in_flight=InFlight(),
        admit=admit,
        finish=_nothing_to_add,
        dead_token=_accounts_take_no_token,
    )


def _crm(standin: ZohoStandIn) -> Product:
    api = CrmApi(standin)

    def admit(asked: Asked) -> Callable[[], Reply]:
        match = admit_to_crm(standin, api.router, asked, api.cost(asked))
        return partial(match.answer, asked)

    def finish(reply: Reply) -> None:
        """Credits show once half of the day is used; a Retry-After only where a knob asks for it."""
        limit, used = standin.knobs.crm_credits_per_day, standin.crm_day.used
        if used * 2 >= limit:
            reply.headers["X-API-CREDITS-REMAINING"] = str(limit - used)
        if reply.status == 429 and standin.knobs.crm_retry_after_seconds is not None:
            reply.headers["Retry-After"] = str(standin.knobs.crm_retry_after_seconds)

    return Product(
        name="crm",
        base="/crm/v8",
        in_flight=standin.crm_in_flight,
        admit=admit,
        finish=finish,
        dead_token=invalid_crm_token,
    )


def _finance(standin: ZohoStandIn, name: str, base: str) -> Product:
    api = FinanceApi(standin, name)

    def admit(asked: Asked) -> Callable[[], Reply]:
        return partial(admit_to_finance(standin, api.router, asked).answer, asked)

    def finish(reply: Reply) -> None:
        """The day's quota stands on every answer, refusals too."""
        limit, day = standin.knobs.finance_calls_per_day, standin.finance_day
        reply.headers["X-Rate-Limit-Limit"] = str(limit)
        reply.headers["X-Rate-Limit-Remaining"] = str(max(0, limit - day.used))
        reply.headers["X-Rate-Limit-Reset"] = str(day.seconds_left)

    return Product(
        name=name,
        base=base,
        in_flight=standin.finance_in_flight,
        admit=admit,
        finish=finish,
        dead_token=invalid_finance_token,
    )


def _nothing_to_add(_reply: Reply) -> None:
    return


def _accounts_take_no_token() -> ZohoRefusal:
    return FinanceRefusal(400, 4, "the accounts server takes no access token: use another fault here")
