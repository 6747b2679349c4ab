"""The control API of the Zoho stand-in: looking, turning knobs, and acting as the organization's people."""

from __future__ import annotations

from collections.abc import Mapping

from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from sandbox.wire import BadRequest, json_response, number_argument, read_object, text_field
from sandbox.zoho.calls import Call
from sandbox.zoho.finance.items import Change, ItemsError
from sandbox.zoho.knobs import ZohoKnobError
from sandbox.zoho.of_customer import records_of
from sandbox.zoho.replies import plain
from sandbox.zoho.standin import ZohoStandIn

DEFAULT_WAIT_SECONDS = 10.0


def zoho_control_blueprint(standin: ZohoStandIn) -> Blueprint:
    """All routes under `/control/zoho`."""
    blueprint = Blueprint("zoho_control")
    _add_looking(blueprint, standin)
    _add_turning(blueprint, standin)
    _add_acting(blueprint, standin)
    return blueprint


def _add_looking(blueprint: Blueprint, standin: ZohoStandIn) -> None:
    @blueprint.get("/control/zoho/state")
    async def state(_request: Request) -> HTTPResponse:
        return json_response(standin.summary())

    @blueprint.get("/control/zoho/records")
    async def records(request: Request) -> HTTPResponse:
        """`?kind=leads&at_least=N&timeout_seconds=S` waits for N of a kind; without a kind, all of them."""
        kind = request.args.get("kind")
        if kind is None:
            return json_response(plain(standin.records()))
        if kind not in standin.records():
            raise BadRequest(f"kind is {kind!r}; use one of {', '.join(standin.records())}")
        at_least = int(number_argument(request, "at_least", 0))
        complete = await standin.calls.wait_until(
            lambda: len(standin.records()[kind]) >= at_least,
            number_argument(request, "timeout_seconds", DEFAULT_WAIT_SECONDS),
        )
        return json_response({kind: plain(standin.records()[kind])}, 200 if complete else 408)

    @blueprint.get("/control/zoho/customer")
    async def customer(request: Request) -> HTTPResponse:
        """`?phone=971501234567`: by kind the records of that customer."""
        phone = request.args.get("phone")
        if not phone:
            raise BadRequest("phone is missing: send the customer's number")
        return json_response(plain(records_of(phone, standin.records())))

    @blueprint.get("/control/zoho/calls")
    async def calls(request: Request) -> HTTPResponse:
        """Ended calls, chosen by `?product=`, `?method=` and `?path=` (its beginning); waits as above."""
        product, method = request.args.get("product"), request.args.get("method")
        path = request.args.get("path", "")

        def chosen() -> list[Call]:
            return [
                call
                for call in standin.calls.all
                if call.seconds is not None
                and product in {None, call.product}
                and method in {None, call.method}
                and call.path.startswith(path)
            ]

        at_least = int(number_argument(request, "at_least", 0))
        complete = await standin.calls.wait_until(
            lambda: len(chosen()) >= at_least,
            number_argument(request, "timeout_seconds", DEFAULT_WAIT_SECONDS),
        )
        return json_response({"calls": [call.as_json() for call in chosen()]}, 200 if complete else 408)


def _add_turning(blueprint: Blueprint, standin: ZohoStandIn) -> None:
    @blueprint.get("/control/zoho/knobs")
    async def show_knobs(_request: Request) -> HTTPResponse:
        return json_response(standin.knobs.as_json())

    @blueprint.put("/control/zoho/knobs")
    async def turn_knobs(request: Request) -> HTTPResponse:
        try:
            standin.knobs.update(read_object(request))
        except ZohoKnobError as error:
            raise BadRequest(str(error)) from error
        return json_response(standin.knobs.as_json())

    @blueprint.post("/control/zoho/reset")
    async def reset(_request: Request) -> HTTPResponse:
        standin.reset()
        return json_response({"ok": True})


def _add_acting(blueprint: Blueprint, standin: ZohoStandIn) -> None:
    @blueprint.post("/control/zoho/items")
    async def items(request: Request) -> HTTPResponse:
        """`{insert: [item], change: {item_id: {field: value}}, delete: [item_id], after_page: N}`.

        With `after_page` it happens once page N of the next list was answered: between two pages of a sweep.
        """
        try:
            standin.ledger.items.act(_change(read_object(request)))
        except ItemsError as error:
            raise BadRequest(str(error)) from error
        standin.calls.touch()
        return json_response({"ok": True, "items": len(standin.ledger.items.all())})

    @blueprint.post("/control/zoho/record")
    async def record(request: Request) -> HTTPResponse:
        """`{kind: "deals", id, fields: {Stage: "Closed Won"}}`: a manager changes a CRM record in Zoho."""
        body = read_object(request)
        kind, record_id = text_field(body, "kind"), text_field(body, "id")
        fields = body.get("fields")
        if not isinstance(fields, dict):
            raise BadRequest("fields is missing: send an object of field names and values")
        found = standin.crm.modules.get(kind.capitalize(), {}).get(record_id)
        if found is None:
            raise BadRequest(f"there is no record {record_id} of kind {kind}")
        standin.crm.change(found, fields)
        standin.calls.touch()
        return json_response(plain(standin.crm.shown(found)))

    @blueprint.post("/control/zoho/tokens")
    async def tokens(request: Request) -> HTTPResponse:
        """`{kill: "all" | "oldest" | "newest"}`: access tokens die before their time."""
        live = standin.tokens.live()
        which = read_object(request).get("kill")
        chosen = {"all": live, "oldest": live[:1], "newest": live[-1:]}.get(str(which))
        if chosen is None:
            raise BadRequest(f"kill is {which!r}; use all, oldest or newest")
        for token in chosen:
            standin.tokens.kill(token)
        return json_response({"killed": len(chosen)})


def _change(body: Mapping[str, object]) -> Change:
    insert, change = body.get("insert", []), body.get("change", {})
    delete, after_page = body.get("delete", []), body.get("after_page")
    if not isinstance(insert, list) or not all(isinstance(item, dict) for item in insert):
        raise BadRequest("insert is no list of items: send objects as GET /items shows them")
    if not isinstance(change, dict) or not all(isinstance(item, dict) for item in change.values()):
        raise BadRequest("change is no object of item id and changed fields")
    if not isinstance(delete, list) or not all(isinstance(item_id, str) for item_id in delete):
        raise BadRequest("delete is no list of item ids")
    if after_page is not None and (isinstance(after_page, bool) or not isinstance(after_page, int)):
        raise BadRequest(f"after_page is {after_page!r}; send the number of a page")
    return Change(insert=insert, change=change, delete=delete, after_page=after_page)
