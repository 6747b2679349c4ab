"""A sandbox with its transcriber, a worker's dispatch that listens to it, and a customer who speaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app.voice import voice_of
from app.worker import decide_language
from connectors.media.download import Origin, SafeDownload
from connectors.transcription.whisper import WhisperTranscriber
from sandbox.config import SandboxConfig
from sandbox.server import RunningSandbox, start_sandbox
from sandbox.wazzup.media import StoredFile
from sandbox.wazzup.voice import silent_voice_note
from tests.integration.sandbox_support import API_KEY, CHANNEL_ID
from tests.integration.turn_support import APOLOGY, PAUSED, ScriptedEngine
from tests.support import AT_ONCE, CHAT_ID, READER, Database, message, webhook
from turns.dispatch import Dispatch
from turns.inbox import Debounce
from turns.voice import Voice

TRANSCRIPTION_KEY = "transcription-key-of-tests"


@dataclass
class Street:
    """Everything between a customer's microphone and the engine."""

    db: Database
    sandbox: RunningSandbox
    voice: Voice

    def worker(self, rasa: ScriptedEngine) -> Dispatch:
        return Dispatch(
            self.db.engine, rasa, READER, decide_language, APOLOGY, asyncio.Event(), self.voice, PAUSED
        )

    def script(self, *answers: dict[str, object], repeat: bool = False) -> None:
        """What the transcriber answers, in order."""
        self.sandbox.transcription.turn(answers, repeat=repeat)

    def file(self, data: bytes, content_type: str, name: str) -> str:
        """The address of a file that somebody sent."""
        return self.sandbox.wazzup.media.put(StoredFile(data=data, content_type=content_type, file_name=name))

    async def speak(
        self,
        words: str | None = None,
        *,
        chat_id: str = CHAT_ID,
        seconds: int = 2,
        message_id: str | None = None,
        debounce: Debounce = AT_ONCE,
    ) -> None:
        """A voice message comes; `words`: what an unscripted transcriber will hear in it."""
        name = f"{words or 'voice'}.ogg"
        uri = self.file(silent_voice_note(seconds, maker=name.encode()), "audio/ogg; codecs=opus", name)
        await self.db.receive(
            webhook(message(None, type="audio", contentUri=uri, chat_id=chat_id, message_id=message_id)),
            debounce,
        )

    async def heard(self) -> list[tuple[str, str | None]]:
        """State and words of every recording, oldest first."""
        rows = await self.db.rows("select state, text from transcripts order by inbox_id")
        return [(row.state, row.text) for row in rows]


@asynccontextmanager
async def voice_street(db: Database) -> AsyncIterator[Street]:
    """A street whose sandbox plays Wazzup's store and the transcriber."""
    config = SandboxConfig(api_key=API_KEY, channel_id=CHANNEL_ID, transcription_key=TRANSCRIPTION_KEY)
    async with start_sandbox(config) as sandbox:
        download = SafeDownload([], sandbox=Origin.of(sandbox.url))
        transcriber = WhisperTranscriber(f"{sandbox.url}/v1", TRANSCRIPTION_KEY, "whisper-1")
        try:
            yield Street(db, sandbox, voice_of(download, transcriber))
        finally:
            await download.close()
            await transcriber.close()
