"""One call to one model over `openai.AsyncOpenAI`: OpenRouter, or any server that speaks its protocol.

The library builds and sends the request; it repeats nothing and judges nothing, for its own rules let a
failure in a 200 pass and count a time limit anew for every try (`text-and-documents.md` §6).
"""

from __future__ import annotations

import asyncio
import logging
import time

import httpx2
import openai

from connectors.llm.answers import error_code, read_answer
from connectors.llm.failures import by_status, no_model_server
from connectors.llm.request_body import ZERO_RETENTION, is_openrouter, request_body
from offscript.ports import ModelAnswer, ModelCallFailed, ModelRequest, Reason

CONNECT_SECONDS = 3.0
# An answer of a few thousand tokens has a few kilobytes.
LONGEST_BODY_BYTES = 1_000_000
# Tells a stand-in what a call is for; no server that we know looks at it.
PURPOSE_HEADER = "X-Majlis-Purpose"


class OpenAIServer:
    """A `ModelServer` at an address such as https://openrouter.ai/api/v1.

    `http` replaces the connections in tests. Make it inside a running event loop, and close it.
    """

    def __init__(self, address: str, api_key: str, http: httpx2.AsyncClient | None = None) -> None:
        self._address = address.rstrip("/")
        # A redirect would carry key and request to another host.
        self._http = http or httpx2.AsyncClient(trust_env=False, follow_redirects=False)
        self._client = openai.AsyncOpenAI(
            api_key=api_key, base_url=self._address, max_retries=0, http_client=self._http
        )
        # Read from the environment by the library, and no business of this server.
        self._client.organization = self._client.project = None
        self._extra_body = {"provider": ZERO_RETENTION} if is_openrouter(self._address) else None
        # OPENAI_LOG=debug would write requests into the log.
        for name in ("openai", "httpx2", "httpcore2"):
            logging.getLogger(name).setLevel(logging.WARNING)

    @property
    def address(self) -> str:
        """Without a slash at the end."""
        return self._address

    async def ask(self, model: str, request: ModelRequest, *, timeout_seconds: float) -> ModelAnswer:
        """See `ModelServer.ask`."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(timeout_seconds):
                body = await self._post(model, request, timeout_seconds)
        except TimeoutError:
            raise _too_slow(timeout_seconds) from None
        return read_answer(body, model, request, round((time.monotonic() - began) * 1000))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _post(self, model: str, request: ModelRequest, timeout_seconds: float) -> bytes:
        """The body of a 200."""
        try:
            # Any: the library's types for bodies are narrower than the protocol that servers speak.
            create = self._client.chat.completions.with_streaming_response.create
            async with create(
                **request_body(model, request),
                extra_body=self._extra_body,
                extra_headers={PURPOSE_HEADER: request.purpose},
                timeout=httpx2.Timeout(timeout_seconds, connect=min(CONNECT_SECONDS, timeout_seconds)),
            ) as response:
                parts, size = [], 0
                async for part in response.iter_bytes():
                    parts.append(part)
                    size += len(part)
                    if size > LONGEST_BODY_BYTES:
                        raise no_model_server(f"the body is longer than {LONGEST_BODY_BYTES} bytes")
                return b"".join(parts)
        except openai.APIStatusError as error:
            invites_again = error.response.headers.get("retry-after", "").strip() == "0"
            raise by_status(
                error.status_code, error_code(error.response.content), invites_again=invites_again
            ) from None
        except openai.APITimeoutError as error:
            if isinstance(error.__cause__, httpx2.ConnectTimeout):
                raise _not_connected("no connection in time") from None
            raise _too_slow(timeout_seconds) from None
        except openai.APIConnectionError as error:
            if isinstance(error.__cause__, httpx2.ConnectError):
                raise _not_connected("no connection") from None
            raise _cut(error.__cause__) from None
        except httpx2.TimeoutException:
            raise _too_slow(timeout_seconds) from None
        except httpx2.TransportError as error:
            raise _cut(error) from None


def _not_connected(detail: str) -> ModelCallFailed:
    return ModelCallFailed(Reason.UNREACHABLE, detail, is_outage=True)


def _too_slow(seconds: float) -> ModelCallFailed:
    return ModelCallFailed(
        Reason.DEADLINE, f"no whole answer within {seconds:.1f} s", may_cost=True, is_outage=True
    )


def _cut(cause: BaseException | None) -> ModelCallFailed:
    return ModelCallFailed(
        Reason.UNREACHABLE,
        f"the connection was cut ({type(cause).__name__})",
        may_cost=True,
        is_outage=True,
    )
