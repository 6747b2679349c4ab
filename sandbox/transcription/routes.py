"""`POST /v1/audio/transcriptions` as OpenAI documents it, strict about what is sent, and its control."""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import asdict
from typing import Any

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, html, json, raw

from sandbox.transcription.standin import (
    DEFAULT_COMPRESSION,
    DEFAULT_LOG_PROBABILITY,
    DEFAULT_NO_SPEECH,
    Call,
    TranscriptionStandIn,
)
from sandbox.wire import BadRequest, json_response, number_argument, read_object

LARGEST_RECORDING_BYTES = 25 * 1024 * 1024
_FORMATS = frozenset({"json", "verbose_json", "text", "srt", "vtt"})
_ENDINGS = frozenset({"flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "wav", "webm", "amr"})
_ENDLESS = 200_000


def transcription_blueprint(standin: TranscriptionStandIn) -> Blueprint:
    """The service and its control routes."""
    blueprint = Blueprint("transcription")
    _add_service(blueprint, standin)
    _add_control(blueprint, standin)
    return blueprint


def _add_service(blueprint: Blueprint, standin: TranscriptionStandIn) -> None:
    @blueprint.post("/v1/audio/transcriptions")
    async def transcriptions(request: Request) -> HTTPResponse:
        given = request.headers.get("authorization", "")
        if standin.api_key and not hmac.compare_digest(given.encode(), f"Bearer {standin.api_key}".encode()):
            return _error(401, "Incorrect API key provided.", "invalid_api_key")
        file = request.files.get("file") if request.files else None
        form: Any = request.form or {}
        model, shape = form.get("model"), form.get("response_format", "json")
        if file is None or not file.body:
            return _error(400, "file is missing or empty", "invalid_request_error")
        if not model or shape not in _FORMATS:
            return _error(400, "model is missing, or response_format is unknown", "invalid_request_error")
        if file.name.rpartition(".")[2].lower() not in _ENDINGS:
            return _error(400, "Invalid file format.", "invalid_request_error")
        if len(file.body) > LARGEST_RECORDING_BYTES:
            return _error(413, "Maximum content size limit exceeded.", "invalid_request_error")
        await standin.take(Call(file.name, file.type, len(file.body), model, form.get("language"), shape))
        await standin.may_answer.wait()
        answer = standin.next_answer(file.body)
        if answer is None:
            return _error(503, "nothing is scripted, and the recording's name says nothing", "sandbox")
        fault = str(answer.get("fault", ""))
        if fault.startswith("slow:"):
            await asyncio.sleep(float(fault.partition(":")[2]))
        elif (failed := _faulty(request, fault)) is not None:
            return failed
        return json(_verbose(answer, fault) if shape == "verbose_json" else {"text": answer.get("text", "")})


def _faulty(request: Request, fault: str) -> HTTPResponse | None:
    """The answer of a fault that is not about the words."""
    if fault.startswith("http_"):
        return _error(int(fault.removeprefix("http_")), "as scripted", "sandbox")
    match fault:
        case "not_json":
            return raw(b'{"text": "I need', content_type="application/json")
        case "html":
            return html("<html><body>Bad gateway</body></html>")
        case "redirect":
            return raw(b"", status=307, headers={"location": "/v1/elsewhere"})
        case "drop":
            # Any: Sanic's own type of it knows less than asyncio's
            transport: Any = request.transport
            transport.abort()
    return None


def _verbose(answer: dict[str, Any], fault: str) -> dict[str, Any]:
    words = str(answer.get("text", ""))
    if fault == "no_text":
        return {"task": "transcribe", "duration": 2.0}
    if fault == "empty_text":
        words = "  "
    elif fault == "endless_text":
        words = "chair " * (_ENDLESS // 6)
    shown: dict[str, Any] = {
        "task": "transcribe",
        "language": answer.get("language", "english"),
        "duration": 2.0,
        "text": words,
    }
    if fault != "without_figures":
        shown["segments"] = [
            {
                "id": 0,
                "seek": 0,
                "start": 0.0,
                "end": 2.0,
                "text": words,
                "tokens": [50364],
                "temperature": 0.0,
                "avg_logprob": answer.get("avg_logprob", DEFAULT_LOG_PROBABILITY),
                "compression_ratio": answer.get("compression_ratio", DEFAULT_COMPRESSION),
                "no_speech_prob": answer.get("no_speech_prob", DEFAULT_NO_SPEECH),
            }
        ]
    return shown


def _add_control(blueprint: Blueprint, standin: TranscriptionStandIn) -> None:
    @blueprint.put("/control/transcription/script")
    async def script(request: Request) -> HTTPResponse:
        """`{"script": [{text, avg_logprob?, no_speech_prob?, compression_ratio?, language?} | {fault}]}`;
        with `"repeat": true` the last entry stays."""
        body = read_object(request)
        entries = body.get("script")
        if not isinstance(entries, list):
            raise BadRequest("script is missing: send a list of answers, which may be empty")
        standin.turn(entries, repeat=bool(body.get("repeat", False)))
        return json_response({"script": standin.script, "repeat": standin.repeat})

    @blueprint.get("/control/transcription/calls")
    async def calls(request: Request) -> HTTPResponse:
        """`?at_least=N&timeout_seconds=S` waits for N calls; 408 when they did not come."""
        at_least = int(number_argument(request, "at_least", 0))
        try:
            await standin.until_called(at_least, number_argument(request, "timeout_seconds", 10.0))
        except TimeoutError:
            return json_response({"calls": [asdict(call) for call in standin.calls]}, 408)
        return json_response({"calls": [asdict(call) for call in standin.calls]})


def _error(status: int, message: str, code: str) -> HTTPResponse:
    """An error in OpenAI's shape."""
    return json_response({"error": {"message": message, "type": code, "param": None, "code": code}}, status)
