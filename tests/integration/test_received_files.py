"""What customers send besides words: fetched by a job, kept, listed for the managers behind signed links."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from app.jobs import works
from sales.links import link_key, sign, sign_file
from sales.ownership_storage import hand_over
from sales.received_files import MOST_LISTED, FileLinks, lines
from storage.job_runner import JobRunner
from tests.integration.job_support import until_jobs
from tests.integration.turn_support import ScriptedEngine, take, until_turns
from tests.integration.voice_support import Street, voice_street
from tests.integration.zoho_jobs_support import zoho_street
from tests.support import AT_ONCE, USUAL, Database, in_background, message, running_gateway, webhook
from turns.media_job import KIND, MOST_ATTEMPTS, KeepFile
from turns.ports import FetchedFile, FileUnreachable, Media

SECRET = "internal-secret-of-tests"
KEY = link_key(SECRET, "file")
LINKS = FileLinks("https://majlis.example", SECRET)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 40
PDF = b"%PDF-1.4\n%%EOF\n"


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(hours=1)


@pytest.fixture
async def client(db: Database, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with running_gateway(db.url, tmp_path, internal_secret=SECRET) as gateway:
        yield gateway


async def send(
    it: Street, data: bytes, kind: str = "image", *, name: str = "chair.png", words: str | None = None
) -> None:
    uri = it.file(data, "application/octet-stream", name)
    await it.db.receive(webhook(message(words, type=kind, contentUri=uri)), AT_ONCE)


async def work_off(it: Street, *states: str) -> None:
    """Answer what waits and do the jobs."""
    runner = JobRunner(it.db.engine, {KIND: KeepFile(it.db.engine, it.voice.source)}, at_once=2)
    async with in_background(it.worker(ScriptedEngine()).run(), runner.run()):
        await until_turns(it.db, "done")
        if states:
            await until_jobs(it.db, *states)
    assert await it.db.one("select count(*) from jobs") == len(states)


async def listed(db: Database, links: FileLinks | None = LINKS) -> list[str]:
    chat = await db.chat()
    async with db.engine.begin() as connection:
        return list(await lines(connection, chat, links))


# --- kept ---


@pytest.mark.parametrize(
    ("data", "kind", "name", "kept_name"),
    [
        (PNG, "image", "my chair.png", "my chair.png"),
        (PDF, "document", "قائمة.pdf", "قائمة.pdf"),
        (b"BEGIN:VCARD\nVERSION:3.0\nFN:Ali\nEND:VCARD\n", "vcard", "Ali.vcf", "Ali.vcf"),
    ],
)
async def test_a_file_is_kept_beside_the_answer(
    db: Database, data: bytes, kind: str, name: str, kept_name: str
) -> None:
    async with voice_street(db) as it:
        await send(it, data, kind, name=name)
        await work_off(it, "done")
    [row] = await db.rows("select state, content, file_name from received_files")
    assert (row.state, bytes(row.content), row.file_name) == ("kept", data, kept_name)


async def test_a_picture_with_words_is_answered_for_its_words_and_kept(db: Database) -> None:
    async with voice_street(db) as it:
        await send(it, PNG, words="do you have this one?")
        await work_off(it, "done")
    assert await db.one("select text from turns") == "do you have this one?"
    assert await db.one("select state from received_files") == "kept"


async def test_a_place_is_noted_without_a_file(db: Database) -> None:
    async with voice_street(db) as it:
        await db.receive(webhook(message(None, type="geo")), AT_ONCE)
        await work_off(it)
    [line] = await listed(db)
    assert line.startswith("- location, ")
    assert line.endswith(": see the chat")


async def test_a_sticker_is_not_kept(db: Database) -> None:
    async with voice_street(db) as it:
        uri = "https://store.wazzup24.com/a/b.was"
        await db.receive(webhook(message(None, type="image", contentUri=uri)), AT_ONCE)
        await work_off(it)
    assert await db.one("select count(*) from received_files") == 0


async def test_what_may_not_be_kept_is_noted_with_the_reason(db: Database) -> None:
    async with voice_street(db) as it:
        await send(it, b"<html><script>alert(1)</script>", "document", name="prices.pdf")
        await work_off(it, "done")
    [line] = await listed(db)
    assert "not kept, a message with document brought" in line


class Failing:
    """A store at its port that is away for a while (port `turns.ports.FileSource`)."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.asked = 0

    async def fetch(self, uri: str, kind: Media) -> FetchedFile:
        self.asked += 1
        if self.asked <= self.times:
            raise FileUnreachable("its host answered 503")
        return FetchedFile(PNG, "image/png", "chair.png")


