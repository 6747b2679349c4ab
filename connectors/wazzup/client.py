"""The client of Wazzup's API v3 (port `turns.ports.Messenger`; `wazzup-v3.md` §5)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx

from turns.ports import Accepted, NotSent, Outgoing, Refused, Repeated, SendOutcome, Unanswered

# Codes after which the same message may be taken later; all others are final (`wazzup-v3.md` §5.6).
_AGAIN = frozenset({"messagechannelunavailable", "channellimitexceeded", "messagedownloadcontenterror"})
_REPEATED = "repeatedcrmmessageid"
_WINDOW_CLOSED = frozenset({"24hoursexceeded"})
# The service says that it does not know itself what became of the message.
_UNKNOWN = frozenset({"messagescannotadd", "unknownerror", "unknownerrorwithtraceid"})


def normalised(code: object) -> str:
    """A code as it is compared: the vendor prints REPEATED_X and repeatedX for the same one."""
    return str(code).replace("_", "").casefold()


class WazzupClient:
    """Sends messages and reads the account's channels."""

    def __init__(self, url: str, api_key: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=url.rstrip("/") + "/v3",
            headers={"Authorization": f"Bearer {api_key}"},
            trust_env=False,
            follow_redirects=False,
        )

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
        if message.content_uri is not None:
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
    name = str(document.get("error")) if isinstance(document, dict) else f"status {response.status_code}"
    return Refused(name, again=code in _AGAIN, window_closed=code in _WINDOW_CLOSED)
