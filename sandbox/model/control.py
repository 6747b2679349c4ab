"""The control API of the model's stand-in: its script, and what it was asked.

`PUT /control/model/script`   `{"entries": [...]}` takes the place of the script; see `script.Entry` and
                              `script.FAULTS` for what an entry may hold
`POST /control/model/script`  its entries go before those that stand, which keep their count of `used`
`GET /control/model/script`   the script as it stands, with how often each entry was `used`
`GET /control/model/calls`    every request with its body as received, chosen by `?purpose=`;
                              `?at_least=N&timeout_seconds=S` waits for N ended ones, 408 if they do not come
`POST /control/model/reset`   no script and no calls
"""

from __future__ import annotations

from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from sandbox.control import DEFAULT_WAIT_SECONDS
from sandbox.model.script import Entry, ScriptError, read_script, script_json
from sandbox.model.standin import ModelCall, ModelStandIn
from sandbox.wire import BadRequest, json_response, number_argument, read_object


def model_control_blueprint(standin: ModelStandIn) -> Blueprint:
    """All routes under `/control/model`."""
    blueprint = Blueprint("model_control")

    @blueprint.get("/control/model/script")
    async def show_script(_request: Request) -> HTTPResponse:
        return json_response({"entries": script_json(standin.script)})

    @blueprint.put("/control/model/script")
    async def write_script(request: Request) -> HTTPResponse:
        standin.script = _entries(request)
        return json_response({"entries": script_json(standin.script)})

    @blueprint.post("/control/model/script")
    async def add_to_script(request: Request) -> HTTPResponse:
        standin.script[:0] = _entries(request)
        return json_response({"entries": script_json(standin.script)})

    @blueprint.get("/control/model/calls")
    async def calls(request: Request) -> HTTPResponse:
        purpose = request.args.get("purpose")

        def chosen() -> list[ModelCall]:
            return [
                call for call in standin.calls if call.seconds is not None and purpose in {None, call.purpose}
            ]

        at_least = int(number_argument(request, "at_least", 0))
        complete = await standin.changes.wait_until(
            lambda: len(chosen()) >= at_least,
            number_argument(request, "timeout_seconds", DEFAULT_WAIT_SECONDS),
        )
        return json_response({"calls": [call.as_json() for call in chosen()]}, 200 if complete else 408)

    @blueprint.post("/control/model/reset")
    async def reset(_request: Request) -> HTTPResponse:
        standin.reset()
        return json_response({"ok": True})

    return blueprint


def _entries(request: Request) -> list[Entry]:
    body = read_object(request)
    if unknown := sorted(set(body) - {"entries"}):
        raise BadRequest(f"unknown fields {unknown}; send {{entries: [...]}}")
    try:
        return read_script(body.get("entries"))
    except ScriptError as error:
        raise BadRequest(str(error)) from error
