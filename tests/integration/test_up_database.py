"""The sandbox and a database that somebody gave it: a real catalog is left alone."""

from __future__ import annotations

import psycopg
import pytest

from app.up import UpError, refuse_real_catalog
from storage.pool import create_engine
from tests.integration.catalog_support import product, store
from tests.integration.off_script_support import copy_of


async def test_the_sandbox_keeps_off_a_catalog_that_is_not_its_sample(catalog_url: str) -> None:
    async with copy_of(catalog_url) as url:
        await refuse_real_catalog(url)
        engine = create_engine(url, test_clock=False, size=1)
        async with engine.begin() as connection:
            await store(connection, [product("OTHER-1")])
        await engine.dispose()
        with pytest.raises(UpError, match=r"has 1 products of its own.*Unset DATABASE_URL"):
            await refuse_real_catalog(url)


async def test_a_database_without_tables_may_be_the_sandboxs(catalog_url: str) -> None:
    with psycopg.connect(catalog_url, autocommit=True) as connection:
        connection.execute("create database of_nobody template template0")
    try:
        await refuse_real_catalog(catalog_url.replace("/sample_catalog", "/of_nobody"))
    finally:
        with psycopg.connect(catalog_url, autocommit=True) as connection:
            connection.execute("drop database of_nobody with (force)")
