"""Whatever an action server does, the turn fails as a whole: Rasa sees nothing that it would swallow."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from jsonschema import Draft202012Validator, ValidationError  # type: ignore[import-untyped]
from rasa.core.actions.action import RemoteAction

from engine import guards

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"


def answering(head: bytes, body: bytes) -> Serve:
    """A server that answers so to anything and closes the connection."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head + b"\r\n" + body)
        await writer.drain()
        writer.close()

    return serve


async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server that takes the call and says nothing until the caller hangs up."""
    await reader.read()
    writer.close()


async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server that dies before it says anything."""
    writer.close()


async def outcome(serve: Serve) -> type[BaseException] | None:
    """What a call of an action ends with."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    endpoint = guards.StrictActionEndpoint(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/webhook")
    try:
        await endpoint.request(json={})
    except (Exception, guards.TurnBroken) as error:
        return type(error)
    finally:
        await endpoint.close()
        server.close()
    return None


@pytest.mark.parametrize(
    ("serve", "expected"),
    [
        pytest.param(never, guards.ActionFailed, id="hangs"),
        pytest.param(hang_up, guards.ActionServerAway, id="dies"),
        pytest.param(
            answering(HEAD + b"Content-Length: 500\r\n", b'{"events"'), guards.ActionFailed, id="cut"
        ),
        pytest.param(answering(HEAD + b"Content-Length: 4\r\n", b"oops"), guards.ActionFailed, id="no JSON"),
        pytest.param(
            answering(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n", b"{}"),
            guards.ActionFailed,
            id="no JSON type",
        ),
        pytest.param(
            answering(b"HTTP/1.1 500 Error\r\nContent-Length: 0\r\n", b""), guards.ActionFailed, id="500"
        ),
        pytest.param(
            answering(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n", b""), guards.ActionServerAway, id="503"
        ),
        pytest.param(
            answering(b"HTTP/1.1 409 Lost\r\nContent-Length: 0\r\n", b""), guards.ActionLostTurn, id="409"
        ),
    ],
)
def test_every_bad_answer_of_an_action_server_ends_the_turn(
    serve: Serve, expected: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guards, "ACTION_TIMEOUT_SECONDS", 0.3)
    assert asyncio.run(outcome(serve)) is expected


def test_a_server_that_hangs_is_not_healthy() -> None:
    async def healthy() -> bool:
        server = await asyncio.start_server(never, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            return await guards.StrictActionEndpoint(f"http://127.0.0.1:{port}/webhook").healthy()
        finally:
            server.close()

    assert asyncio.run(healthy()) is False


def test_an_answer_is_checked_and_the_schema_not_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    check = guards.answer_check()
    monkeypatch.setattr(
        Draft202012Validator, "check_schema", lambda *_: pytest.fail("the schema never changes")
    )
    action = RemoteAction("action_search_products", None)
    events = [{"event": "slot", "name": "color", "value": "black", "timestamp": None}]
    assert check(action, {"events": events, "responses": [{"text": "Here you are"}]})
    for wrong in ({"events": [{"event": "slot", "value": "black"}]}, {"events": [], "responses": "text"}):
        with pytest.raises(ValidationError):
            check(action, wrong)
