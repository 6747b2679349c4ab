"""Moving business time (storage/clock.py)."""

from __future__ import annotations

import pytest

from storage.clock import advance, read_offset
from tests.support import Database


async def test_business_time_moves_on_and_back_and_leaves_real_time_alone(db: Database) -> None:
    assert await read_offset(db.url) == 0
    assert await advance(db.url, 3600) == 3600
    ahead = "select extract(epoch from majlis_now() - clock_timestamp())::float8"
    assert await db.one(ahead) == pytest.approx(3600, abs=1)
    assert await advance(db.url, -600) == await read_offset(db.url) == 3000


async def test_a_clock_without_its_row_says_what_mends_it(db: Database) -> None:
    await db.write("delete from test_clock")
    for moved in (read_offset(db.url), advance(db.url, 60)):
        with pytest.raises(LookupError, match="run the migrations again"):
            await moved
