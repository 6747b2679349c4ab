"""Files behind signed links on the gateway: quotes' PDFs and what customers sent; 404 for everything else.

The channel fetches a quote from here, and so does whoever the customer forwards the link to; a customer's
file is opened by the managers, from the task or note that names it. Nothing is asked of the database before
the signature is known to be ours; whether the link has expired is judged there, by the clock that all of
Majlis shares.
"""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote as percent_encoded

import psycopg
import structlog
from psycopg_pool import PoolTimeout
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json, raw

from sales.links import SignedLink, link_key, verify
from sales.quote import LARGEST_PDF_BYTES, render_number

# Of the gateway's few connections, downloads may hold one: webhooks must not wait for them.
_AT_ONCE = 1
_PATIENCE_SECONDS = 5.0

_READ_QUOTE = (
    "select year, number, revision, pdf from quotes"
    " where id = %s and %s > majlis_now() and state <> 'withdrawn' and length(pdf) <= %s"
)
_READ_FILE = (
    "select file_name, content_type, content from received_files"
    " where id = %s and %s > majlis_now() and state = 'kept'"
)

_HEADERS = {
    "Cache-Control": "private, max-age=3600",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    # The address is the key: no page that the file is opened from or leads to may learn it.
    "Referrer-Policy": "no-referrer",
}
# What a browser shows by itself and runs nothing of; anything else a customer sent is saved, not opened.
_SHOWN = ("image/", "audio/", "video/")

log = structlog.get_logger(__name__)


def add_signed_files(app: Sanic[Any, Any], internal_secret: str) -> None:
    """Serve `GET` and `HEAD` of `/quotes/<token>.pdf` and `/files/<token>` from the pool (`app.ctx.pool`).

    Without an internal secret nobody can have signed a link, and every address is unknown.
    """
    quote_key = link_key(internal_secret, "quote") if internal_secret else None
    file_key = link_key(internal_secret, "file") if internal_secret else None
    places = asyncio.Semaphore(_AT_ONCE)

    async def read(statement: str, link: SignedLink, *more: object) -> tuple[Any, ...] | None:
        async with asyncio.timeout(_PATIENCE_SECONDS), places, app.ctx.pool.connection() as connection:
            cursor = await connection.execute(
                statement, (link.record_id, link.expires_at, *more), binary=True
            )
            row: tuple[Any, ...] | None = await cursor.fetchone()
            return row

    @app.route("/quotes/<name:str>", methods=["GET", "HEAD"])
    async def quote_file(_: Request, name: str) -> HTTPResponse:
        token = name.removesuffix(".pdf")
        link = verify(token, quote_key) if quote_key is not None and token != name else None
        if link is None:
            return _unknown()
        try:
            row = await read(_READ_QUOTE, link, LARGEST_PDF_BYTES)
        except (psycopg.Error, PoolTimeout, OSError, TimeoutError) as error:
            return _away(error)
        if row is None:
            return _unknown()
        *number, pdf = row
        file_name = render_number(*number).replace(" ", "-")
        disposition = f'inline; filename="{file_name}.pdf"'
        return raw(
            pdf, content_type="application/pdf", headers={**_HEADERS, "Content-Disposition": disposition}
        )

    @app.route("/files/<token:str>", methods=["GET", "HEAD"])
    async def received_file(_: Request, token: str) -> HTTPResponse:
        link = verify(token, file_key) if file_key is not None else None
        if link is None:
            return _unknown()
        try:
            row = await read(_READ_FILE, link)
        except (psycopg.Error, PoolTimeout, OSError, TimeoutError) as error:
            return _away(error)
        if row is None:
            return _unknown()
        file_name, content_type, content = row
        shown = "inline" if content_type.startswith(_SHOWN) else "attachment"
        return raw(
            content,
            content_type=content_type,
            headers={
                **_HEADERS,
                "Content-Disposition": f"{shown}; filename*=UTF-8''{percent_encoded(file_name, safe='')}",
                # A stranger's bytes on our own address: whatever they turn out to be, they may do nothing.
                "Content-Security-Policy": "default-src 'none'; sandbox",
            },
        )


def _unknown() -> HTTPResponse:
    """The same for a wrong, an altered and an expired link: nothing can be learned from trying."""
    return json({"error": "there is no such file"}, status=404)


def _away(error: Exception) -> HTTPResponse:
    log.warning("signed_file.database_away", error=type(error).__name__)
    return json({"error": "the file cannot be read now; try again"}, status=503)
