"""The client of Wazzup's API v3 (port `turns.ports.Messenger`; `wazzup-v3.md` §5)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import httpx

from connectors.wazzup.failures import classify, normalised
from connectors.wazzup.http import open_account
from connectors.wazzup.templates import read_template
from turns.ports import (
    Accepted,
    NotSent,
    Outgoing,
    Refused,
    Repeated,
    SendOutcome,
    Template,
    Unanswered,
)

# Codes after which the same message may be taken later; all others are final (`wazzup-v3.md` §5.6).
_AGAIN = frozenset({"messagechannelunavailable", "channellimitexceeded", "messagedownloadcontenterror"})
_REPEATED = "repeatedcrmmessageid"
# The service says that it does not know itself what became of the message.
_UNKNOWN = frozenset({"messagescannotadd", "unknownerror", "unknownerrorwithtraceid"})


# The size of a page of templates is ours to ask for (`wazzup-v3.md` §8); a list that never ends is none.
_TEMPLATES_PER_PAGE = 100
_MOST_TEMPLATES = 10_000


class WazzupClient:
    """Sends messages and reads the account's channels."""

    def __init__(self, url: str, api_key: str) -> None:
        self._client = open_account(url, api_key)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def send(self, message: Outgoing, *, timeout_seconds: float) -> SendOutcome:
        """Send one message; whatever happens is an outcome, never an exception."""
        body: dict[str, object] = {
            "channelId": message.channel_id,
            "chatType": message.chat_type,
            "chatId": message.chat_id,
            "crmMessageId": message.key,
            # The unanswered counter stays honest for managers: a bot's answer is not theirs.
            "clearUnanswered": False,
        }
        if message.template is not None:
            body["templateId"] = message.template.guid
            body["templateValues"] = list(message.template.values)
        elif message.content_uri is not None:
            body["contentUri"] = message.content_uri
        else:
            body["text"] = message.text
        if message.buttons:
            body["buttonsObject"] = {
                "buttons": [
                    {"text": button.title, "type": "text", "payload": button.payload}
                    for button in message.buttons
                ]
            }
        try:
            # httpx counts each phase and each read for itself; the key's memory does not.
            async with asyncio.timeout(timeout_seconds):
                response = await self._client.post("/message", json=body, timeout=timeout_seconds)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return NotSent(f"no connection: {type(error).__name__}")
        except (httpx.HTTPError, TimeoutError) as error:
            return Unanswered(type(error).__name__)
        return _outcome(response)

    async def transports(self) -> Mapping[str, tuple[str, str]]:
        """channel id → (transport, state). Raises OSError when the service gives no usable answer."""
        try:
            response = await self._client.get("/channels", timeout=10.0)
            response.raise_for_status()
            channels = response.json()
            return {
                str(channel["channelId"]): (str(channel["transport"]), str(channel["state"]).casefold())
                for channel in channels
            }
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise OSError(f"the channels cannot be read: {type(error).__name__}") from error

    async def templates(self) -> Sequence[Template]:
        """The account's templates. Raises OSError when the service gives no usable answer.

        Entries without a guid are left out: nothing can be sent with them.
        """
        templates: list[Template] = []
        try:
            for offset in range(0, _MOST_TEMPLATES, _TEMPLATES_PER_PAGE):
                page = await self._template_page(offset)
                templates += [template for entry in page if (template := read_template(entry)) is not None]
                if len(page) < _TEMPLATES_PER_PAGE:
                    break
        except (httpx.HTTPError, ValueError) as error:
            raise OSError(f"the templates cannot be read: {type(error).__name__}") from error
        return templates

    async def _template_page(self, offset: int) -> list[object]:
        response = await self._client.get(
            "/templates/whatsapp", params={"limit": _TEMPLATES_PER_PAGE, "offset": offset}, timeout=10.0
        )
        response.raise_for_status()
        page = response.json()
        if not isinstance(page, list):
            raise ValueError(f"the list of templates is a {type(page).__name__}")
        return page


def _outcome(response: httpx.Response) -> SendOutcome:
    try:
        document = response.json()
    except ValueError:
        document = None
    if response.status_code in (httpx.codes.OK, httpx.codes.CREATED):
        if not isinstance(document, dict) or not isinstance(document.get("messageId"), str):
            return Unanswered("accepted, but the answer cannot be read")
        return Accepted(document["messageId"])
    code = normalised(document.get("error")) if isinstance(document, dict) else ""
    if code == _REPEATED:
        return Repeated()
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return Refused("TOO_MANY_REQUESTS", again=True)
    if response.is_server_error or code in _UNKNOWN:
        return Unanswered(f"status {response.status_code}")
    if not isinstance(document, dict):
        return Refused(f"status {response.status_code}", again=False)
    failure = classify(document.get("error"), document.get("description"))
    return Refused(str(document.get("error")), again=code in _AGAIN, failure=failure)
