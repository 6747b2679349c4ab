"""Webhooks: where they go, what one body holds, and every delivery written down."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import batched, groupby
from urllib.parse import urlsplit

import httpx

from sandbox.clock import SandboxClock
from sandbox.config import SandboxConfig
from sandbox.journal import Delivery, Journal
from sandbox.wazzup.knobs import Knobs
from sandbox.wazzup.refusals import Refusal
from sandbox.wire import dumps

MAX_URI_LENGTH = 200
# name in PATCH -> name in the GET answer of a live account
_LIVE_NAMES = {"templateStatus": "wabaTemplatesStatus"}
_SUBSCRIPTIONS = ("messagesAndStatuses", "contactsAndDealsCreation", "channelsUpdates", "templateStatus")


@dataclass(frozen=True, slots=True)
class Event:
    """One element of a webhook body."""

    # "messages", "statuses", "channelsUpdates" or "templateStatus", which stands alone in its body
    kind: str
    element: Mapping[str, object]

    @property
    def message_id(self) -> str | None:
        """The message it is about."""
        value = self.element.get("messageId")
        return value if isinstance(value, str) else None


def split_into_bodies(events: Iterable[Event], *, batch_size: int, mixed: bool) -> list[list[Event]]:
    """Which events share a body, in order."""
    ordered = list(events)
    runs = [ordered] if mixed else [list(run) for _, run in groupby(ordered, key=lambda event: event.kind)]
    return [list(batch) for run in runs for batch in batched(run, batch_size)]


def render(events: Iterable[Event], *, unknown_fields: bool, unknown_siblings: bool) -> dict[str, object]:
    """The JSON body of some events."""
    body: dict[str, list[dict[str, object]]] = {}
    template_status: dict[str, object] | None = None
    if unknown_siblings:
        body["messages"] = [{"messageId": str(uuid.uuid4()), "type": "hologram", "hologram": {"depth": 3}}]
        body["statuses"] = [{"messageId": str(uuid.uuid4()), "status": "admired"}]
    for event in events:
        element = dict(event.element)
        if unknown_fields:
            element["sandboxUnknownField"] = {"nested": [1, None, "x"]}
        if event.kind == "templateStatus":
            template_status = element
        else:
            body.setdefault(event.kind, []).append(element)
    result: dict[str, object] = dict(body)
    if template_status is not None:
        result["templateStatus"] = template_status
    if unknown_fields:
        result["sandboxUnknownEvent"] = {"version": 9}
    return result


class Webhooks:
    """The subscription of the account and the deliveries to it."""

    def __init__(
        self,
        config: SandboxConfig,
        clock: SandboxClock,
        knobs: Knobs,
        journal: Journal,
        client: httpx.AsyncClient,
    ) -> None:
        self._crm_key = config.crm_key
        self._clock = clock
        self.knobs = knobs
        self._journal = journal
        self._client = client
        self._uri = config.webhook_url
        wanted = self._uri is not None
        self._subscriptions = {name: wanted and name != "contactsAndDealsCreation" for name in _SUBSCRIPTIONS}

    async def subscribe(self, body: Mapping[str, object]) -> None:
        """`PATCH /v3/webhooks`: probe the address, then replace what was registered.

        Raises Refusal with the documented code; the earlier registration then stays.
        """
        uri = body.get("webhooksUri")
        if not isinstance(uri, str) or len(uri) > MAX_URI_LENGTH or not _is_address(uri):
            raise Refusal("uriNotValid", description="Provided URI is not valid URI")
        wanted = body.get("subscriptions", {})
        if not isinstance(wanted, dict) or any(not isinstance(value, bool) for value in wanted.values()):
            raise Refusal("VALIDATION_ERROR", data={"fields": ["subscriptions"]})
        if unknown := set(wanted) - set(_SUBSCRIPTIONS) - set(_LIVE_NAMES.values()):
            raise Refusal("VALIDATION_ERROR", data={"fields": sorted(unknown)})
        probe = await self._post(
            uri, dumps({"test": True}), "probe", [], with_key=self.knobs.probe_carries_crm_key
        )
        if probe.status_code != 200:
            status = probe.error if probe.status_code is None else str(probe.status_code)
            raise Refusal(
                "testPostNotPassed", description="URI does not return 200 OK on test request", data=status
            )
        self._uri = uri
        self._subscriptions = {
            name: bool(wanted.get(name, wanted.get(_LIVE_NAMES.get(name, name), False)))
            for name in _SUBSCRIPTIONS
        }

    def replace(self, uri: str | None, subscriptions: Mapping[str, bool]) -> None:
        """Another integration of the same account has registered its own address: nobody asked us.

        Raises ValueError for a subscription that does not exist; what is not named keeps its value.
        """
        if unknown := sorted(set(subscriptions) - set(_SUBSCRIPTIONS)):
            raise ValueError(f"there are no subscriptions {unknown}; use {', '.join(_SUBSCRIPTIONS)}")
        self._uri = uri
        self._subscriptions |= subscriptions

    def subscription(self) -> dict[str, object]:
        """`GET /v3/webhooks`."""
        if self.knobs.subscription_style == "documented":
            documented = {name: str(value).lower() for name, value in self._subscriptions.items()}
            return {"webhooksUri": self._uri, "subscriptions": documented}
        live = {_LIVE_NAMES.get(name, name): value for name, value in self._subscriptions.items()}
        return {"webhooksUri": self._uri, "subscriptions": live}

    async def deliver(
        self,
        events: Iterable[Event],
        purpose: str,
        *,
        one_body: bool = False,
        copies: int = 1,
        connections: int = 1,
    ) -> list[Delivery]:
        """Deliver events by the knobs and return what became of each POST.

        Bodies go one after another; with `connections` above 1, that many at a time.
        """
        wanted = [event for event in events if self._is_subscribed(event)]
        knobs = self.knobs
        bodies = (
            [wanted]
            if one_body and wanted
            else split_into_bodies(wanted, batch_size=knobs.webhook_batch_size, mixed=knobs.webhook_mixed)
        )
        posts = []
        for body in bodies:
            raw = dumps(
                render(
                    body,
                    unknown_fields=knobs.webhook_unknown_fields,
                    unknown_siblings=knobs.webhook_unknown_siblings,
                )
            )
            message_ids = [event.message_id for event in body if event.message_id]
            posts += [(raw, message_ids)] * (copies * (1 + knobs.webhook_duplicates))
        return await self._deliver_posts(posts, purpose, connections)

    async def deliver_raw(
        self, body: bytes, *, content_type: str | None, copies: int, connections: int
    ) -> list[Delivery]:
        """Deliver bytes exactly as given (poison tests)."""
        return await self._deliver_posts([(body, [])] * copies, "raw", connections, content_type)

    def _is_subscribed(self, event: Event) -> bool:
        switch = event.kind if event.kind in _SUBSCRIPTIONS else "messagesAndStatuses"
        return self._uri is not None and self._subscriptions[switch]

    async def _deliver_posts(
        self,
        posts: list[tuple[bytes, list[str]]],
        purpose: str,
        connections: int,
        content_type: str | None = None,
    ) -> list[Delivery]:
        if self._uri is None:
            return []
        uri, waiting, done = self._uri, iter(posts), list[Delivery]()

        async def connection() -> None:
            for raw, message_ids in waiting:
                done.extend(await self._post_with_retries(uri, raw, purpose, message_ids, content_type))

        async with asyncio.TaskGroup() as group:
            for _ in range(min(connections, len(posts))):
                group.create_task(connection())
        return sorted(done, key=lambda delivery: delivery.sequence)

    async def _post_with_retries(
        self, uri: str, raw: bytes, purpose: str, message_ids: list[str], content_type: str | None
    ) -> list[Delivery]:
        attempts: list[Delivery] = []
        for wait_seconds in [0.0, *self.knobs.webhook_retry_seconds]:
            if wait_seconds:
                await asyncio.sleep(wait_seconds)
            attempts.append(
                await self._post(
                    uri,
                    raw,
                    purpose,
                    message_ids,
                    with_key=True,
                    attempt=len(attempts) + 1,
                    content_type=content_type,
                )
            )
            if attempts[-1].status_code == 200:
                break
        return attempts

    async def _post(
        self,
        uri: str,
        raw: bytes,
        purpose: str,
        message_ids: list[str],
        *,
        with_key: bool,
        attempt: int = 1,
        content_type: str | None = None,
    ) -> Delivery:
        delivery = Delivery(
            sequence=self._journal.next_sequence(),
            purpose=purpose,
            body=raw.decode("utf-8", "backslashreplace"),
            message_ids=message_ids,
            attempt=attempt,
            started_at=self._clock.now(),
            started_monotonic=time.monotonic(),
        )
        self._journal.deliveries.append(delivery)
        headers = {"Content-Type": content_type or self.knobs.webhook_content_type}
        if with_key and self._crm_key and self.knobs.crm_key_header:
            headers["Authorization"] = f"Bearer {self._crm_key}"
        try:
            async with asyncio.timeout(self.knobs.webhook_timeout_seconds):
                response = await self._client.post(uri, content=raw, headers=headers, timeout=None)
            delivery.status_code = response.status_code
        except TimeoutError:
            delivery.error = f"no answer within {self.knobs.webhook_timeout_seconds:g} s"
        except httpx.HTTPError as error:
            delivery.error = f"{type(error).__name__}: {error}"
        delivery.latency_seconds = time.monotonic() - delivery.started_monotonic
        for message_id in message_ids if purpose == "inbound" else ():
            message = self._journal.message(message_id)
            if message is not None:
                message.webhook_statuses.append(delivery.status_code)
        self._journal.touch()
        return delivery


def _is_address(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in uri
    except ValueError:
        return False
