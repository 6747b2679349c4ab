"""No secret is written anywhere: not in a log, an answer, a figure or a message, whatever goes wrong."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr

from app.embedded_postgres import free_ports
from app.settings import PROJECT_ROOT, Settings
from tests.faults.conftest import Chats
from tests.faults.stack import PASSWORD, SECRET, TOKEN, Stack
from tests.support import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

CRM_KEY = "crm-key-of-tests"
# What the stack has not, and only these tests give to its processes.
MORE = {
    "WAZZUP_CRM_KEY": CRM_KEY,
    "LLM_API_KEY": "model-key-of-tests",
    "LLM_TRIAGE_MODELS": "made/triage",
    "LLM_ANSWER_MODELS": "made/answer",
    "TRANSCRIBE_API_KEY": "transcription-key-of-tests",
    "TRANSCRIBE_MODEL": "whisper-1",
}
OFF_SCRIPT = "what will the weather be like in Paris tomorrow?"
PERSON = "I want to talk to a person please"
# What the logs tell when the troubles of the test below have really happened.
TROUBLES = ("model.failed", "job.again", "intake.database_away")


def secrets(stack: Stack) -> dict[str, str]:
    """What must not be written, by its setting: each one that Majlis knows to be secret, and a password."""
    names = [name.upper() for name, field in Settings.model_fields.items() if field.annotation is SecretStr]
    return {name: (stack.environment | MORE)[name] for name in names} | {"DATABASE_URL": PASSWORD}


def found_in(written: dict[str, str], kept: dict[str, str]) -> set[tuple[str, str]]:
    """Which secret stands in which place."""
    return {(name, place) for place, text in written.items() for name, value in kept.items() if value in text}


@pytest_asyncio.fixture(loop_scope="session")
async def troubled(stack: Stack) -> AsyncIterator[Stack]:
    """The stack with a model, a transcriber and a CRM key; as it was afterwards."""
    base = {"LLM_BASE_URL": f"{stack.sandbox_url}/v1", "TRANSCRIBE_BASE_URL": f"{stack.sandbox_url}/v1"}
    changed = [stack.actions, *stack.workers]
    for process in changed:
        process.kill()
        process.start(**MORE | base)
    # Wazzup's stand-in knows no such key, so only the gateway that it does not write to wants one.
    stack.gateways[1].kill()
    stack.gateways[1].start(**MORE)
    await stack.ready()
    try:
        yield stack
    finally:
        await stack.client.put(f"{stack.sandbox_url}/control/zoho/knobs", json={"faults": []})
        for process in (*changed, stack.gateways[1]):
            process.kill()


async def said_by(*command: str, **environment: str) -> str:
    """What a command that cannot do its work says."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app.cli", *command,
        cwd=PROJECT_ROOT, env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **environment},
        stdout=PIPE, stderr=STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    assert process.returncode != 0, output
    return output.decode()


