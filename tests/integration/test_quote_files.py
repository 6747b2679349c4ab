"""Quotes' PDFs on the gateway's real socket: the file behind a good link, and nothing behind any other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from sales.links import link_key, sign
from sales.quote import LARGEST_PDF_BYTES
from sales.quote_pdf import render
from storage import clock
from tests import quote_samples as samples
from tests.integration.quote_support import PDF, draft, send, sent
from tests.support import WEBHOOK, Database, eventually, message, running_gateway, webhook

SECRET = "internal-secret-of-tests"
KEY = link_key(SECRET)
NO_DATABASE = "postgresql://majlis@127.0.0.1:1/none"


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(hours=1)


@pytest.fixture
async def client(db: Database, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with running_gateway(db.url, tmp_path, internal_secret=SECRET) as gateway:
        yield gateway


async def test_a_signed_link_gives_the_file_as_it_was_sent(db: Database, client: httpx.AsyncClient) -> None:
    pdf = render(samples.document([samples.CHAIR]), "both")
    await send(db, quote := await draft(db), pdf)
    answer = await client.get(sign(quote.id, soon(), KEY))
    assert (answer.status_code, answer.content) == (200, pdf)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-length"] == str(len(pdf))
    assert answer.headers["content-disposition"] == f'inline; filename="{quote.number}.pdf"'
    assert answer.headers["cache-control"].startswith("private")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers
    assert not answer.history


async def test_a_revision_is_named_in_the_file_s_name_and_the_former_one_can_still_be_read(
    db: Database, client: httpx.AsyncClient
) -> None:
    first, second = await sent(db), await sent(db)
    former, newest = [(await client.get(sign(quote.id, soon(), KEY))) for quote in (first, second)]
    assert (former.status_code, newest.status_code) == (200, 200)
    assert f'"{first.number}-R2.pdf"' in newest.headers["content-disposition"]


async def test_head_tells_all_but_the_file(db: Database, client: httpx.AsyncClient) -> None:
    path = sign((await sent(db)).id, soon(), KEY)
    head, get = await client.head(path), await client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length", "content-disposition", "cache-control"):
        assert head.headers[name] == get.headers[name]
    assert (await client.head("/quotes/nothing.pdf")).status_code == 404


async def test_every_wrong_link_gets_the_same_answer(db: Database, client: httpx.AsyncClient) -> None:
    quote = await sent(db)
    good = sign(quote.id, soon(), KEY)
    assert (await client.get(good)).status_code == 200
    middle = len(good) // 2
    wrong = {
        "guessed": f"/quotes/{'A' * 64}.pdf",
        "by its id": f"/quotes/{quote.id}.pdf",
        "by its number": f"/quotes/{quote.number}.pdf",
        "altered": good[:middle] + ("A" if good[middle] != "A" else "B") + good[middle + 1 :],
        "of another secret": sign(quote.id, soon(), link_key("another")),
        "expired": sign(quote.id, datetime.now(UTC) - timedelta(seconds=1), KEY),
        "without its end": good.removesuffix(".pdf"),
        "with two ends": f"{good}.pdf",
        "of no quote": sign(999, soon(), KEY),
        "of an id above what a column holds": sign(2**64 - 1, soon(), KEY),
        "empty": "/quotes/.pdf",
        "up and down": "/quotes/..%2f..%2fetc%2fpasswd.pdf",
        "not text": "/quotes/%ff%fe.pdf",
        "a folder": "/quotes/",
    }
    answers = {name: await client.get(path) for name, path in wrong.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(wrong, 404)
    ours = {answers[name].content for name in ("guessed", "altered", "expired", "of no quote")}
    assert len(ours) == 1


async def test_a_link_ends_with_business_time(db: Database, client: httpx.AsyncClient) -> None:
    path = sign((await sent(db)).id, soon(), KEY)
    assert (await client.get(path)).status_code == 200
    await clock.advance(db.url, 3_601)
    assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize(
    "change",
    ["state = 'draft', pdf = null, pdf_sha256 = null, sent_at = null", "state = 'withdrawn'"],
    ids=["no PDF yet", "withdrawn"],
)
async def test_a_quote_that_is_not_to_be_seen_is_not_there(
    db: Database, client: httpx.AsyncClient, change: str
) -> None:
    path = sign((await sent(db)).id, soon(), KEY)
    await db.write(f"update quotes set {change}")
    assert (await client.get(path)).status_code == 404


async def test_a_file_above_the_limit_is_not_served(db: Database, client: httpx.AsyncClient) -> None:
    quote = await sent(db)
    path = sign(quote.id, soon(), KEY)
    await db.write("update quotes set pdf = convert_to(repeat('x', :size), 'utf8')", size=LARGEST_PDF_BYTES)
    assert len((await client.get(path)).content) == LARGEST_PDF_BYTES
    await db.write("update quotes set pdf = pdf || 'x'")
    assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_a_link_is_for_reading(db: Database, client: httpx.AsyncClient, method: str) -> None:
    path = sign((await sent(db)).id, soon(), KEY)
    assert (await client.request(method, path)).status_code == 405


async def test_without_a_secret_no_link_is_good(db: Database, tmp_path: Path) -> None:
    quote = await sent(db)
    async with running_gateway(db.url, tmp_path) as client:
        assert (await client.get(sign(quote.id, soon(), KEY))).status_code == 404


async def test_a_wrong_link_needs_no_database_and_a_good_one_says_that_it_is_away(tmp_path: Path) -> None:
    async with running_gateway(NO_DATABASE, tmp_path, internal_secret=SECRET) as client:
        assert (await client.get(f"/quotes/{'A' * 64}.pdf")).status_code == 404
        assert (await client.get(sign(1, soon(), KEY))).status_code == 503


async def test_many_downloads_at_once_are_all_served(db: Database, client: httpx.AsyncClient) -> None:
    path = sign((await sent(db)).id, soon(), KEY)
    answers = await asyncio.gather(*(client.get(path) for _ in range(60)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, PDF)}


async def test_downloads_that_hang_do_not_keep_messages_from_being_stored(
    db: Database, client: httpx.AsyncClient
) -> None:
    path = sign((await sent(db)).id, soon(), KEY)

    async def waiting() -> int:
        return int(await db.one("select count(*) from pg_stat_activity where wait_event_type = 'Lock'"))

    async with db.connection() as holder, holder.transaction():
        await holder.execute("lock table quotes")
        downloads = [asyncio.create_task(client.get(path)) for _ in range(20)]
        await eventually(waiting, what="a download hangs")
        answers = [await client.post(WEBHOOK, content=webhook(message())) for _ in range(10)]
        # Stored, and not kept in the spool because no connection was to be had.
        assert await db.one("select count(*) from inbox") == 10
        assert {answer.status_code for answer in answers} == {200}
    # Those that could not wait are told to come again.
    assert {answer.status_code for answer in await asyncio.gather(*downloads)} <= {200, 503}
