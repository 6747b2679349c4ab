"""The page at `/zoho`: what the organization holds and which calls came last."""

from __future__ import annotations

from pathlib import Path

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, empty, file

from sandbox.wire import json_response
from sandbox.zoho.replies import plain
from sandbox.zoho.standin import ZohoStandIn

STATIC = Path(__file__).parent / "static"
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SHOWN_CALLS = 60
# a page of thousands of items would only be slow to draw
SHOWN_RECORDS = 100


def zoho_page_blueprint(standin: ZohoStandIn) -> Blueprint:
    """The page, its files and the data that it asks for about once a second."""
    blueprint = Blueprint("zoho_page")

    @blueprint.get("/zoho")
    async def page(_request: Request) -> HTTPResponse:
        return await file(
            STATIC / "index.html",
            headers={"Content-Security-Policy": _PAGE_POLICY, "Cache-Control": "no-store"},
        )

    for name in ("zoho.css", "zoho.js"):

        @blueprint.get(f"/zoho/static/{name}", name=f"static_{name.replace('.', '_')}")
        async def static(_request: Request, name: str = name) -> HTTPResponse:
            return await file(STATIC / name, headers={"Cache-Control": "no-store"})

    @blueprint.get("/zoho/data")
    async def data(request: Request) -> HTTPResponse:
        """Counts, the newest records of `?kind=` and the last calls; 204 while `?version=` is still right."""
        version = f"{standin.calls.version}"
        if request.args.get("version") == version:
            return empty()
        records = standin.records()
        kind = request.args.get("kind", "leads")
        state = standin.summary()
        return json_response(
            {
                "version": version,
                "counts": state["counts"],
                "kind": kind,
                "records": plain(list(reversed(records.get(kind, [])[-SHOWN_RECORDS:]))),
                "calls": [call.as_json() for call in reversed(standin.calls.all[-SHOWN_CALLS:])],
                "limits": {name: state[name] for name in ("accounts", "finance", "crm")},
            }
        )

    return blueprint