async def answers_to_odd_requests(stack: Stack) -> dict[str, str]:
    """What the gateways, Rasa and the action server answer to requests that hold a secret and are wrong."""
    rasa, actions = (f"http://127.0.0.1:{stack.ports[name]}" for name in ("rasa", "actions"))
    gateway, wants_key = (f"http://127.0.0.1:{stack.ports[name]}" for name in ("gateway", "gateway2"))
    token, private = f"?token={TOKEN}", {"X-Majlis-Secret": SECRET}
    odd = [
        ("POST", stack.webhook_url(), {}, b"no json"),
        ("POST", stack.webhook_url(), {}, b"[" * 100_000),
        ("POST", stack.webhook_url(), {}, b"x" * 2_000_000),
        ("GET", stack.webhook_url(), {}, b""),
        ("POST", stack.webhook_url() + "x", {}, b"{}"),
        ("POST", f"{gateway}/webhooks/nobody{token}", {}, b"{}"),
        ("GET", f"{gateway}/quotes/{TOKEN}.pdf", {}, b""),
        ("POST", f"{wants_key}/webhooks/wazzup{token}", {"Authorization": f"Bearer {CRM_KEY}x"}, b"{}"),
        ("POST", f"{wants_key}/webhooks/wazzup{token}", {"Authorization": CRM_KEY}, b"no json"),
        ("POST", f"{rasa}/webhooks/wazzup/turn", private, b"no json"),
        ("POST", f"{rasa}/webhooks/wazzup/turn", private, b'{"turn_id": "one"}'),
        ("GET", f"{rasa}/nowhere", private, b""),
        ("POST", f"{actions}/webhook", private, b"no json"),
        ("POST", f"{actions}/webhook", private, b'{"next_action": "action_of_nobody"}'),
        ("GET", f"{actions}/nowhere", private, b""),
    ]  # fmt: skip
    answers = {}
    for number, (method, address, headers, body) in enumerate(odd):
        place = f"answer {number} to {method} {address.partition('?')[0]}"
        try:
            answer = await stack.client.request(method, address, headers=headers, content=body)
        except httpx.TransportError as error:
            answers[place] = repr(error)
        else:
            answers[place] = f"{answer.headers} {answer.text}"
    return answers


async def test_no_secret_is_written_anywhere_through_all_kinds_of_trouble(
    troubled: Stack, chats: Chats
) -> None:
    stack = troubled
    # Nobody scripted the model; the transcriber hears nothing; Zoho and Wazzup answer badly.
    faults = [
        {"action": "expire_token", "product": "crm", "times": 2},
        {"action": "html", "product": "accounts", "times": 1},
        {"action": "drop", "product": "crm", "nth": 3},
        {"action": "answer", "product": "inventory", "status": 500, "times": 2},
    ]
    knobs = await stack.client.put(f"{stack.sandbox_url}/control/zoho/knobs", json={"faults": faults})
    knobs.raise_for_status()
    asks, wants_person, waits = chats.new(), chats.new(), chats.new()
    outcomes = ("500", "429", "broken_json", "close_connection")
    await stack.knobs(send_script=[{"outcome": outcome, "chat_id": wants_person} for outcome in outcomes])
    await chats.write(asks, OFF_SCRIPT)
    await chats.write(wants_person, PERSON)
    await chats.check(within=120)
    stack.kill_postgres()
    await chats.write(waits, "hello")
    answers = await answers_to_odd_requests(stack)
    await asyncio.to_thread(stack.postgres.start)
    stack.actions.kill()
    await chats.write(waits, "hello again")
    stack.actions.start()
    await chats.check(within=120)

    [closed] = free_ports(1)
    away = f"postgresql://majlis_worker:{PASSWORD}@127.0.0.1:{closed}/majlis"
    answers |= await answers_to_odd_requests(stack)
    answers["migrate"] = await said_by("migrate", DATABASE_URL=away)
    answers["erase"] = await said_by("erase", waits, "--yes", DATABASE_URL=away)
    answers["odd settings"] = await said_by(
        "run",
        "gateway",
        DATABASE_URL=f"mysql://majlis:{PASSWORD}@db/majlis",
        WAZZUP_API_URL=f"mailto:{TOKEN}",
    )
    for name in ("gateway", "gateway2"):
        figures = await stack.client.get(f"http://127.0.0.1:{stack.ports[name]}/metrics")
        answers[f"figures of {name}"] = figures.text

    async def told() -> bool:
        return all(trouble in "".join(logs(stack).values()) for trouble in TROUBLES)

    await eventually(told, within=120, what=f"the logs tell of {', '.join(TROUBLES)}")
    messages = await stack.rows("select id, coalesce(text, '') || coalesce(problem, '') as text from outbox")
    rows = {f"message {row['id']}": row["text"] for row in messages}
    assert found_in(logs(stack) | answers | rows, secrets(stack)) == set()


def logs(stack: Stack) -> dict[str, str]:
    return {path.name: path.read_text(errors="replace") for path in (stack.home / "logs").glob("*.log")}
