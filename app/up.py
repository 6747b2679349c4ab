"""`majlis up`: everything of Majlis on one machine, in the order in which one needs the other."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from app.embedded_postgres import STOP_SIGNAL, EmbeddedPostgres, free_ports
from app.errors import StartError
from app.migrate import migrate
from app.model import model_path
from app.processes import ProcessSpec
from app.roles import ROLE_OF, as_role, make_roles
from app.seller import load_seller
from app.settings import PROJECT_ROOT, Settings
from app.supervisor import Console, Supervisor, run_until_signal

SANDBOX_CHANNEL_ID = "5a11ab0c-0000-4000-8000-000000000001"
"""Always the same, so that chats of an earlier run go on."""
SANDBOX_MANAGER_CHAT_ID = "971509999999"
SANDBOX_ZOHO = {
    "zoho_client_id": "1000.SANDBOXCLIENT",
    "zoho_client_secret": "sandbox-client-secret",
    "zoho_refresh_token": "1000.sandbox.refresh",
    "zoho_organization_id": "60001234567",
}
"""Always the same too, so that the token of an earlier run is found again."""
SANDBOX_LLM = {
    "llm_api_key": "sandbox-model-key",
    "llm_triage_models": "sandbox/triage,sandbox/triage-second",
    "llm_answer_models": "sandbox/answer,sandbox/answer-second",
    "llm_judge_model": "sandbox/judge",
}
"""A model that answers by a script, and without one refuses at once."""

SANDBOX_TRANSCRIPTION = {"transcribe_api_key": "sandbox-transcription-key", "transcribe_model": "whisper-1"}
"""A transcriber that hears what is scripted, or the name of the file."""

# Grace in seconds, in the order in which the processes end; Postgres comes last: 14 s in all.
_STOP_SECONDS = {"gateway": 3.0, "worker": 3.0, "rasa": 2.0, "actions": 2.0, "sandbox": 1.0, "postgres": 3.0}
_ASK_SECONDS = 0.5
_REPORT_SECONDS = 10.0


class UpError(StartError):
    """Something on this machine is in the way of `majlis up`."""


async def up(settings: Settings, *, sandbox: bool) -> None:
    """Run everything until SIGTERM or Ctrl-C.

    Raises:
        StartError: when something needed is missing, wrong or taken.
    """
    with _only_one(settings.run_folder / "up.lock"):
        # Before its processes read it: one that cannot start is started again and again.
        load_seller()
        _check_port_is_free(settings.gateway_port)
        settings = complete(settings, sandbox=sandbox)
        # Figures count from the start of this run.
        shutil.rmtree(settings.majlis_home / "metrics", ignore_errors=True)
        console = Console(settings.logs_folder)
        try:
            supervisor = Supervisor(console, settings.run_folder / "state.json")
            await run_until_signal(_run(settings, supervisor, console, sandbox=sandbox), supervisor.kill_all)
            console.say("Majlis has stopped.")
        finally:
            console.close()


def complete(settings: Settings, *, sandbox: bool) -> Settings:
    """The settings with everything filled in that `up` chooses itself: ports, addresses, secrets.

    Raises:
        SettingsError: without a sandbox, when what only the operator can know is empty.
    """
    chosen: dict[str, Any] = {}
    ports = ("rasa_port", "actions_port", "worker_port", "sandbox_port")
    for name, port in zip(ports, free_ports(len(ports)), strict=True):
        chosen[name] = getattr(settings, name) or port
    if not settings.rasa_urls:
        chosen["rasa_urls"] = f"http://127.0.0.1:{chosen['rasa_port']}"
    if not settings.actions_url:
        chosen["actions_url"] = f"http://127.0.0.1:{chosen['actions_port']}/webhook"
    if settings.rasa_urls or settings.actions_url:
        # Somebody else's process has to know it, so it cannot be made up here.
        settings.require("internal_secret")
    if sandbox:
        for name in ("wazzup_api_url", "zoho_accounts_url", "zoho_api_url"):
            chosen[name] = f"http://127.0.0.1:{chosen['sandbox_port']}"
        chosen["wazzup_channel_id"] = settings.wazzup_channel_id or SANDBOX_CHANNEL_ID
        chosen["manager_chat_id"] = settings.manager_chat_id or SANDBOX_MANAGER_CHAT_ID
        # The phone page moves it; nobody else's time depends on a sandbox.
        chosen["majlis_test_clock"] = True
        # Whatever account the environment describes, the sandbox plays this one.
        chosen |= SANDBOX_ZOHO | SANDBOX_LLM | SANDBOX_TRANSCRIPTION
        for name in ("llm_base_url", "transcribe_base_url"):
            chosen[name] = f"http://127.0.0.1:{chosen['sandbox_port']}/v1"
    else:
        settings.require("wazzup_api_key", "wazzup_webhook_secret")
    given = settings.environment()
    chosen["internal_secret"] = given["INTERNAL_SECRET"] or _kept_secret(settings.majlis_home)
    for name in ("wazzup_api_key", "wazzup_webhook_secret"):
        chosen[name] = given[name.upper()] or secrets.token_urlsafe(24)
    return Settings(**(_fields(settings) | chosen))


def _kept_secret(home: Path) -> str:
    """The secret of this home, made once: links to quotes are signed with it and outlive a restart."""
    place = home / "internal_secret"
    home.mkdir(parents=True, exist_ok=True)
    with (
        contextlib.suppress(FileExistsError),
        os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file,
    ):
        file.write(secrets.token_urlsafe(24))
    return place.read_text()


def process_specs(
    settings: Settings, *, sandbox: bool, own_actions: bool, own_rasa: bool, own_database: bool
) -> list[ProcessSpec]:
    """Our processes in the order of their start; in a database of ours, each with its role."""
    roles = ROLE_OF if own_database else {}
    wanted = {"sandbox": sandbox, "actions": own_actions, "rasa": own_rasa, "worker": True, "gateway": True}
    environment = os.environ | settings.environment() | {"PYTHONUNBUFFERED": "1"}
    return [
        ProcessSpec(
            name=name,
            command=[sys.executable, "-m", "app.cli", "run", name],
            environment=environment
            | ({"DATABASE_URL": as_role(settings.database_url, roles[name])} if name in roles else {}),
            folder=PROJECT_ROOT,
            # All end together: there is no other gateway that webhooks could go to meanwhile.
            stop_signal=signal.SIGINT if name == "gateway" else signal.SIGTERM,
            stop_seconds=_STOP_SECONDS[name],
        )
        for name, is_wanted in wanted.items()
        if is_wanted
    ]


async def _run(settings: Settings, supervisor: Supervisor, console: Console, *, sandbox: bool) -> None:
    began = time.monotonic()
    gateway_url = f"http://127.0.0.1:{settings.gateway_port}"
    ports = {"gateway": settings.gateway_port, "rasa": settings.rasa_port, "actions": settings.actions_port}
    ports |= {"worker": settings.worker_port} | ({"sandbox": settings.sandbox_port} if sandbox else {})
    sandbox_url = settings.wazzup_api_url if sandbox else None
    supervisor.state |= {
        "started_at": datetime.now(UTC).isoformat(),
        "gateway_url": gateway_url,
        "sandbox_url": sandbox_url,
        "ports": ports,
    }
    async with supervisor:
        own_database = not settings.database_url
        settings = await _with_database(settings, supervisor, console)
        supervisor.state["database_url"] = settings.database_url
        if sandbox and not own_database:
            await refuse_real_catalog(settings.database_url)
        console.say("Bringing the database up to date ...")
        if own_database:
            await asyncio.to_thread(make_roles, settings.database_url)
        await asyncio.to_thread(migrate, settings.database_url)
        if sandbox:
            await _load_sample_catalog(settings.database_url, console)
        own_rasa = settings.rasa_urls == (f"http://127.0.0.1:{settings.rasa_port}",)
        own_actions = settings.actions_url == f"http://127.0.0.1:{settings.actions_port}/webhook"
        if own_rasa:
            settings = await _with_model(settings, supervisor)
        # For `majlis doctor`: the model that is served, and the accounts that the sandbox plays.
        supervisor.state["model"] = str(settings.majlis_model or "")
        supervisor.state["sandbox_settings"] = settings.environment() if sandbox else None
        for spec in process_specs(
            settings, sandbox=sandbox, own_actions=own_actions, own_rasa=own_rasa, own_database=own_database
        ):
            supervisor.start(spec)
        supervisor.write_state()
        console.say("Starting; Rasa takes 30 to 60 seconds ...")
        await _until_ready(f"{gateway_url}/readyz", console)
        supervisor.state["ready_at"] = datetime.now(UTC).isoformat()
        supervisor.write_state()
        console.say(f"Majlis is ready ({time.monotonic() - began:.0f} s).")
        if sandbox_url:
            console.say(f"  Phone page: {sandbox_url}/")
            console.say(f"  Zoho page:  {sandbox_url}/zoho")
        console.say(f"  Gateway:    {gateway_url}  (webhook: POST /webhooks/wazzup)")
        console.say("  Ctrl-C ends everything.")
        await asyncio.Event().wait()


async def _with_database(settings: Settings, supervisor: Supervisor, console: Console) -> Settings:
    if settings.database_url:
        from app.database import check_server

        console.say("Checking the database of DATABASE_URL ...")
        await asyncio.to_thread(check_server, settings.database_url)
        return settings
    console.say(f"Starting the embedded Postgres in {settings.postgres_folder} ...")
    server = EmbeddedPostgres(settings.postgres_folder, log_file=settings.logs_folder / "postgres.log")
    if await asyncio.to_thread(server.prepare):
        supervisor.start(
            ProcessSpec(
                name="postgres",
                command=server.program(),
                environment=dict(os.environ),
                before_start=server.prepare,
                identity=server.identity,
                death_signal=STOP_SIGNAL,
                stop_signal=STOP_SIGNAL,
                stop_seconds=_STOP_SECONDS["postgres"],
            )
        )
    await asyncio.to_thread(server.wait_until_ready)
    return settings.model_copy(update={"database_url": server.url})


async def refuse_real_catalog(database_url: str) -> None:
    """Keep the sandbox, with its sample catalog and its clock, away from somebody's own products.

    Raises:
        UpError: when DATABASE_URL, perhaps of the shell, is that of a house that sells something.
    """
    from catalog.load import count_other_products
    from storage.pool import create_engine

    engine = create_engine(database_url, test_clock=False, size=1)
    try:
        async with engine.connect() as connection:
            others = await count_other_products(connection)
    finally:
        await engine.dispose()
    if others:
        raise UpError(
            f"The database of DATABASE_URL has {others:,} products of its own; the sandbox would put its"
            " sample catalog among them. Unset DATABASE_URL, and the sandbox brings a Postgres of its own, or"
            " give it the address of an empty database."
        )


async def _load_sample_catalog(database_url: str, console: Console) -> None:
    from catalog.load import load_sample_catalog
    from storage.pool import create_engine

    engine = create_engine(database_url, test_clock=False, size=1)
    try:
        async with engine.begin() as connection:
            # Each time: a home of last month's checkout has last month's sample catalog.
            console.say("Loading the sample catalog ...")
            await load_sample_catalog(connection)
    finally:
        await engine.dispose()


async def _with_model(settings: Settings, supervisor: Supervisor) -> Settings:
    if settings.majlis_model is not None:
        return settings
    path = await asyncio.to_thread(model_path, settings.majlis_home)
    if not path.exists():
        training = ProcessSpec(
            name="train",
            command=[sys.executable, "-m", "app.cli", "train"],
            environment=os.environ | settings.environment() | {"PYTHONUNBUFFERED": "1"},
            folder=PROJECT_ROOT,
        )
        if await supervisor.run_once(training) != 0:
            raise UpError("The model could not be trained; the reason is above and in logs/train.log.")
    return settings.model_copy(update={"majlis_model": path})


async def _until_ready(url: str, console: Console) -> None:
    """Ask until the gateway says that a message could be answered; tell what it waits for meanwhile."""
    reported = time.monotonic()
    async with httpx.AsyncClient(timeout=5.0, trust_env=False) as client:
        while True:
            try:
                answer = await client.get(url)
                if answer.status_code == 200:
                    return
                reason = answer.text.strip()
            except httpx.TransportError:
                reason = "the gateway does not answer yet"
            if time.monotonic() - reported >= _REPORT_SECONDS:
                reported = time.monotonic()
                console.say(f"Not ready yet: {reason}")
            await asyncio.sleep(_ASK_SECONDS)


@contextlib.contextmanager
def _only_one(lock_file: Path) -> Iterator[None]:
    lock_file.parent.mkdir(parents=True, exist_ok=True)
    with lock_file.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UpError(
                f"Majlis runs already on {lock_file.parent.parent}: end it, or set another MAJLIS_HOME."
            ) from None
        yield


def _check_port_is_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError as error:
            raise UpError(
                f"GATEWAY_PORT {port} cannot be used ({error.strerror}): end the program that uses it, "
                "or set GATEWAY_PORT to a free port."
            ) from None


def _fields(settings: Settings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in type(settings).model_fields}
