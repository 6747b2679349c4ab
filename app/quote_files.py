"""Quotes' PDFs on the gateway: the file behind a signed link, and 404 for everything else.

The channel fetches the file from here, and so does whoever the customer forwards the link to. Nothing is
asked of the database before the signature is known to be ours; whether the link has expired is judged there,
by the clock that all of Majlis shares.
"""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import structlog
from psycopg_pool import PoolTimeout
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json, raw

from sales.links import link_key, verify
from sales.quote import LARGEST_PDF_BYTES, render_number

# Of the gateway's few connections, downloads may hold one: webhooks must not wait for them.
_AT_ONCE = 1
_PATIENCE_SECONDS = 5.0

_READ = (
    "select year, number, revision, pdf from quotes"
    " where id = %s and %s > majlis_now() and state <> 'withdrawn' and length(pdf) <= %s"
)

_HEADERS = {
    "Cache-Control": "private, max-age=3600",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    # The address is the key: no page that the file is opened from or leads to may learn it.
    "Referrer-Policy": "no-referrer",
}

log = structlog.get_logger(__name__)


def add_quote_files(app: Sanic[Any, Any], internal_secret: str) -> None:
    """Serve `GET` and `HEAD /quotes/<token>.pdf` from the application's pool (`app.ctx.pool`).

    Without an internal secret nobody can have signed a link, and every address is unknown.
    """
    key = link_key(internal_secret) if internal_secret else None
    places = asyncio.Semaphore(_AT_ONCE)

    @app.route("/quotes/<name:str>", methods=["GET", "HEAD"])
    async def quote_file(_: Request, name: str) -> HTTPResponse:
        token = name.removesuffix(".pdf")
        link = verify(token, key) if key is not None and token != name else None
        if link is None:
            return _unknown()
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS), places, app.ctx.pool.connection() as connection:
                cursor = await connection.execute(
                    _READ, (link.quote_id, link.expires_at, LARGEST_PDF_BYTES), binary=True
                )
                row = await cursor.fetchone()
        except (psycopg.Error, PoolTimeout, OSError, TimeoutError) as error:
            log.warning("quote_file.database_away", error=type(error).__name__)
            return json({"error": "the file cannot be read now; try again"}, status=503)
        if row is None:
            return _unknown()
        *number, pdf = row
        file_name = render_number(*number).replace(" ", "-")
        return raw(
            pdf,
            content_type="application/pdf",
            headers={**_HEADERS, "Content-Disposition": f'inline; filename="{file_name}.pdf"'},
        )


def _unknown() -> HTTPResponse:
    """The same for a wrong, an altered and an expired link: nothing can be learned from trying."""
    return json({"error": "there is no such file"}, status=404)
