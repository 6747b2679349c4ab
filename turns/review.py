"""What was said in a chat in a period, and what the dialogue knew when it asked, for whoever reviews it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

DETAILS = ("company", "contact_name", "email")
"""The slots that forms ask for."""

# The words of a turn are those that it was frozen with: an edit, and a voice message as it was heard, count
# where they were read. An echo that is no row of ours was written by a manager. A manager's echo has its time
# of arrival, like what customers write.
_SAID = text(
    "select * from ("
    " select 'customer' as who, t.text, max(i.received_at) as at, t.id as turn_id, false as is_template,"
    "  null::timestamptz as customer_wrote_at, 0 as part, 0::bigint as id"
    "  from turns t join inbox i on i.turn_id = t.id and i.kind = 'message'"
    "  where t.conversation_id = :chat group by t.id"
    " union all"
    " select 'majlis', coalesce(o.template_text, o.text, '(file)'),"
    "  coalesce(o.first_attempt_at, o.accepted_at), o.turn_id, o.template_guid is not null,"
    "  (select max(i.received_at) from inbox i where (i.channel_id, i.chat_type, i.chat_id) ="
    "   (c.channel_id, c.chat_type, c.chat_id) and i.kind = 'message'"
    "   and i.received_at <= coalesce(o.first_attempt_at, o.accepted_at)), 1, o.id"
    "  from outbox o join conversations c on c.id = o.conversation_id"
    "  where o.conversation_id = :chat and o.state in ('accepted', 'uncertain')"
    " union all"
    " select 'person', coalesce(i.body ->> 'text', '(file)'), i.received_at, null, false, null, 2, i.id"
    "  from inbox i join conversations c on (c.channel_id, c.chat_type, c.chat_id) ="
    "   (i.channel_id, i.chat_type, i.chat_id)"
    "  where c.id = :chat and i.kind = 'echo'"
    "  and not exists (select from outbox o where o.conversation_id = c.id and o.message_id = i.external_id)"
    ") said where at >= :since and at < :until order by at, part, id"
)
_EVENTS = text("select type_name, data from events where sender_id = :sender order by id")
_TRANSPORT = text(
    "select coalesce(ch.transport, '') from conversations c"
    " left join channels ch on ch.channel_id = c.channel_id where c.id = :chat"
)
# An explanation follows an answer that could not be taken, perhaps a wrong correction of what is known.
_QUESTIONS = {f"utter_{way}_{detail}": detail for detail in DETAILS for way in ("ask_quote_form", "remind")}


@dataclass(frozen=True)
class Said:
    """One message as it was written, with its moment; who: customer, majlis or person (a manager)."""

    who: Literal["customer", "majlis", "person"]
    text: str
    at: datetime
    turn_id: int | None
    is_template: bool
    customer_wrote_at: datetime | None


@dataclass(frozen=True)
class DetailStep:
    """A detail became known, was forgotten, or was asked for."""

    step: Literal["known", "forgotten", "asked"]
    detail: str
    turn_id: int | None


async def said_in(
    connection: AsyncConnection, conversation_id: int, since: datetime, until: datetime
) -> Sequence[Said]:
    """What customer, Majlis and managers wrote in the period, in order; what never left is left out."""
    parameters = {"chat": conversation_id, "since": since, "until": until}
    rows = await connection.execute(_SAID, parameters)
    return [
        Said(row.who, row.text, row.at, row.turn_id, row.is_template, row.customer_wrote_at) for row in rows
    ]


async def transport_of(connection: AsyncConnection, conversation_id: int) -> str:
    """What kind of channel the chat is on; empty where the account did not say."""
    return str((await connection.execute(_TRANSPORT, {"chat": conversation_id})).scalar_one())


async def detail_steps(connection: AsyncConnection, conversation_id: int) -> Sequence[DetailStep]:
    """What the dialogue knew of the customer and what it asked for, from the chat's first event on."""
    rows = await connection.execute(_EVENTS, {"sender": str(conversation_id)})
    steps: list[DetailStep] = []
    turn_id: int | None = None
    for row in rows:
        if row.type_name not in ("user", "slot", "bot", "session_started"):
            continue
        event: dict[str, Any] = json.loads(row.data)
        if row.type_name == "user":
            message_id = str(event.get("message_id") or "")
            turn_id = int(message_id) if message_id.isdecimal() else None
        elif row.type_name == "session_started":
            # Its slots follow, for what is still known.
            steps += [DetailStep("forgotten", detail, turn_id) for detail in DETAILS]
        elif row.type_name == "slot" and event.get("name") in DETAILS:
            step: Literal["known", "forgotten"] = "known" if event.get("value") else "forgotten"
            steps.append(DetailStep(step, event["name"], turn_id))
        elif row.type_name == "bot":
            detail = _QUESTIONS.get(str((event.get("metadata") or {}).get("utter_action")))
            if detail is not None:
                steps.append(DetailStep("asked", detail, turn_id))
    return steps
