"""Whatever bytes arrive at the webhook: nothing is raised, nothing is lost, and all of it can be stored.

The examples are the same in every run; `MAJLIS_FUZZ=examples` (a number) looks for new ones.
"""

from __future__ import annotations

import json
from typing import Any

import orjson
import psycopg
from hypothesis import given
from hypothesis import strategies as st

from connectors.wazzup.payloads import WazzupBodyReader, is_probe, parse_body, without_chats
from tests.fuzz import fuzzed
from tests.support import CHAT_ID, USUAL, message, status, webhook
from turns.inbox import store
from turns.ports import CustomerMessage, Echo, Element, ElementKind, StatusChange

READER = WazzupBodyReader()

# Everything that JSON can say, with what has hurt before: NUL, lone surrogates, huge numbers, deep nesting.
_TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=40) | st.sampled_from(
    ["\x00", "\ud800", "majlis:", "majlis:\x00", "٣٫٥", "\u202e", "9" * 400, "text", "system", "image"]
)
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXTS
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=12,
)
_FIELDS = [
    "messageId", "channelId", "chatType", "chatId", "dateTime", "type", "text", "contentUri", "isEcho",
    "isEdited", "isDeleted", "sentFromApp", "authorId", "status", "timestamp", "error", "state",
    "templateGuid",
]  # fmt: skip
_WHOLE: dict[str, Any] = {**message("السلام عليكم", message_id="m1"), **status("s1", "sent")}

# A proper element with some fields replaced or added: nearly right is what parsers get wrong.
_BENT = st.dictionaries(st.sampled_from(_FIELDS), _VALUES, max_size=4).map(lambda bent: {**_WHOLE, **bent})
_ENTRIES = _BENT | st.dictionaries(st.sampled_from(_FIELDS), _VALUES, max_size=6) | _VALUES
_BODIES = st.fixed_dictionaries(
    {},
    optional={
        "messages": st.lists(_ENTRIES, max_size=4) | _VALUES,
        "statuses": st.lists(_ENTRIES, max_size=3) | _VALUES,
        "channelsUpdates": st.lists(_ENTRIES, max_size=2) | _VALUES,
        "templateStatus": _ENTRIES,
        "test": _VALUES,
        "unheardOf": _VALUES,
    },
)


def _bytes(document: object) -> bytes:
    # As a careless sender writes it: NUL and lone surrogates stay as escapes.
    return json.dumps(document).encode()


def _read_back(element: Element) -> CustomerMessage | Echo | StatusChange | None:
    """What a worker does with a stored element."""
    body = orjson.loads(orjson.dumps(element.body)) if element.body is not None else None
    if body is None:
        return None
    if element.kind is ElementKind.ECHO:
        return READER.echo(element.external_id, body)
    if element.kind is ElementKind.STATUS:
        return READER.status(element.external_id, body)
    if element.kind in {ElementKind.MESSAGE, ElementKind.EDIT, ElementKind.DELETION}:
        return READER.customer_message(1, element.kind, element.external_id, element.tap, body)
    return None


@fuzzed(300)
@given(body=st.binary(max_size=300))
def test_any_bytes_become_elements(body: bytes) -> None:
    for element in parse_body(body):
        _read_back(element)
    is_probe(body)
    without_chats(body, {CHAT_ID})


@fuzzed(300)
@given(document=_BODIES)
def test_no_element_of_any_body_is_lost_or_unstorable(document: dict[str, Any]) -> None:
    elements = parse_body(_bytes(document))
    wanted = sum(
        len(document[name]) if isinstance(document[name], list) else 1
        for name in ("messages", "statuses", "channelsUpdates")
        if name in document
    ) + (document.get("templateStatus") is not None)
    assert len(elements) == wanted
    for element in elements:
        if element.kind is ElementKind.PARKED:
            assert element.raw is not None
            assert element.problem
        else:
            assert element.body is not None
            _read_back(element)
            # What Postgres' jsonb refuses is gone already.
            assert b"\\u0000" not in orjson.dumps(element.body)


@fuzzed(200)
@given(at=st.integers(0, 400), cut=st.integers(0, 40), put=st.binary(max_size=12))
def test_a_proper_body_with_bytes_cut_out_and_put_in(at: int, cut: int, put: bytes) -> None:
    proper = webhook(message("Hi", message_id="m1"), message("chairs", message_id="m2"))
    for element in parse_body(proper[:at] + put + proper[at + cut :]):
        _read_back(element)


@fuzzed(200)
@given(document=_BODIES)
def test_a_body_without_a_person_holds_none_of_his_messages(document: dict[str, Any]) -> None:
    left = without_chats(_bytes(document), {CHAT_ID})
    for element in parse_body(left) if left is not None else []:
        assert element.kind is ElementKind.PARKED or element.chat_id != CHAT_ID


@fuzzed(60)
@given(documents=st.lists(_BODIES, min_size=1, max_size=3))
async def test_postgres_takes_what_was_parsed(documents: list[dict[str, Any]], database_url: str) -> None:
    elements = [element for document in documents for element in parse_body(_bytes(document))]
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        await store(connection, elements, USUAL)
        # Again: nothing of it is new.
        before = await _count(connection)
        await store(connection, elements, USUAL)
        assert await _count(connection) == before


async def _count(connection: psycopg.AsyncConnection[Any]) -> int:
    row = await (await connection.execute("select count(*) from inbox")).fetchone()
    assert row is not None
    return int(row[0])
