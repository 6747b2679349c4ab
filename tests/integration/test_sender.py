"""Rows leave in order, each once, inside the window, and only while the bot may speak (turns.sender)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import httpx
import pytest

from sales.templates import Template
from sandbox.wazzup.media import StoredFile
from tests.integration.sender_support import API_KEY, Street, street
from tests.support import (
    CHANNEL_ID,
    CHAT_ID,
    OTHER_CHAT_ID,
    Database,
    eventually,
    in_background,
)
from turns.ports import Accepted, Button, Outgoing, Reply, SendOutcome

DAY = 24 * 3600


async def post_with_key(it: Street, key: str, words: str) -> None:
    """Somebody has used this key before the sender does."""
    address = {"channelId": CHANNEL_ID, "chatType": "whatsapp", "chatId": CHAT_ID}
    body = {**address, "text": words, "crmMessageId": key}
    headers = {"Authorization": f"Bearer {API_KEY}"}
    async with httpx.AsyncClient(base_url=it.wazzup.media.base_url, trust_env=False) as client:
        assert (await client.post("/v3/message", json=body, headers=headers)).status_code == 201


# --- order ---


async def test_rows_of_a_chat_leave_in_order_each_under_its_own_id(db: Database) -> None:
    async with street(db) as it:
        ids = await db.say("one", "two", "three")
        async with in_background(it.sender().run()):
            rows = await it.until_rows("accepted", "accepted", "accepted")
        assert [message.text for message in it.arrived()] == ["one", "two", "three"]
        assert it.keys() == [str(row_id) for row_id in ids]
        assert [row.message_id for row in rows] == [message.message_id for message in it.arrived()]
        assert all(row.accepted_at is not None and row.attempts == 1 for row in rows)


async def test_one_chat_that_waits_does_not_hold_back_another(db: Database) -> None:
    async with street(db) as it:
        it.turn_knobs(send_script=[{"outcome": "slow:0.5", "chat_id": CHAT_ID}])
        await db.say("slow", "after it")
        await db.say("at once", chat_id=OTHER_CHAT_ID)
        async with in_background(it.sender().run()):
            await it.until_rows("accepted", chat_id=OTHER_CHAT_ID)
            assert [message.text for message in it.arrived()] == ["slow"]
            await it.until_rows("accepted", "accepted")
        first, second = it.sends()
        assert first.answered_monotonic is not None
        assert second.received_monotonic > first.answered_monotonic


async def test_two_workers_send_every_row_once_and_keep_each_chats_order(db: Database) -> None:
    chats = [f"97150000{number:04}" for number in range(6)]
    async with street(db) as it:
        for chat_id in chats:
            await it.customer("Hi", chat_id)
            await db.say("one", "two", "three", chat_id=chat_id)
        async with in_background(it.sender().run(), it.sender().run()):
            for chat_id in chats:
                await it.until_rows("accepted", "accepted", "accepted", chat_id=chat_id)
        for chat_id in chats:
            assert [message.text for message in it.arrived(chat_id)] == ["one", "two", "three"]
            assert len(it.sends(chat_id)) == 3


async def test_buttons_and_files_leave_as_wazzup_takes_them(db: Database) -> None:
    async with street(db) as it:
        picture = it.wazzup.media.put(
            StoredFile(data=b"\x89PNG", content_type="image/png", file_name="chair.png", expires_at=None)
        )
        many = [Button(f"Choice {number}", f"/choice_{number}") for number in range(4)]
        await db.say(
            Reply("Right?", [Button("Yes", "/affirm")]),
            Reply("Which?", many),
            Reply(content_uri=picture),
        )
        async with in_background(it.sender().run()):
            await it.until_rows("accepted", "accepted", "accepted")
        asked, listed, image = it.arrived()
        assert asked.buttons == [{"text": "Yes", "type": "text", "payload": "majlis:/affirm"}]
        assert (listed.buttons, str(listed.text).count("\n")) == ([], 4)
        assert (image.type, image.text) == ("image", None)
        for send in it.sends():
            assert isinstance(send.body, dict)
            assert send.body["clearUnanswered"] is False


# --- attempts and their keys ---


async def test_the_first_attempt_is_committed_before_anything_leaves(db: Database) -> None:
    seen: list[tuple[object, ...]] = []

    class Looking:
        """A messenger that looks into the database while it is asked to send."""

        async def send(self, message: Outgoing, *, timeout_seconds: float) -> SendOutcome:
            rows = await db.rows("select attempts, first_attempt_at is not null, state from outbox")
            seen.append((timeout_seconds, *rows[0]))
            return Accepted("m1")

        async def transports(self) -> Mapping[str, tuple[str, str]]:
            return {}

        async def templates(self) -> Sequence[Template]:
            return []

    async with street(db) as it:
        await db.say("hello")
        async with in_background(it.sender(Looking()).run()):
            await it.until_rows("accepted")
    assert seen == [(10.0, 1, True, "queued")]


@pytest.mark.parametrize("outcome", ["accept_then_drop", "503_after_accept", "broken_json"])
async def test_after_no_usable_answer_the_same_key_is_repeated_and_repeated_means_accepted(
    db: Database, outcome: str
) -> None:
    async with street(db) as it:
        it.turn_knobs(send_script=[outcome])
        [row_id] = await db.say("hello")
        async with in_background(it.sender().run()):
            [row] = await it.until_rows("accepted", hurry=True)
        assert it.keys() == [str(row_id)] * 2
        assert [message.text for message in it.arrived()] == ["hello"]
        assert (row.message_id, row.attempts, row.retry_number) == (None, 2, 0)


@pytest.mark.parametrize("outcome", ["500", "close_connection"])
async def test_what_was_not_accepted_is_sent_with_the_same_key(db: Database, outcome: str) -> None:
    async with street(db) as it:
        it.turn_knobs(send_script=[outcome])
        [row_id] = await db.say("hello")
        async with in_background(it.sender().run()):
            [row] = await it.until_rows("accepted", hurry=True)
        assert it.keys() == [str(row_id)] * 2
        assert row.message_id == it.arrived()[0].message_id


async def test_a_worker_that_died_after_its_post_does_not_double_the_message(db: Database) -> None:
    async with street(db) as it:
        [row_id] = await db.say("hello")
        await post_with_key(it, str(row_id), "hello")
        await db.write("update outbox set attempts = 1, first_attempt_at = clock_timestamp()")
        async with in_background(it.sender().run()):
            await it.until_rows("accepted")
        assert len(it.arrived()) == 1


async def test_a_definite_refusal_is_tried_again_with_a_new_key_each_time(db: Database) -> None:
    async with street(db) as it:
        it.turn_knobs(
            send_script=[
                "refuse:MESSAGE_CHANNEL_UNAVAILABLE",
                "refuse_key_occupied:CHANNEL_LIMIT_EXCEEDED",
                "429",
            ]
        )
        [row_id] = await db.say("hello")
        async with in_background(it.sender().run()):
            [row] = await it.until_rows("accepted", hurry=True)
        assert it.keys() == [f"{row_id}", f"{row_id}.1", f"{row_id}.2", f"{row_id}.3"]
        assert (row.retry_number, row.attempts, len(it.arrived())) == (3, 1, 1)


async def test_repeated_on_a_key_of_no_earlier_attempt_is_somebody_elses_message(db: Database) -> None:
    async with street(db) as it:
        [row_id] = await db.say("hello")
        await post_with_key(it, str(row_id), "somebody else's")
        async with in_background(it.sender().run()):
            await it.until_rows("accepted", hurry=True)
        assert it.keys() == [f"{row_id}", f"{row_id}", f"{row_id}.1"]
        assert [message.text for message in it.arrived()] == ["somebody else's", "hello"]


async def test_a_refusal_after_an_attempt_without_an_answer_says_nothing_about_that_attempt(
    db: Database,
) -> None:
    """A new key would send the message a second time if the first attempt was accepted."""
    async with street(db) as it:
        it.turn_knobs(send_script=["accept_then_drop", "429"])
        [row_id] = await db.say("hello")
        async with in_background(it.sender().run()):
            await it.until_rows("accepted", hurry=True)
        assert it.keys() == [str(row_id)] * 3
        assert len(it.arrived()) == 1


async def test_a_final_refusal_after_an_attempt_without_an_answer_leaves_the_row_uncertain(
    db: Database,
) -> None:
    async with street(db) as it:
        it.turn_knobs(send_script=["500", "refuse:BAD_CONTACT"])
        await db.say("hello")
        async with in_background(it.sender().run()):
            [row] = await it.until_rows("uncertain", hurry=True)
        assert (row.problem, len(it.sends())) == ("BAD_CONTACT", 2)


async def test_a_final_refusal_fails_the_row_and_frees_the_chat(db: Database) -> None:
    async with street(db) as it:
        it.turn_knobs(send_script=["refuse:BAD_CONTACT"])
        await db.say("hello", "again")
        async with in_background(it.sender().run()):
            first, _ = await it.until_rows("failed", "accepted")
        assert (first.problem, len(it.sends())) == ("BAD_CONTACT", 2)


async def test_a_channel_that_stays_away_is_given_up_after_eight_keys(db: Database) -> None:
    async with street(db) as it:
        it.turn_knobs(send_default="refuse:MESSAGE_CHANNEL_UNAVAILABLE")
        await db.say("hello")
        async with in_background(it.sender().run()):

            async def given_up() -> bool:
                # Each key counts for the pacing, which is not what this test waits for.
                await db.write("update conversations set send_paced_until = null")
                await it.hurry()
                return bool(await db.one("select state = 'failed' from outbox"))

            await eventually(given_up, what="the row is given up")
        [row] = await it.until_rows("failed")
        assert (len(set(it.keys())), len(it.sends())) == (8, 8)
        assert row.problem == "MESSAGE_CHANNEL_UNAVAILABLE"


async def test_no_attempt_starts_after_45_seconds_and_the_row_is_uncertain(db: Database) -> None:
    async with street(db) as it:
        it.turn_knobs(send_default="500")
        await db.say("hello")
        async with in_background(it.sender().run()):

            async def tried() -> bool:
                return bool(await db.one("select attempts = 1 and lease_until is null from outbox"))

            await eventually(tried, what="one attempt is over")
            await db.write("update outbox set first_attempt_at = clock_timestamp() - interval '44 seconds'")
            await it.hurry()

            async def tried_again() -> bool:
                return bool(await db.one("select attempts = 2 and lease_until is null from outbox"))

            await eventually(tried_again, what="a second attempt within the time")
            await db.write("update outbox set first_attempt_at = clock_timestamp() - interval '45.1 seconds'")
            [row] = await it.until_rows("uncertain", hurry=True)
        assert len(it.sends()) == 2
        assert row.due_at is None
        assert await db.one(
            "select uncertain_until between clock_timestamp() + interval '50 seconds'"
            " and clock_timestamp() + interval '60 seconds' from outbox"
        )


async def test_an_uncertain_row_holds_its_chat_back_until_its_time_is_over(db: Database) -> None:
    async with street(db) as it:
        first, _ = await db.say("hello", "after it")
        await db.write(
            "update outbox set state = 'uncertain', due_at = null, attempts = 1,"
            " first_attempt_at = clock_timestamp(),"
            " uncertain_until = clock_timestamp() + interval '1 minute' where id = :id",
            id=first,
        )
        await db.say("unhindered", chat_id=OTHER_CHAT_ID)
        async with in_background(it.sender().run()):
            await it.until_rows("accepted", chat_id=OTHER_CHAT_ID)
            assert it.sends() == []
            await db.write("update outbox set uncertain_until = clock_timestamp() where id = :id", id=first)
            await it.until_rows("uncertain", "accepted")
        assert [message.text for message in it.arrived()] == ["after it"]


async def test_after_a_burst_of_five_sends_to_one_customer_are_paced(db: Database) -> None:
    async with street(db) as it:
        await db.say(*(f"line {number}" for number in range(7)))
        await db.say("unhindered", chat_id=OTHER_CHAT_ID)
        async with in_background(it.sender().run()):
            await it.until_rows(*["accepted"] * 5, "queued", "queued")

            async def put_off() -> float:
                rows = await db.rows(
                    "select extract(epoch from due_at - clock_timestamp())::float8 as seconds from outbox"
                    " where text = 'line 5' and lease_until is null and due_at > clock_timestamp()"
                )
                return float(rows[0].seconds) if rows else 0.0

            assert 1 < await eventually(put_off, what="the sixth is put off") <= 6
            await it.until_rows("accepted", chat_id=OTHER_CHAT_ID)
            assert len(it.sends()) == 5
            # Six seconds later there is room for one, not for two.
            await db.write(
                "update conversations set send_paced_until = send_paced_until - interval '6 seconds'"
            )
            await it.until_rows(*["accepted"] * 6, "queued", hurry=True)

            async def next_is_put_off() -> bool:
                return bool(
                    await db.one("select due_at > clock_timestamp() from outbox where text = 'line 6'")
                )

            await eventually(next_is_put_off, what="the seventh is put off")
        assert len(it.sends()) == 6
