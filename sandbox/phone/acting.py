"""What a tester moves beside the chat: business time, the customer's deal as its manager, templates."""

from __future__ import annotations

from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from sandbox.backstage import BackstageAway
from sandbox.clock import iso_milliseconds
from sandbox.wazzup.standin import WazzupStandIn
from sandbox.wire import BadRequest, json_response, read_object
from sandbox.zoho.of_customer import records_of
from sandbox.zoho.replies import plain
from sandbox.zoho.standin import ZohoStandIn

LONGEST_JUMP_SECONDS = 400 * 86_400
MOST_TEMPLATES = 250
_STAGES = {"won": "Closed Won", "lost": "Closed Lost"}


def add_acting(blueprint: Blueprint, standin: WazzupStandIn, zoho: ZohoStandIn) -> None:
    """The clock, the customer's records in Zoho, and the account's templates."""
    _add_clock(blueprint, standin)
    _add_templates(blueprint, standin)
    _add_crm(blueprint, standin, zoho)


def _add_clock(blueprint: Blueprint, standin: WazzupStandIn) -> None:
    backstage, clock = standin.config.backstage, standin.clock

    def now(chat_id: str) -> HTTPResponse:
        closes_at = standin.sending.windows.closes_at(chat_id)
        return json_response(
            {
                "now": iso_milliseconds(clock.now()),
                "offset_seconds": clock.offset_seconds,
                "timezone": backstage.timezone if backstage else "UTC",
                "window_closes_at": None if closes_at is None else iso_milliseconds(closes_at),
            }
        )

    @blueprint.get("/phone/clock")
    async def show(request: Request) -> HTTPResponse:
        """Business time, and when the 24-hour window of `?chat_id=` closes."""
        return now(request.args.get("chat_id", ""))

    @blueprint.post("/phone/clock")
    async def jump(request: Request) -> HTTPResponse:
        """`{advance_seconds}`: time jumps ahead for the sandbox and for Majlis."""
        seconds = read_object(request).get("advance_seconds")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise BadRequest("advance_seconds is missing: send a number of seconds")
        if not 0 < seconds <= LONGEST_JUMP_SECONDS:
            raise BadRequest("time jumps ahead only, by at most 400 days")
        if backstage is not None:
            try:
                await backstage.pass_time(seconds)
            except BackstageAway as away:
                raise BadRequest(str(away)) from away
        clock.advance(seconds)
        return now(request.args.get("chat_id", ""))


def _add_templates(blueprint: Blueprint, standin: WazzupStandIn) -> None:
    @blueprint.get("/phone/templates")
    async def templates(_request: Request) -> HTTPResponse:
        """The templates as Wazzup lists them; `POST /control/template` moves one to another status."""
        listed = standin.templates.page(MOST_TEMPLATES, 0, upper_case=False)
        return json_response({"templates": listed})


def _add_crm(blueprint: Blueprint, standin: WazzupStandIn, zoho: ZohoStandIn) -> None:
    backstage = standin.config.backstage

    @blueprint.get("/phone/crm")
    async def records(request: Request) -> HTTPResponse:
        """By kind the records of the customer of `?chat_id=`."""
        found = records_of(request.args.get("chat_id", ""), zoho.records())
        return json_response(
            {"records": plain(found), "discount_field": backstage.discount_field if backstage else ""}
        )

    @blueprint.post("/phone/deals/<deal_id:str>")
    async def decide(request: Request, deal_id: str) -> HTTPResponse:
        """`{discount_percent}` or `{end: "won" | "lost"}`: the sales manager decides, and Majlis reads it."""
        deal = zoho.crm.modules["Deals"].get(deal_id)
        if deal is None:
            raise BadRequest(f"there is no deal {deal_id} any more")
        zoho.crm.change(deal, _decision(read_object(request), backstage.discount_field if backstage else ""))
        zoho.calls.touch()
        if backstage is not None:
            try:
                await backstage.read_deals()
            except BackstageAway as away:
                raise BadRequest(f"It is in Zoho, but Majlis has not read it yet. {away}") from away
        return json_response(plain(zoho.crm.shown(deal)))


def _decision(body: dict[str, object], discount_field: str) -> dict[str, object]:
    if (end := body.get("end")) is not None:
        if end not in _STAGES:
            raise BadRequest(f"end is {end!r}; use won or lost")
        return {"Stage": _STAGES[str(end)]}
    percent = body.get("discount_percent")
    if isinstance(percent, bool) or not isinstance(percent, int | float) or not 0 <= percent < 100:
        raise BadRequest("discount_percent is no per cent: send a number from 0 to below 100")
    if not discount_field:
        raise BadRequest("no Majlis is behind this sandbox, so its deals have no field for a discount")
    return {discount_field: percent}
