"""Wazzup: the key, the channel, who gets the webhooks, the templates; and registering ourselves (`--fix`)."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from app.doctor.findings import Finding, off, ok, problem, warning
from app.doctor.patient import Patient
from app.webhook_address import webhook_addresses
from connectors.wazzup.webhooks import LONGEST_ADDRESS, WANTED
from sales.templates import NoTemplate, TemplatePurpose, TemplateUse, choose
from sales.window import WINDOWED_TRANSPORT, binds
from turns.ports import Registration, RegistryRefused
from turns.registration import shortcomings

_NO_KEY = "not looked at: WAZZUP_API_KEY is empty"
_FIX = "run `majlis doctor --fix`; it takes the address away from whoever has it now"
_TEMPLATE_MEND = "mend it in Wazzup or in data/seller.yml; until then a manager gets a task instead"
# Every other state: nothing is sent or received.
_WORKING = "active"
_UNAUTHORIZED, _FORBIDDEN = 401, 403


async def look_at_webhooks(patient: Patient) -> Sequence[Finding]:
    """The key, and whether Wazzup delivers to us, and all that is needed."""
    if patient.webhooks is None:
        mend = "copy the key in Wazzup (CRM integration, API) and set WAZZUP_API_KEY"
        return [problem("Wazzup", "WAZZUP_API_KEY is empty: nothing is sent", mend)]
    try:
        registration = await patient.webhooks.read()
    except RegistryRefused as error:
        return [_refused(error)]
    except OSError as error:
        return [problem("Wazzup", str(error), "see WAZZUP_API_URL and whether this machine reaches it")]
    return [ok("Wazzup", "the key is known"), *_registration(patient, registration)]


def _refused(error: RegistryRefused) -> Finding:
    if error.status == _UNAUTHORIZED:
        mend = "copy the key again in Wazzup (CRM integration, API) and set WAZZUP_API_KEY"
    elif error.status == _FORBIDDEN:
        mend = "use the key of the account's own API integration, not one of a marketplace application"
    else:
        mend = "see what it names, then `majlis doctor` again"
    return problem("Wazzup", str(error), mend)


def _registration(patient: Patient, registration: Registration) -> Sequence[Finding]:
    addresses = webhook_addresses(patient.settings)
    if wrong := shortcomings(registration, addresses, WANTED):
        return [problem("webhook", part, _FIX) for part in wrong]
    if len(addresses[0]) > LONGEST_ADDRESS:
        sentence = f"the address has {len(addresses[0])} characters; Wazzup takes {LONGEST_ADDRESS}"
        return [
            warning("webhook", sentence, "shorten WAZZUP_WEBHOOK_SECRET or PUBLIC_URL before registering")
        ]
    return [ok("webhook", "Wazzup delivers to us, and all that is needed")]


async def register_webhook(patient: Patient) -> Finding:
    """Have Wazzup deliver to us, unless it does; what became of it. Takes as long as Wazzup's probe."""
    if patient.webhooks is None:
        return problem("webhook", "not registered: WAZZUP_API_KEY is empty", "set it, then --fix again")
    address = webhook_addresses(patient.settings)[0]
    if not patient.is_stand_in and urlsplit(address).scheme != "https":
        mend = "set PUBLIC_URL to the https address of the gateway, then --fix again"
        return problem("webhook", "not registered: PUBLIC_URL is no https address", mend)
    try:
        registration = await patient.webhooks.read()
        if not shortcomings(registration, webhook_addresses(patient.settings), WANTED):
            return ok("webhook", "nothing to register: Wazzup delivers to us already")
        await patient.webhooks.register(address)
    except RegistryRefused as error:
        return problem("webhook", f"not registered: {error}", "mend that, then --fix again")
    except OSError as error:
        sentence = f"it is not known whether the address was registered: {error}"
        return problem("webhook", sentence, "--fix again; below stands what Wazzup says now")
    return ok("webhook", "registered: Wazzup delivers to us from now on, and to no other address")


async def look_at_channel(patient: Patient) -> Sequence[Finding]:
    """Whether the channel is there and works, and whether the 24-hour window binds it."""
    if patient.wazzup is None:
        return [off("channel", _NO_KEY)]
    try:
        channels = await patient.wazzup.transports()
    except OSError as error:
        return [problem("channel", str(error), "see the line about Wazzup")]
    wanted = patient.settings.wazzup_channel_id
    if not wanted:
        return [off("channel", f"WAZZUP_CHANNEL_ID is empty; the account has {len(channels)} channels")]
    if wanted not in channels:
        mend = "correct WAZZUP_CHANNEL_ID; GET /v3/channels lists the account's"
        sentence = f"WAZZUP_CHANNEL_ID is none of the account's {len(channels)} channels"
        return [problem("channel", sentence, mend)]
    transport, state = channels[wanted]
    if state != _WORKING:
        sentence = f"the channel is {state}: nothing is sent or received"
        return [problem("channel", sentence, "see the channel in Wazzup (billing, phone, moderation)")]
    if binds(transport):
        return [ok("channel", "active; a WhatsApp Business API channel: the 24-hour window binds")]
    sentence = f"active; transport {transport}: no 24-hour window, and no templates"
    return [ok("channel", sentence)]


async def look_at_templates(patient: Patient) -> Sequence[Finding]:
    """Whether every template of the seller could be sent on this channel, by the rule the sender goes by."""
    channel_id = patient.settings.wazzup_channel_id
    if patient.wazzup is None or patient.seller is None or not channel_id:
        return [off("templates", "not looked at: they need the key, the channel and a valid data/seller.yml")]
    try:
        transport, _ = (await patient.wazzup.transports()).get(channel_id, (WINDOWED_TRANSPORT, ""))
        if not binds(transport):
            return [off("templates", "not needed: the channel has no 24-hour window")]
        listed = await patient.wazzup.templates()
    except OSError as error:
        return [problem("templates", str(error), "see the line about Wazzup")]
    found = []
    is_managed = bool(patient.settings.manager_chat_id)
    needed = [each for each in TemplatePurpose if is_managed or each is not TemplatePurpose.HAND_OVER]
    for purpose in needed:
        configured = patient.seller.templates.of(purpose)
        use = TemplateUse(purpose, dict.fromkeys(configured.values, "x"))
        for language in ("en", "ar"):
            chosen = choose(listed, configured, language=language, channel_id=channel_id, use=use)
            if isinstance(chosen, NoTemplate):
                found.append(problem("templates", chosen.reason, _TEMPLATE_MEND))
    return found or [ok("templates", f"all {2 * len(needed)} are approved for this channel")]
