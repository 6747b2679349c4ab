"""Keep the products' vectors as their texts are: in the background, in small steps, by one process.

A product can be searched by its words at once; its vector follows within minutes. Nothing here runs inside
anybody's transaction: a batch is read, embedded with no transaction open, and stored by one statement
that skips every row whose text has changed meanwhile.
"""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy import ColumnElement, Text, bindparam, cast, func, literal_column, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from catalog.schema import EMBEDDED_HASH, EMBEDDED_TEXT, IS_ACTIVE, products
from catalog.small_models import embed_products
from storage.pool import DATABASE_FAILED

log = structlog.get_logger(__name__)

# Less than a second of one core: what the end of the worker waits for, and what is lost by it.
BATCH = 8
POLL_SECONDS = 30.0
# Any number will do as long as nothing else in the database uses it as an advisory lock.
_LOCK = 7_302_002

_TRY_LOCK = text("select pg_try_advisory_lock(:lock)")
_UNLOCK = text("select pg_advisory_unlock(:lock)")
_HASH_NOW: ColumnElement[str] = literal_column(EMBEDDED_HASH)
_OUTDATED = (
    select(products.c.sku, literal_column(EMBEDDED_TEXT).label("words"), _HASH_NOW.label("hash"))
    .where(IS_ACTIVE, products.c.embedding_hash.is_distinct_from(_HASH_NOW))
    # What the seller touched last is asked for first.
    .order_by(products.c.last_modified.desc(), products.c.sku.desc())
    .limit(BATCH)
)
_MADE = (
    func.unnest(*(bindparam(name, type_=ARRAY(Text)) for name in ("skus", "hashes", "vectors")))
    .table_valued("sku", "hash", "vector", name="made")
    .render_derived()
)
# A text that changed while its vector was made keeps waiting for another one.
_STORE = (
    products.update()
    .where(products.c.sku == _MADE.c.sku, _MADE.c.hash == _HASH_NOW)
    .values(embedding=cast(_MADE.c.vector, products.c.embedding.type), embedding_hash=_MADE.c.hash)
)


async def fill_vectors(engine: AsyncEngine) -> int:
    """Embed every active product whose text has no vector of its own yet; return how many were stored.

    Returns 0 at once without an embedder, and while another process is filling.
    """
    # Each statement is a transaction of its own; the lock ends with the connection, however it ends.
    async with engine.connect() as opened:
        connection = await opened.execution_options(isolation_level="AUTOCOMMIT")
        if not (await connection.execute(_TRY_LOCK, {"lock": _LOCK})).scalar_one():
            return 0
        try:
            stored = 0
            while batch := await _fill_batch(connection):
                stored += batch
        except BaseException:
            # Cancelled in a statement a connection can do nothing more, and an error of the unlocking would
            # take the place of the cancellation. The lock ends with the connection.
            await connection.invalidate()
            raise
        await connection.execute(_UNLOCK, {"lock": _LOCK})
        return stored


async def _fill_batch(connection: AsyncConnection) -> int:
    rows = (await connection.execute(_OUTDATED, {"batch": BATCH})).all()
    if not rows:
        return 0
    vectors = await embed_products([row.words for row in rows])
    if vectors is None:
        return 0
    result = await connection.execute(
        _STORE,
        {
            "skus": [row.sku for row in rows],
            "hashes": [row.hash for row in rows],
            "vectors": [str(vector) for vector in vectors],
        },
    )
    return int(result.rowcount)


async def keep_vectors_filled(engine: AsyncEngine) -> None:
    """Fill now and after every change of the catalog, until cancelled; never raises.

    Looking costs one read of an index that is empty as long as nothing changed.
    """
    is_failing = False
    while True:
        try:
            if stored := await fill_vectors(engine):
                log.info("vectors.filled", products=stored)
            is_failing = False
        except DATABASE_FAILED as error:
            if not is_failing:
                log.warning("vectors.waiting", error=type(error).__name__)
            is_failing = True
        except Exception:  # vectors are a help, never a reason for the worker to end
            if not is_failing:
                log.exception("vectors.failed")
            is_failing = True
        await asyncio.sleep(POLL_SECONDS)
