"""A body leaves the spool only after it is stored: a replay that fails half-way loses nothing."""

from __future__ import annotations

from pathlib import Path

from tests.support import WEBHOOK, Database, eventually, message, running_gateway, webhook

# The server answers and can store nothing, as with a full disk; the sequence counts the attempts, since
# what a failed transaction took from it stays taken.
FULL_DISK = (
    "create sequence attempts",
    "create function refuse() returns trigger language plpgsql as $$ begin"
    " perform nextval('attempts'); raise exception 'no space left' using errcode = '53100'; end $$",
    "create trigger full_disk before insert on inbox execute function refuse()",
)


async def test_a_body_whose_replay_fails_stays_in_the_spool(db: Database, tmp_path: Path) -> None:
    for statement in FULL_DISK:
        await db.write(statement)
    async with running_gateway(db.url, tmp_path) as client:
        for words in ("first", "second"):
            assert (await client.post(WEBHOOK, content=webhook(message(words)))).status_code == 200

        async def replay_failed() -> bool:
            # The first attempt was the gateway's own, before it turned to the spool.
            return bool(await db.one("select last_value >= 2 from attempts"))

        await eventually(replay_failed, what="a replay was refused")
        await db.write("drop trigger full_disk on inbox")

        async def stored() -> list[str]:
            rows = await db.rows("select body ->> 'text' as words from inbox order by received_at, id")
            return [row.words for row in rows] if len(rows) == 2 else []

        assert await eventually(stored, what="both messages are stored") == ["first", "second"]
