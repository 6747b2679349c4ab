"""What the gateway reports: echoes and statuses of messages that left, states of channels and templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.hand_over_reason import Reason
from sales.ownership import Verdict, judge_echo
from sales.ownership_storage import hand_over, lock_ownership
from turns.ports import BodyReader, Echo
from turns.undelivered import note_undelivered

# A status whose message nobody knows is kept this long: it may arrive before its 201 is recorded.
FORGET_UNMATCHED_STATUS_AFTER = timedelta(minutes=10)
# Statuses in the order they may follow each other; a late one never moves a row backwards.
STATUS_RANK: Mapping[str, int] = {"sent": 1, "delivered": 2, "read": 3, "error": 4}

_CHATS_WITH_ECHOES = text(
    "select distinct c.id from inbox i join conversations c"
    " on (c.channel_id, c.chat_type, c.chat_id) = (i.channel_id, i.chat_type, i.chat_id)"
    " where i.kind = 'echo' and i.settled_at is null limit 100"
)
# A manager may write first; the chat is theirs before the customer answers.
_OPEN_CHATS = text(
    "insert into conversations (channel_id, chat_type, chat_id)"
    " select distinct i.channel_id, i.chat_type, i.chat_id from inbox i"
    " where i.kind = 'echo' and i.settled_at is null"
    " and not exists (select 1 from conversations c where (c.channel_id, c.chat_type, c.chat_id)"
    " = (i.channel_id, i.chat_type, i.chat_id)) order by 1, 2, 3 on conflict do nothing"
)
_ECHOES = text(
    "select i.id, i.external_id, i.body, least(i.sent_at, i.received_at) as sent_at, i.received_at,"
    " majlis_now() - i.received_at as age from inbox i join conversations c"
    " on (c.channel_id, c.chat_type, c.chat_id) = (i.channel_id, i.chat_type, i.chat_id)"
    " where c.id = :id and i.kind = 'echo' and i.settled_at is null order by i.id for update of i"
)
_LOCK_CHAT = text("select 1 from conversations where id = :id for no key update")
_SETTLE = text("update inbox set settled_at = majlis_now() where id = :id")
_OURS_BY_ID = text("select id from outbox where conversation_id = :id and message_id = :message_id limit 1")
# Ours by what it says: the oldest row that was tried and whose message nobody has named yet. An echo comes
# soon or never, and where echoes are off no row is ever named: an old row says nothing about a new echo.
# A file comes back under the address of the vendor's own copy, so any file of ours may be it; a template with
# whatever the messenger adds to our words, so any template of ours may be it, those words first.
_OURS_BY_CONTENT = text(
    "select id from outbox where conversation_id = :id and message_id is null"
    " and first_attempt_at > clock_timestamp() - interval '1 hour'"
    " and state in ('queued', 'uncertain', 'accepted')"
    " and (coalesce(template_text, text) = :text or (template_guid is not null and :as_template)"
    " or (content_uri is not null and template_guid is null and cast(:text as text) is null"
    " and cast(:content_uri as text) is not null))"
    " order by coalesce(template_text, text) is distinct from :text, id limit 1 for update"
)
_RECOGNISED = text(
    "update outbox set message_id = :message_id, state = 'accepted', problem = null, due_at = null,"
    " accepted_at = coalesce(accepted_at, clock_timestamp()) where id = :id"
)
_UNSETTLED = text(
    "select exists (select 1 from outbox where conversation_id = :id and message_id is null"
    " and first_attempt_at > clock_timestamp() - interval '1 hour'"
    " and state in ('queued', 'uncertain', 'accepted'))"
)
_STATUSES = text(
    "select i.id, i.external_id, i.body, o.id as outbox_id, o.delivery_status"
    " from inbox i join outbox o on o.message_id = i.external_id"
    " join conversations c on c.id = o.conversation_id"
    " where i.kind = 'status' and i.settled_at is null order by i.id limit 200"
    " for no key update of c, o, i skip locked"
)
_DELIVERY = text("update outbox set delivery_status = :status, delivery_problem = :problem where id = :id")
_FORGET = text(
    "update inbox set settled_at = majlis_now(), problem = 'no message of ours has this id'"
    " where kind = 'status' and settled_at is null and received_at < majlis_now() - cast(:age as interval)"
)
_CHANNELS = text(
    "with settled as (update inbox set settled_at = majlis_now()"
    "  where kind = 'channel' and settled_at is null"
    "  returning id, channel_id, received_at, body ->> 'state' as state),"
    " newest as (select distinct on (channel_id) channel_id, state from settled"
    "  where state is not null order by channel_id, received_at desc, id desc)"
    " update channels c set state = newest.state, changed_at = clock_timestamp()"
    " from newest where c.channel_id = newest.channel_id"
)
# A template event bears no time: the same news may come again, so a settled one gives up its unique key.
_TEMPLATES = text(
    "with settled as (update inbox set settled_at = majlis_now(), variant = variant || '.' || id"
    "  where kind = 'template' and settled_at is null"
    "  returning id, external_id, lower(body ->> 'status') as status),"
    " newest as (select distinct on (external_id) external_id, status from settled"
    "  where status is not null order by external_id, id desc),"
    " changed as (update message_templates t set status = newest.status, changed_at = majlis_now()"
    "  from newest where t.guid = lower(newest.external_id))"
    " select count(*) from settled"
)


async def settle_echoes(connection: AsyncConnection, conversation_id: int, reader: BodyReader) -> None:
    """Judge this chat's unsettled echoes, so that a person's message counts before anything is decided.

    Locks the chat and its owner first: a reply cannot be stored or sent between the judgement and its
    effect.
    """
    await connection.execute(_LOCK_CHAT, {"id": conversation_id})
    ownership = await lock_ownership(connection, conversation_id)
    rows = (await connection.execute(_ECHOES, {"id": conversation_id})).all()
    for row in rows:
        echo = reader.echo(row.external_id, row.body)
        verdict = await _judge(connection, conversation_id, echo, row.age)
        if verdict is Verdict.WAIT:
            continue
        # One that came before the chat was given back takes it over no more.
        is_over = ownership.given_back_at is not None and row.received_at < ownership.given_back_at
        if verdict is Verdict.PERSON and not is_over:
            await hand_over(
                connection, conversation_id, reason=Reason.MANAGER_WROTE, manager_message_at=row.sent_at
            )
        await connection.execute(_SETTLE, {"id": row.id})


async def _judge(connection: AsyncConnection, conversation_id: int, echo: Echo, age: timedelta) -> Verdict:
    parameters = {"id": conversation_id, "message_id": echo.message_id}
    # Asked first: a send that is answered while this runs has its id only in statements begun after that.
    unsettled = bool((await connection.execute(_UNSETTLED, {"id": conversation_id})).scalar())
    known = (await connection.execute(_OURS_BY_ID, parameters)).first() is not None
    if not known and not echo.by_person:
        content = {
            "id": conversation_id,
            "text": echo.text,
            "content_uri": echo.content_uri,
            "as_template": echo.as_template,
        }
        row = (await connection.execute(_OURS_BY_CONTENT, content)).first()
        if row is not None:
            await connection.execute(_RECOGNISED, {"id": row.id, "message_id": echo.message_id})
            known = True
    return judge_echo(matches_ours=known, by_person=echo.by_person, sends_unsettled=unsettled, age=age)


async def chats_with_echoes(connection: AsyncConnection) -> list[int]:
    """Chats that have echoes to judge; an echo of a chat nobody knows opens it here."""
    await connection.execute(_OPEN_CHATS)
    return list((await connection.execute(_CHATS_WITH_ECHOES)).scalars())


async def settle_statuses(connection: AsyncConnection, reader: BodyReader) -> int:
    """Apply statuses to their outbox rows, forwards only; returns how many were settled."""
    rows = (await connection.execute(_STATUSES)).all()
    # Several statuses of one message in one pass: each is compared with the one before it.
    reached: dict[int, str | None] = {}
    for row in rows:
        change = reader.status(row.external_id, row.body)
        before = reached.get(row.outbox_id, row.delivery_status)
        if STATUS_RANK.get(change.status, 0) > STATUS_RANK.get(before or "", 0):
            reached[row.outbox_id] = change.status
            await connection.execute(
                _DELIVERY, {"id": row.outbox_id, "status": change.status, "problem": change.problem}
            )
            if change.failure is not None:
                await note_undelivered(connection, row.outbox_id, change.failure, change.problem or "")
        await connection.execute(_SETTLE, {"id": row.id})
    await connection.execute(_FORGET, {"age": FORGET_UNMATCHED_STATUS_AFTER})
    return len(rows)


async def settle_channels(connection: AsyncConnection) -> None:
    """Note new states of channels."""
    await connection.execute(_CHANNELS)


async def settle_templates(connection: AsyncConnection) -> bool:
    """Apply what template events say at once; True: there was one, and the templates are to be read anew."""
    return bool((await connection.execute(_TEMPLATES)).scalar_one())
