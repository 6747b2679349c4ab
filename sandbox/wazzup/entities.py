"""CRM entities (wazzup-v3.md §9): kept in memory, thin, with the documented shapes and limits."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from sandbox.wazzup.refusals import Refusal

MAX_ENTITIES = 100
PAGE_SIZE = 100
MAX_USERS = 1_000

Entity = dict[str, object]


class EqualIds(Exception):
    """Two equal ids in one batch: the gateway answers 500, as an independent client reports."""


def _is_text(limit: int) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and 0 < len(value) <= limit


def _is_contact_data(value: object) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, dict) and item.get("chatType") and item.get("chatId") for item in value)
    )


def _is_id_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


# kind -> required fields with their checks
_REQUIRED: dict[str, dict[str, Callable[[object], bool]]] = {
    "contacts": {
        "id": _is_text(100),
        "responsibleUserId": _is_text(100),
        "name": _is_text(200),
        "contactData": _is_contact_data,
    },
    "deals": {
        "id": _is_text(100),
        "responsibleUserId": _is_text(100),
        "name": _is_text(200),
        "uri": _is_text(200),
        "contacts": _is_id_list,
        "closed": lambda value: isinstance(value, bool),
    },
    "users": {"id": _is_text(100), "name": _is_text(200)},
}
_CODES = {"contacts": "INVALID_CONTACTS_DATA", "deals": "INVALID_DEALS_DATA", "users": "INVALID_USERS_DATA"}
KINDS = tuple(_REQUIRED)


class Entities:
    """Contacts, deals, users and pipelines of the account."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Entity]] = {kind: {} for kind in KINDS}
        self._pipelines: list[object] = []

    def upsert(self, kind: str, raw: bytes) -> None:
        """`POST /v3/<kind>`. Raises Refusal, or EqualIds for two equal ids in the batch."""
        batch = _array(raw)
        wrong = []
        for index, item in enumerate(batch):
            fields = [
                name
                for name, fits in _REQUIRED[kind].items()
                if not isinstance(item, dict) or not fits(item.get(name))
            ]
            if fields:
                wrong.append({"index": index, "fields": fields})
        if wrong:
            raise Refusal(_CODES[kind], data=wrong)
        entities = {str(item["id"]): dict(item) for item in batch if isinstance(item, dict)}
        if len(entities) != len(batch):
            raise EqualIds
        if kind == "users" and len(self._kept["users"] | entities) > MAX_USERS:
            raise Refusal("USER_LIMIT_EXCEEDED")
        self._kept[kind].update(entities)

    def page(self, kind: str, offset: int) -> object:
        """`GET /v3/<kind>`: users as a plain array by name, the others in pages by id."""
        entities = self._kept[kind].values()
        if kind == "users":
            return sorted(entities, key=lambda user: str(user["name"]))
        ordered = sorted(entities, key=lambda entity: str(entity["id"]))
        return {"count": len(ordered), "data": ordered[offset : offset + PAGE_SIZE]}

    def one(self, kind: str, entity_id: str) -> Entity | None:
        """`GET /v3/<kind>/:id`."""
        return self._kept[kind].get(entity_id)

    def delete(self, kind: str, entity_id: str) -> bool:
        """`DELETE /v3/<kind>/:id`; False when there was none."""
        return self._kept[kind].pop(entity_id, None) is not None

    def delete_many(self, kind: str, raw: bytes) -> None:
        """`PATCH /v3/<kind>/bulk_delete` with an array of ids. Raises Refusal."""
        for entity_id in _array(raw):
            self._kept[kind].pop(str(entity_id), None)

    def set_pipelines(self, raw: bytes) -> None:
        """`POST /v3/pipelines`; a pipeline without stages is refused. Raises Refusal."""
        pipelines = _array(raw)
        for index, item in enumerate(pipelines):
            if not isinstance(item, dict) or not item.get("stages"):
                raise Refusal("INVALID_PIPELINES_DATA", data=[{"index": index, "fields": ["stages"]}])
        self._pipelines = pipelines

    def pipelines(self) -> list[object]:
        """`GET /v3/pipelines`."""
        return self._pipelines

    def clear(self) -> None:
        """Forget all entities."""
        for kept in self._kept.values():
            kept.clear()
        self._pipelines = []


def check_iframe(body: Mapping[str, object]) -> None:
    """`POST /v3/iframe`. Raises Refusal naming the fields at fault."""
    user, scope = body.get("user"), body.get("scope")
    wrong = []
    if not isinstance(user, dict) or not user.get("id"):
        wrong.append("user")
    if scope not in {"global", "card"}:
        wrong.append("scope")
    if scope == "card" and not body.get("filter"):
        wrong.append("filter")
    if wrong:
        raise Refusal("INVALID_IFRAME_DATA", data={"fields": wrong})


def _array(raw: bytes) -> list[object]:
    try:
        batch = json.loads(raw)
    except ValueError as error:
        raise Refusal("VALIDATION_ERROR", description=f"Body is not JSON: {error}") from error
    if not isinstance(batch, list):
        raise Refusal("VALIDATION_ERROR", description="Body is not an array")
    if len(batch) > MAX_ENTITIES:
        raise Refusal("TOO_MANY_ENTITIES")
    return batch