@pytest.mark.parametrize(("times", "state"), [(2, "kept"), (100, "refused")])
async def test_a_file_that_cannot_be_had_now_is_fetched_later_and_given_up_in_the_end(
    db: Database, times: int, state: str
) -> None:
    body = webhook(message(None, type="image", contentUri="https://store.wazzup24.com/a"))
    await db.receive(body, AT_ONCE)
    await take(db)
    source = Failing(times)
    async with in_background(JobRunner(db.engine, {KIND: KeepFile(db.engine, source)}, at_once=2).run()):
        # Given up is done: no operator can mend a file that is not there.
        await until_jobs(db, "done", hurried=True)
    assert source.asked == min(times + 1, MOST_ATTEMPTS)
    assert await db.one("select state from received_files") == state
    if state == "refused":
        assert "answered 503, 6 times" in (await listed(db))[0]


async def test_what_was_forgotten_meanwhile_is_not_fetched(db: Database) -> None:
    await db.receive(webhook(message(None, type="image", contentUri="https://store.wazzup24.com/a")), AT_ONCE)
    await take(db)
    await db.write("delete from received_files")
    source = Failing(0)
    async with in_background(JobRunner(db.engine, {KIND: KeepFile(db.engine, source)}, at_once=2).run()):
        await until_jobs(db, "done")
    assert source.asked == 0
    assert await db.one("select count(*) from received_files") == 0


async def test_what_the_customer_took_back_is_not_fetched(db: Database) -> None:
    async with voice_street(db) as it:
        uri = it.file(PNG, "image/png", "chair.png")
        body = webhook(message(None, type="image", contentUri=uri, message_id="m"))
        await db.receive(body, USUAL)
        await db.receive(webhook(message("as it was", message_id="m", isDeleted=True)), USUAL)
        await db.customer("hi")
        await work_off(it)
    assert await db.one("select count(*) from received_files") == 0


# --- shown ---


async def test_a_signed_link_gives_the_file_and_nothing_it_could_do(
    db: Database, client: httpx.AsyncClient
) -> None:
    async with voice_street(db) as it:
        await send(it, PDF, "document", name="قائمة.pdf")
        await work_off(it, "done")
    number = await db.one("select id from received_files")
    answer = await client.get(sign_file(number, soon(), KEY))
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%D9%82")
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_no_other_link_gives_it(db: Database, client: httpx.AsyncClient) -> None:
    async with voice_street(db) as it:
        await send(it, PNG)
        await work_off(it, "done")
    number = await db.one("select id from received_files")
    past = datetime.now(UTC) - timedelta(seconds=5)
    wrong = [
        sign_file(number, past, KEY),
        sign_file(number + 1, soon(), KEY),
        sign_file(number, soon(), link_key("another", "file")),
        # A quote's link of the same number is no file's, and the other way round.
        sign_file(number, soon(), link_key(SECRET, "quote")),
        sign(number, soon(), KEY),
        "/files/" + "A" * 64,
    ]
    assert {(await client.get(path)).status_code for path in wrong} == {404}
    assert (await client.get(sign_file(number, soon(), KEY))).status_code == 200


async def test_a_refused_file_is_behind_no_link(db: Database, client: httpx.AsyncClient) -> None:
    async with voice_street(db) as it:
        await send(it, b"MZ\x90\x00" + bytes(60), "document", name="a.pdf")
        await work_off(it, "done")
    number = await db.one("select id from received_files")
    assert (await client.get(sign_file(number, soon(), KEY))).status_code == 404


async def test_the_link_that_managers_read_is_one_that_works(db: Database, client: httpx.AsyncClient) -> None:
    async with voice_street(db) as it:
        await send(it, PNG)
        await work_off(it, "done")
    [line] = await listed(db)
    address = line.rpartition(": ")[2]
    assert address.startswith("https://majlis.example/files/")
    answer = await client.get(address.removeprefix("https://majlis.example"))
    assert (answer.status_code, answer.content) == (200, PNG)
    assert (await listed(db, None)) == [f"{line.partition(': ')[0]}: kept by Majlis"]


async def test_the_list_is_short(db: Database) -> None:
    chat = await db.chat()
    for _ in range(MOST_LISTED + 2):
        await db.receive(webhook(message(None, type="geo")), AT_ONCE)
    await db.write(
        "insert into received_files (conversation_id, inbox_id, kind, state)"
        " select :chat, id, 'location', 'none' from inbox", chat=chat,
    )  # fmt: skip
    found = await listed(db)
    assert len(found) == MOST_LISTED + 1
    assert found[-1] == "- and more before these, in the chat itself"


async def test_the_hand_over_task_names_what_was_sent(db: Database) -> None:
    async with voice_street(db) as it:
        await send(it, PNG)
        await work_off(it, "done")
    async with zoho_street(db) as street:
        async with db.engine.begin() as connection:
            await hand_over(connection, await db.chat(), reason="the customer asked")
        runner = JobRunner(db.engine, works(db.engine, street.zoho, LINKS), at_once=1)
        async with in_background(runner.run()):
            await until_jobs(db, "done", "done")
        [task] = street.records("Tasks")
    assert "The customer also sent:\n- image, " in task["Description"]
    assert "https://majlis.example/files/" in task["Description"]
