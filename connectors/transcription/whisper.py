"""Speech to words by a Whisper-compatible endpoint (port `turns.ports.Transcriber`).

`POST <base>/audio/transcriptions` with `verbose_json`, which is the form that says how sure the model is.
One attempt with a deadline: the customer waits, and can always write instead.
"""

from __future__ import annotations

import asyncio

import httpx2
import openai
from openai.types.audio import TranscriptionVerbose

from turns.ports import FetchedFile, TranscriberFailed, Transcript

# Three minutes of fast speech are about 3,500 characters; more is a model that repeats itself.
LONGEST_TRANSCRIPT = 5_000
# A key for servers of one's own that ask for none; the client insists on having one.
_NO_KEY = "none"


class WhisperTranscriber:
    """The endpoint at `base_url`, which ends before `/audio`."""

    def __init__(self, base_url: str, api_key: str, model: str) -> None:
        self._model = model
        self._client = openai.AsyncOpenAI(
            base_url=base_url,
            api_key=api_key or _NO_KEY,
            max_retries=0,
            # Proxies of the environment get no recordings of customers.
            http_client=openai.DefaultAsyncHttpxClient(trust_env=False, follow_redirects=False),
        )
        # Read from the environment by the library, and no business of this server.
        self._client.organization = self._client.project = None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def transcribe(
        self, file: FetchedFile, *, language: str | None, timeout_seconds: float
    ) -> Transcript:
        """The words of a recording; `language` (ISO 639-1) is what they are expected in.

        Raises:
            TranscriberFailed: without words: away, too slow, refused, unreadable, or nothing was said.
        """
        try:
            async with asyncio.timeout(timeout_seconds):
                answer = await self._client.audio.transcriptions.create(
                    model=self._model,
                    # The customer's own name for the file stays in the house; servers go by its ending.
                    file=(f"voice.{file.file_name.rpartition('.')[2]}", file.content, file.content_type),
                    response_format="verbose_json",
                    temperature=0.0,
                    language=language if language is not None else openai.omit,
                    timeout=timeout_seconds,
                )
        except (TimeoutError, openai.APITimeoutError) as error:
            raise TranscriberFailed(f"the transcriber did not answer within {timeout_seconds:g} s") from error
        except openai.APIStatusError as error:
            raise TranscriberFailed(f"the transcriber answered {error.status_code}") from error
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            # ValueError: a body that says it is JSON and is none. The library lets some of httpx2's through.
            raise TranscriberFailed(f"the transcriber failed: {type(error).__name__}") from error
        return _read(answer)


def _read(answer: TranscriptionVerbose) -> Transcript:
    """The answer, of which the client has checked nothing."""
    words = getattr(answer, "text", None)
    if not isinstance(words, str):
        raise TranscriberFailed("the transcriber's answer has no text")
    if len(words) > LONGEST_TRANSCRIPT:
        raise TranscriberFailed(f"the transcriber's text is longer than {LONGEST_TRANSCRIPT} characters")
    words = " ".join(words.replace("\x00", " ").split())
    if not words:
        raise TranscriberFailed("nothing was said")
    segments = getattr(answer, "segments", None)
    segments = segments if isinstance(segments, list) else []
    return Transcript(
        words,
        min(_figures(segments, "avg_logprob"), default=None),
        max(_figures(segments, "no_speech_prob"), default=None),
        max(_figures(segments, "compression_ratio"), default=None),
    )


def _figures(segments: list[object], name: str) -> list[float]:
    figures = (getattr(segment, name, None) for segment in segments)
    return [float(figure) for figure in figures if isinstance(figure, int | float)]
