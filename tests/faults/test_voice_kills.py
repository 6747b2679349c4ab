"""kill -9 around a transcription: the recording is heard, the turn runs once, the customer reads one reply.

Real workers as processes, the real sandbox, and a stand-in at Rasa's private route: what is said is not the
question here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.settings import PROJECT_ROOT
from sandbox.config import SandboxConfig
from sandbox.server import RunningSandbox, start_sandbox
from sandbox.wazzup.media import StoredFile
from sandbox.wazzup.voice import silent_voice_note
from storage.lease import LEASE_SECONDS
from tests.integration.sandbox_support import API_KEY, CHANNEL_ID, Receiver, running_receiver
from tests.support import AT_ONCE, CHAT_ID, Database, eventually, message, webhook

KEY = "transcription-key-of-tests"
BLACK = "I need a black office chair"
REPLY = "We have a few of those."


@dataclass
class Bench:
    """The database, the sandbox, what stands for Rasa, and the worker processes of one test."""

    db: Database
    sandbox: RunningSandbox
    rasa: Receiver
    faults: Path

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.faults),
            "MAJLIS_HOME": str(self.faults.parent),
            "MAJLIS_FAULTS": str(self.faults),
            "DATABASE_URL": self.db.url,
            "RASA_URLS": self.rasa.url.partition("/hook")[0],
            "WAZZUP_API_URL": self.sandbox.url,
            "WAZZUP_API_KEY": API_KEY,
            "TRANSCRIBE_BASE_URL": f"{self.sandbox.url}/v1",
            "TRANSCRIBE_API_KEY": KEY,
            "TRANSCRIBE_MODEL": "whisper-1",
        }
        with (self.faults.parent / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "run", "worker"],
                cwd=PROJECT_ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def turns_taken(self) -> list[str]:
        return [item.json["text"] for item in self.rasa.received if item.method == "POST"]

    async def gone(self, process: subprocess.Popen[bytes]) -> None:
        async def ended() -> bool:
            return process.poll() is not None

        await eventually(ended, within=30, what="the worker was killed")

    async def replied(self) -> None:
        async def sent() -> bool:
            return bool(await self.db.one("select count(*) from outbox where state = 'accepted'"))

        await eventually(sent, within=30 + LEASE_SECONDS, what="the reply was sent")


@asynccontextmanager
async def bench(db: Database, faults: Path) -> AsyncIterator[Bench]:
    config = SandboxConfig(api_key=API_KEY, channel_id=CHANNEL_ID, transcription_key=KEY)
    async with start_sandbox(config) as sandbox, running_receiver() as rasa:
        rasa.body = json.dumps({"replies": [{"text": REPLY, "buttons": [], "attachment": None}]}).encode()
        sandbox.wazzup.knobs.update({"status_script": [], "echo": "off"})
        yield Bench(db, sandbox, rasa, faults)


@pytest.fixture
def db(database_url: str, engine: AsyncEngine) -> Database:
    return Database(database_url, engine)


@pytest.fixture
def faults(tmp_path: Path) -> Path:
    folder = tmp_path / "faults"
    folder.mkdir()
    return folder


async def speak(it: Bench) -> None:
    # The customer wrote before, so that the window is open; the clock of both is the same.
    await it.sandbox.wazzup.people.customer_writes(CHAT_ID, [{"type": "text", "text": "hi"}])
    note = StoredFile(
        data=silent_voice_note(maker=b"black"),
        content_type="audio/ogg; codecs=opus",
        file_name=f"{BLACK}.ogg",
    )
    uri = it.sandbox.wazzup.media.put(note)
    await it.db.receive(webhook(message(None, type="audio", contentUri=uri)), AT_ONCE)


async def assert_once(it: Bench, *, calls: int) -> None:
    assert it.turns_taken() == [BLACK]
    [turn] = await it.db.rows("select state, tries, text, heard from turns")
    assert tuple(turn) == ("done", 1, BLACK, "clear")
    assert await it.db.one("select count(*) from outbox") == 1
    sent = [item.text for item in it.sandbox.wazzup.journal.messages if item.direction == "out"]
    assert sent == [REPLY]
    assert len(it.sandbox.transcription.calls) == calls


@pytest.mark.parametrize(("step", "calls"), [("worker.listening", 1), ("worker.heard", 1)])
async def test_a_worker_dies_beside_the_transcription(
    db: Database, faults: Path, step: str, calls: int
) -> None:
    """Before the recording left the house, or after the words were stored: it is paid for once."""
    async with bench(db, faults) as it:
        (faults / step).write_text("kill")
        await speak(it)
        with it.worker() as first:
            await it.gone(first)
        assert it.turns_taken() == []
        with it.worker():
            await it.replied()
        await assert_once(it, calls=calls)


async def test_a_worker_dies_in_mid_transcription(db: Database, faults: Path) -> None:
    """The answer was on its way to a dead worker: it is asked for once more, which is the most."""
    async with bench(db, faults) as it:
        listening = it.sandbox.transcription
        listening.may_answer.clear()
        await speak(it)
        with it.worker() as first:
            await listening.until_called(1, 30)
            first.kill()
            await it.gone(first)
        listening.may_answer.set()
        with it.worker():
            await it.replied()
        await assert_once(it, calls=2)
