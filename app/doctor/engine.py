"""What understands customers: the trained model, Rasa and the action server; and the gateway in front."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import httpx

from app.doctor.findings import Finding, off, ok, problem, warning
from app.doctor.patient import Patient
from app.model import ModelError, model_path
from connectors.rasa import SECRET_HEADER, RasaClient

_SECONDS = 6.0
_NOT_RUNNING = "not looked at: `majlis up` starts its own, and none runs on this MAJLIS_HOME"


async def look_at_model(patient: Patient) -> Sequence[Finding]:
    """Whether the trained model is that of the present files."""
    settings = patient.settings
    served = patient.running.model if patient.running else settings.majlis_model
    if served is None and settings.rasa_urls:
        return [off("model", "not looked at: Rasa runs elsewhere (RASA_URLS), with a model of its own")]
    try:
        present = await asyncio.to_thread(model_path, settings.majlis_home)
    except ModelError as error:
        return [problem("model", "the model cannot be judged", str(error))]
    if served is not None:
        if not served.exists():
            mend = "run `majlis train`, and start Majlis with that model"
            return [problem("model", "the model that Rasa is to serve is gone", mend)]
        if served.name != present.name:
            sentence = "Rasa serves a model of other files than those that are here now"
            return [warning("model", sentence, "end Majlis and start it again; it trains by itself")]
        return [ok("model", "trained from the files as they are")]
    if present.exists():
        return [ok("model", "trained from the files as they are")]
    if any(present.parent.glob("*.tar.gz")):
        return [warning("model", "the files changed since the last training", "run `majlis train`")]
    return [warning("model", "none is trained yet", "run `majlis train`; `majlis up` does it too")]


async def look_at_rasa(patient: Patient) -> Sequence[Finding]:
    """Whether each Rasa could take a turn now."""
    settings = patient.settings
    if not settings.rasa_urls:
        return [off("Rasa", _NOT_RUNNING)]
    secret = settings.internal_secret.get_secret_value()
    are_ready = await asyncio.gather(*(_is_ready(url, secret) for url in settings.rasa_urls))
    if all(are_ready):
        return [ok("Rasa", "ready for a turn")]
    mend = (
        "it takes a minute to start; then see its log, INTERNAL_SECRET on both sides, and its action server"
    )
    if not any(are_ready):
        return [problem("Rasa", "not ready for a turn: customers wait", mend)]
    sentence = f"{are_ready.count(False)} of {len(are_ready)} at RASA_URLS are not ready for a turn"
    return [warning("Rasa", sentence, mend)]


async def _is_ready(url: str, secret: str) -> bool:
    client = RasaClient([url], secret)
    try:
        return await client.probe()
    finally:
        await client.close()


async def look_at_actions(patient: Patient) -> Sequence[Finding]:
    """Whether the action server answers, and with our secret."""
    settings = patient.settings
    if not settings.actions_url:
        return [off("actions", _NOT_RUNNING)]
    address = settings.actions_url.removesuffix("/webhook") + "/health"
    secret = settings.internal_secret.get_secret_value()
    status = await _status(address, {SECRET_HEADER: secret} if secret else {})
    if status == httpx.codes.OK:
        return [ok("actions", "the action server answers")]
    if status == httpx.codes.UNAUTHORIZED:
        mend = "give both sides the same INTERNAL_SECRET"
        return [problem("actions", "the action server does not know our INTERNAL_SECRET", mend)]
    sentence = (
        "the action server does not answer" if status is None else f"the action server answers {status}"
    )
    return [problem("actions", f"{sentence}: turns wait", "see ACTIONS_URL and the action server's log")]


async def look_at_gateway(patient: Patient) -> Sequence[Finding]:
    """Whether the gateway answers, here and at its public address."""
    found = []
    if patient.running is not None:
        if await _status(f"{patient.running.gateway_url}/healthz") == httpx.codes.OK:
            found.append(ok("gateway", "answers on this machine"))
        else:
            sentence = "the gateway does not answer: what Wazzup delivers now is lost"
            found.append(problem("gateway", sentence, "see logs/gateway.log"))
    if public := patient.settings.public_url:
        if await _status(f"{public}/healthz") == httpx.codes.OK:
            found.append(ok("gateway", "answers at PUBLIC_URL"))
        else:
            mend = "see the proxy in front of GATEWAY_PORT; some networks only hide it from inside"
            found.append(
                warning("gateway", "PUBLIC_URL does not lead to the gateway from this machine", mend)
            )
    return found or [off("gateway", "not looked at: none runs on this MAJLIS_HOME, and PUBLIC_URL is empty")]


async def _status(url: str, headers: dict[str, str] | None = None) -> int | None:
    """The status of a GET; None without an answer."""
    try:
        async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as client:
            return (await client.get(url, headers=headers)).status_code
    except httpx.HTTPError:
        return None
