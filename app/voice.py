"""Voice and files in the worker: where they may come from, who listens, and what may be acted on unasked."""

from __future__ import annotations

import structlog

from app.seller import load_seller
from app.settings import Settings
from connectors.media.download import Origin, SafeDownload
from connectors.transcription.whisper import WhisperTranscriber
from sales.received_files import FileLinks
from sales.seller_words import VoiceWords
from text.assent import assent
from text.fold import fold
from text.numbers import find_numbers
from turns.ports import FileSource, Transcriber, Transcript
from turns.voice import Voice
from turns.voice_question import Wording

# Whisper itself repeats a stretch below -1.0 or above 2.4, and takes one above 0.6 for silence (the defaults
# of its decoder). Half way to -1.0 one word in two or three is a guess: a colour or a product may be wrong.
LEAST_LOG_PROBABILITY = -0.7
MOST_NO_SPEECH = 0.6
MOST_COMPRESSION = 2.4

log = structlog.get_logger(__name__)


def is_clear(transcript: Transcript) -> bool:
    """Whether what was heard may be acted on without asking: heard well, and without a number.

    A wrong word is noticed in the answer; a wrong quantity may be noticed at the delivery. A server that says
    nothing of how sure it is gets asked about everything.
    """
    sure = transcript.log_probability
    if sure is None or sure < LEAST_LOG_PROBABILITY:
        return False
    if (transcript.no_speech or 0.0) > MOST_NO_SPEECH or (transcript.compression or 0.0) > MOST_COMPRESSION:
        return False
    words = fold(transcript.text)
    # Phone numbers and codes count nothing, and are misheard as easily.
    return not find_numbers(words) and not any(character.isdigit() for character in words)


def transcriber_of(settings: Settings) -> WhisperTranscriber | None:
    """The transcriber of the settings; None when none is configured: an address and a model are needed."""
    if not settings.transcribe_base_url or not settings.transcribe_model:
        return None
    key = settings.transcribe_api_key.get_secret_value()
    return WhisperTranscriber(settings.transcribe_base_url, key, settings.transcribe_model)


def download_of(settings: Settings) -> SafeDownload:
    """Where files come from: Wazzup's stores, or the stand-in for all of Wazzup where there is one.

    A stand-in is an address without https. The real API is never reached by one.
    """
    api = Origin.of(settings.wazzup_api_url)
    return SafeDownload(settings.wazzup_media_hosts, sandbox=api if api.scheme == "http" else None)


def file_links(settings: Settings) -> FileLinks | None:
    """Links to kept files on this installation's gateway; None without a secret to sign with."""
    secret = settings.internal_secret.get_secret_value()
    if not secret:
        log.warning("files.without_links", mend="set INTERNAL_SECRET, the same for worker and gateway")
        return None
    return FileLinks(settings.public_address, secret)


def voice_of(source: FileSource, transcriber: Transcriber | None) -> Voice:
    """What the worker's turns need to listen."""
    return Voice(source, transcriber, is_clear, assent, wording_of(load_seller().voice))


def wording_of(words: VoiceWords) -> Wording:
    """The seller's words as the turns use them."""
    return Wording(
        question=words.question.model_dump(),
        right=words.right.model_dump(),
        wrong=words.wrong.model_dump(),
        again=words.again.model_dump(),
        person=words.person.model_dump(),
    )
