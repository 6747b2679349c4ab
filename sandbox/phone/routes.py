"""Routes of the phone page: its files, and the data that it asks for about once a second."""

from __future__ import annotations

from pathlib import Path

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, empty, file

from sandbox.clock import iso_milliseconds
from sandbox.journal import as_json
from sandbox.phone.acting import add_acting
from sandbox.phone.rows import rows_of_chat
from sandbox.phone.writing import add_writing
from sandbox.wazzup.standin import WazzupStandIn
from sandbox.wire import json_response
from sandbox.zoho.standin import ZohoStandIn

STATIC = Path(__file__).parent / "static"
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;"
    " media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def phone_blueprint(standin: WazzupStandIn, zoho: ZohoStandIn) -> Blueprint:
    """The page at `/` and its data under `/phone`."""
    blueprint = Blueprint("phone")
    _add_page(blueprint)
    _add_data(blueprint, standin)
    add_writing(blueprint, standin)
    add_acting(blueprint, standin, zoho)
    return blueprint


def _add_page(blueprint: Blueprint) -> None:
    @blueprint.get("/")
    async def page(_request: Request) -> HTTPResponse:
        return await file(
            STATIC / "index.html",
            headers={"Content-Security-Policy": _PAGE_POLICY, "Cache-Control": "no-store"},
        )

    for name in sorted(path.name for path in STATIC.iterdir() if path.suffix in {".css", ".js"}):

        @blueprint.get(f"/phone/static/{name}", name=f"static_{name.replace('.', '_')}")
        async def static(_request: Request, name: str = name) -> HTTPResponse:
            return await file(STATIC / name, headers={"Cache-Control": "no-store"})

    @blueprint.get("/favicon.ico")
    async def favicon(_request: Request) -> HTTPResponse:
        return empty()


def _add_data(blueprint: Blueprint, standin: WazzupStandIn) -> None:
    journal = standin.journal

    @blueprint.get("/phone/chats")
    async def chats(_request: Request) -> HTTPResponse:
        """The chats of this phone page, the one with the latest message first."""
        last = {message.chat_id: message for message in journal.messages if message.delivered}
        latest = sorted(last.values(), key=lambda message: message.sequence, reverse=True)
        known = [chat_id for chat_id in journal.names if chat_id not in last]
        listed: list[dict[str, object]] = [
            {
                "chat_id": message.chat_id,
                "name": journal.names.get(message.chat_id),
                "preview": message.text or message.file_name or "",
                "at": iso_milliseconds(message.date_time),
            }
            for message in latest
        ]
        listed += [{"chat_id": chat_id, "name": journal.names[chat_id], "preview": ""} for chat_id in known]
        backstage = standin.config.backstage
        return json_response(
            {"chats": listed, "manager_chat_id": backstage.manager_chat_id if backstage else ""}
        )

    @blueprint.get("/phone/messages")
    async def messages(request: Request) -> HTTPResponse:
        """The chat's messages, also those that never arrived; 204 while `?version=` is still right."""
        chat_id = request.args.get("chat_id", "")
        if request.args.get("version") == str(journal.version):
            return empty()
        return json_response(
            {
                "version": journal.version,
                "messages": [as_json(message) for message in journal.chat(chat_id)],
            }
        )

    @blueprint.get("/phone/rows")
    async def rows(request: Request) -> HTTPResponse:
        chat_id = request.args.get("chat_id", "")
        return json_response(await rows_of_chat(standin.config.backstage, chat_id))
