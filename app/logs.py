"""Structured logs: one JSON line per event, with chat, turn and message ids, and no personal data.

Bind ids once at the edge (`structlog.contextvars.bind_contextvars(chat=…, turn=…, message=…)`); a chat is
named by the number of its conversation, never by its phone. Whatever an event carries passes the
scrubber last, so that a careless line, or a library's, gives nothing away: what stands under a telling
key is dropped, and phone-like digits, e-mail addresses and secrets inside any text are masked.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from itertools import pairwise
from types import TracebackType
from typing import Any, TextIO

import structlog

DROPPED = "[dropped]"
MASKED = "[masked]"

# Values under these keys are what people wrote or who they are, whatever they hold.
_TELLING_WORDS = frozenset(
    "text body phone name username email mail caption content quoted address company contact sender "
    "recipient author words password secret token authorization cookie payload parameters".split()
)
# ... in two parts, where one word alone says too little.
_TELLING_PAIRS = frozenset({"chat_id", "api_key", "plain_id", "chatid", "apikey", "plainid", "crm_key"})
# Machine words of ours that only look telling.
_HARMLESS_KEYS = frozenset({"event", "level", "logger", "process", "timestamp", "content_type", "event_name"})
# Under these stand ids; a sentence there is a mistake.
_ID_KEYS = frozenset({"chat", "turn", "message"})
_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)

_DIGITS = 7
_SPACER = r"[\s\-.()/\u00a0\u200b-\u200f\u202a-\u202e\u2066-\u2069\u061c]"
_UUID = r"(?<![0-9A-Za-z])[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![0-9A-Za-z])"
_MOMENT = (
    r"(?<!\d)\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?)?(?!\d)"
)
_PHONE = rf"\+?\d(?:{_SPACER}{{0,3}}\d){{{_DIGITS - 1},}}"
_EMAIL = r"[\w.%+\-]+@[\w\-]+(?:\.[\w\-]+)+"
_SECRET = r"(?i:(?:token|key|secret|password|bearer)(?:=|%3d|:?\s+))[^\s&\"']+"
_URL_LOGIN = r"(?<=://)[^/\s@]+@"
# Ids and moments are matched first, and kept.
_SENSITIVE = re.compile(
    rf"(?P<kept>{_UUID}|{_MOMENT})|(?:{_SECRET})|(?:{_URL_LOGIN})|(?:{_EMAIL})|(?:{_PHONE})"
)

_DEEPEST = 6
# Messages of these say what went wrong in the machinery; those of others may quote a customer.
_SAFE_MESSAGES = (OSError, ImportError, AttributeError, NameError)


def configure_logging(process: str, *, output: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send structlog's and the standard library's records of this process to `output` (stderr).

    JSON lines, or lines for people when `output` is a terminal.
    """
    stream = output or sys.stderr
    renderer: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer()
        if stream.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )

    def name_process(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = process
        return event

    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
    ]
    last: list[structlog.types.Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        describe_exception,
        scrub,
        name_process,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        renderer,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # They write addresses of requests, with the secrets in them.
    for noisy in ("httpx", "httpcore", "httpx2", "httpcore2", "openai", "sanic.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def describe_exception(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace `exc_info` by types and places; a message only where it cannot quote a customer."""
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    elif isinstance(given, BaseException):
        given = (type(given), given, given.__traceback__)
    if isinstance(given, tuple) and given[1] is not None:
        event["exception"] = _chain(given[1])
        event["trace"] = _places(given[2])
    return event


def scrub(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop and mask personal data in an event, at any depth."""
    return {key: _clean(str(key), value, 0) for key, value in event.items()}


def scrub_text(text: str) -> str:
    """`text` with phone-like digits (of any script), e-mail addresses and secrets masked."""
    return _SENSITIVE.sub(lambda match: match["kept"] or MASKED, text)


def _clean(key: str, value: Any, depth: int) -> Any:
    if _is_telling(key):
        return DROPPED if value is not None else None
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return MASKED if abs(value) >= 10 ** (_DIGITS - 1) else value
    if key in _ID_KEYS and not _ID.fullmatch(str(value)):
        return DROPPED
    if isinstance(value, str):
        return scrub_text(value)
    if depth >= _DEEPEST:
        return DROPPED
    if isinstance(value, Mapping):
        return {scrub_text(str(inner)): _clean(str(inner), item, depth + 1) for inner, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean("", item, depth + 1) for item in value]
    if isinstance(value, bytes | bytearray | memoryview):
        return f"{len(value)} bytes"
    return scrub_text(str(value))


def _is_telling(key: str) -> bool:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower().replace("-", "_")
    if words in _HARMLESS_KEYS:
        return False
    parts = words.split("_")
    return (
        any(part in _TELLING_WORDS for part in parts)
        or words in _TELLING_PAIRS
        or any("_".join(pair) in _TELLING_PAIRS for pair in pairwise(parts))
    )


def _chain(error: BaseException) -> list[str]:
    described: list[str] = []
    current: BaseException | None = error
    while current is not None and len(described) < _DEEPEST:
        kind = f"{type(current).__module__}.{type(current).__qualname__}".removeprefix("builtins.")
        # A lost connection is told by the driver in its own class, with the server's address.
        is_safe = isinstance(current, _SAFE_MESSAGES) or type(current).__name__ == "OperationalError"
        described.append(f"{kind}: {current}" if is_safe else kind)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return described


def _places(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
