"""What may not be said in free text goes out as a WhatsApp template, or a manager hears why not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connectors.wazzup.client import WazzupClient
from sales.links import link_key, sign
from sales.ownership_storage import hand_over
from sales.templates import TemplatePurpose, TemplateUse
from sandbox.wazzup.media import StoredFile
from storage import clock
from tests.integration.quote_support import draft
from tests.integration.sender_support import API_KEY, SELLER, Street, street
from tests.integration.template_support import ORDER, ORDER_TEMPLATE, WORDS, say, tasks
from tests.support import CHAT_ID, Database, eventually, in_background
from turns import outbox
from turns.account import note_templates
from turns.ports import Failure, Refused, Reply

DAY = 24 * 3600
DAY_3 = TemplateUse(TemplatePurpose.FOLLOW_UP_DAY_3, {"contact": "Aisha", "quote": "QT-7"})
HAND_OVER = TemplateUse(TemplatePurpose.HAND_OVER, {"code": "K7QF", "reason": "asked for a person"})
NO_ANSWER_YET = "select attempts = 1 and lease_until is null from outbox"


async def let_the_window_close(db: Database, it: Street) -> None:
    await clock.advance(db.url, 2 * DAY)
    it.wazzup.clock.advance(2 * DAY)


async def follow_up(db: Database, outbox_id: int) -> None:
    """The row is the first follow-up of the silence that lasts."""
    quote = await draft(db)
    await db.write(
        "insert into follow_ups (conversation_id, silence_since, step, zone, quote_id, outbox_id)"
        " select id, last_customer_message_at, 3, 'Asia/Dubai', :quote, :outbox"
        " from conversations where chat_id = :chat",
        quote=quote.id,
        outbox=outbox_id,
        chat=CHAT_ID,
    )


# --- text or template ---


async def test_inside_the_window_the_words_go_out(db: Database) -> None:
    async with street(db) as it:
        await say(db, WORDS, ORDER)
        async with in_background(it.sender().run()):
            [row] = await it.until_rows("accepted")
        [message] = it.arrived()
        assert (message.type, message.text, row.template_guid) == ("text", WORDS, None)


@pytest.mark.parametrize("language", ["en", "ar", None])
async def test_outside_the_window_the_template_of_the_chats_language_goes_out(
    db: Database, language: str | None
) -> None:
    async with street(db) as it:
        await db.write("update conversations set reply_language = :language", language=language)
        await let_the_window_close(db, it)
        await say(db, WORDS, ORDER)
        async with in_background(it.sender().run()):
            [row] = await it.until_rows("accepted")
        [send], [message] = it.sends(), it.arrived()
        guid = ORDER_TEMPLATE.ar if language == "ar" else ORDER_TEMPLATE.en
        value = "\u2066SO-00017\u2069" if language == "ar" else "SO-00017"
        assert isinstance(send.body, dict)
        assert (send.body["templateId"], send.body["templateValues"]) == (guid, [value])
        assert not {"text", "contentUri", "buttonsObject"} & set(send.body)
        assert (row.template_guid, row.template_text) == (guid, message.text)
        assert (message.type, message.delivered) == ("wapi_template", True)
        assert value in str(message.text)
        assert await tasks(db) == []


async def test_what_has_no_words_is_a_template_even_inside_the_window(db: Database) -> None:
    async with street(db) as it:
        await say(db, None, ORDER)
        async with in_background(it.sender().run()):
            await it.until_rows("accepted")
        assert [message.type for message in it.arrived()] == ["wapi_template"]


async def test_a_template_opens_no_window(db: Database) -> None:
    async with street(db) as it:
        await let_the_window_close(db, it)
        await say(db, None, ORDER)
        await say(db, "and free text", None)
        async with in_background(it.sender().run()):
            await it.until_rows("accepted", "withheld")
        assert len(it.sends()) == 1


async def test_a_quote_that_comes_too_late_is_told_by_a_template(db: Database) -> None:
    async with street(db) as it:
        quote = await draft(db)
        path = sign(quote.id, quote.valid_until, link_key("a secret"))
        await let_the_window_close(db, it)
        await db.say(Reply(text="Here is your quote", content_uri=f"https://sales.example{path}"))
        await db.say(Reply(content_uri="https://sales.example/images/desk.jpg"))
        async with in_background(it.sender().run()):
            await it.until_rows("withheld", "accepted", "withheld")
        [send] = it.sends()
        assert isinstance(send.body, dict)
        assert send.body["templateId"] == SELLER.templates.quote_ready.en
        assert send.body["templateValues"] == [quote.customer.contact, quote.number]
        assert "contentUri" not in send.body


# --- none fits ---


@pytest.mark.parametrize("status", ["pending", "rejected", "paused", "disabled"])
@pytest.mark.parametrize("words", [WORDS, None])
async def test_where_none_fits_nothing_leaves_and_a_manager_hears_why(
    db: Database, status: str, words: str | None
) -> None:
    async with street(db) as it:
        await it.wazzup.template_changes(ORDER_TEMPLATE.en, status)
        await note_templates(db.engine, it.client)
        await let_the_window_close(db, it)
        await say(db, words, ORDER)
        async with in_background(it.sender().run()):
            [row] = await it.until_rows("withheld")
        assert it.sends() == []
        assert f"not approved but {status}" in row.problem
        [told] = await tasks(db)
        assert f"not approved but {status}" in told
        assert (words or "the template order_confirmed") in told


async def test_a_value_that_is_not_known_keeps_the_template_back(db: Database) -> None:
    async with street(db) as it:
        await say(db, None, TemplateUse(TemplatePurpose.QUOTE_READY, {"contact": " \n", "quote": "QT-7"}))
        async with in_background(it.sender().run()):
            [row] = await it.until_rows("withheld")
        assert "needs contact" in row.problem


async def test_what_a_manager_was_to_read_is_no_task_under_his_own_number(db: Database) -> None:
    async with street(db) as it:
        await db.write("delete from message_templates")
        await say(db, None, HAND_OVER, regardless_of_owner=True)
        async with in_background(it.sender().run()):
            await it.until_rows("withheld")
        assert await tasks(db) == []


async def test_a_follow_up_that_must_not_go_out_any_more_is_withheld_without_a_task(db: Database) -> None:
    async with street(db) as it:
        # Nobody agreed to be written to.
        await follow_up(db, await say(db, None, DAY_3))
        async with in_background(it.sender().run()):
            [row] = await it.until_rows("withheld")
        assert it.sends() == []
        assert row.problem
        assert await tasks(db) == []


# --- an attempt that nobody answered ---


async def test_an_unanswered_template_is_repeated_under_its_key_or_uncertain_when_it_is_paused(
    db: Database,
) -> None:
    async with street(db) as it:
        it.turn_knobs(send_script=["accept_then_drop", "close_connection"])
        await say(db, None, ORDER)
        async with in_background(it.sender().run()):

            async def tried() -> bool:
                return bool(await db.one(NO_ANSWER_YET))

            await eventually(tried, what="one attempt is over")
            await db.write("update message_templates set status = 'paused'")
            await it.until_rows("uncertain", hurry=True)
        assert len(it.arrived()) == 1
        assert await tasks(db) == []


async def test_words_that_may_have_arrived_are_not_said_again_by_a_template(db: Database) -> None:
    async with street(db) as it:
        it.turn_knobs(send_script=["accept_then_drop"])
        await say(db, WORDS, ORDER)
        async with in_background(it.sender().run()):

            async def tried() -> bool:
                return bool(await db.one(NO_ANSWER_YET))

            await eventually(tried, what="one attempt is over")
            await db.write("update conversations set window_closed_at = majlis_now()")
            await it.until_rows("uncertain", hurry=True)
        assert [message.type for message in it.arrived()] == ["text"]


# --- the messenger says no ---


async def test_a_quote_that_the_window_kept_out_is_told_although_its_turn_handed_the_chat_over(
    db: Database, tmp_path: Path
) -> None:
    async with street(db, webhooks_home=tmp_path) as it:
        quote = await draft(db)
        path = sign(quote.id, quote.valid_until, link_key("a secret"))
        file = it.wazzup.media.put(
            StoredFile(data=b"%PDF-1.4", content_type="application/pdf", file_name="q.pdf")
        )
        [row_id] = await db.say(Reply(content_uri=f"https://sales.example{path}"))
        await db.write("update outbox set content_uri = :file where id = :id", file=file, id=row_id)
        turn_id = await db.one("select turn_id from outbox")
        async with db.engine.begin() as connection:
            await hand_over(connection, await db.chat(), reason="a big order", turn_id=turn_id)
        it.wazzup.clock.advance(25 * 3600)
        async with in_background(it.sender().run(), it.clerk().run()):
            _, told = await it.until_rows("accepted", "accepted")
        assert (told.turn_id, told.template_purpose) == (turn_id, "quote_ready")


@pytest.mark.parametrize("refusal", ["status", "synchronous"])
async def test_words_that_the_window_kept_out_are_said_by_the_template_once(
    db: Database, tmp_path: Path, refusal: str
) -> None:
    async with street(db, webhooks_home=tmp_path) as it:
        it.turn_knobs(window_refusal=refusal)
        # Wazzup's own count of the hours is ahead of ours.
        it.wazzup.clock.advance(25 * 3600)
        await say(db, WORDS, ORDER)
        async with in_background(it.sender().run(), it.clerk().run()):

            async def arrived() -> bool:
                return any(message.type == "wapi_template" for message in it.arrived())

            await eventually(arrived, what="the template arrived")
            states = ["accepted"] * (2 if refusal == "status" else 1)
            await it.until_rows(*states)
        assert [message.type for message in it.arrived() if message.delivered] == ["wapi_template"]
        assert await tasks(db) == []


async def test_a_template_that_is_rejected_is_unusable_until_the_list_is_read_again(db: Database) -> None:
    async with street(db) as it:
        # Wazzup knows it, and we do not yet.
        await it.wazzup.template_changes(ORDER_TEMPLATE.en, "paused")
        await say(db, None, ORDER)
        await say(db, None, ORDER)
        async with in_background(it.sender().run()):
            failed, withheld = await it.until_rows("failed", "withheld")
            assert (failed.problem, len(it.sends())) == ("TEMPLATE_REJECTED", 1)
            assert "not approved but refused" in withheld.problem
            first, second = await tasks(db)
            assert "TEMPLATE_REJECTED" in first
            assert "not approved but refused" in second
            await it.wazzup.template_changes(ORDER_TEMPLATE.en, "approved")
            await note_templates(db.engine, it.client)
            await say(db, None, ORDER)
            await it.until_rows("failed", "withheld", "accepted")


@pytest.mark.parametrize("place", ["code", "description"])
@pytest.mark.parametrize(
    ("code", "held", "final", "usable"),
    [
        ("131049", True, False, True),
        ("131048", True, False, True),
        ("131050", False, True, True),
        ("131026", False, True, True),
        ("132015", False, False, False),
        ("132016", False, False, False),
    ],
)
async def test_a_template_that_is_not_delivered_is_held_ended_or_taken_out_of_use(
    db: Database, tmp_path: Path, code: str, place: str, held: bool, final: bool, usable: bool
) -> None:
    async with street(db, webhooks_home=tmp_path) as it:
        it.turn_knobs(template_errors={CHAT_ID: code}, template_error_in=place)
        row_id = await say(db, None, ORDER)
        async with in_background(it.sender().run()):
            await it.until_rows("accepted")
        # As a follow-up it is held or ended; as an order's number it becomes a manager's task.
        await follow_up(db, row_id)
        async with in_background(it.clerk().run()):

            async def noted() -> bool:
                return bool(await db.one("select state <> 'made' from follow_ups"))

            await eventually(noted, what="the failure is noted")
        [noted_as] = await db.rows("select state, held_until is not null as held from follow_ups")
        assert (noted_as.state, noted_as.held) == ("refused" if final else "failed", held)
        status = await db.one("select status from message_templates where guid = :id", id=ORDER_TEMPLATE.en)
        assert status == ("approved" if usable else "refused")
        assert await db.one(
            "select window_closed_at is null from conversations where chat_id = :c", c=CHAT_ID
        )
        [told] = await tasks(db)
        assert "SO-00017" in told


async def test_a_follow_up_that_meets_a_limit_is_no_task(db: Database, tmp_path: Path) -> None:
    async with street(db, webhooks_home=tmp_path) as it:
        it.turn_knobs(template_errors={"*": "131049"})
        await say(db, None, DAY_3)
        async with in_background(it.sender().run(), it.clerk().run()):

            async def failed() -> bool:
                return bool(await db.one("select delivery_status = 'error' from outbox"))

            await eventually(failed, what="the failure is noted")
        assert await tasks(db) == []


async def test_a_refusal_is_sorted_by_what_wazzup_says(db: Database) -> None:
    async with street(db) as it:
        await it.wazzup.template_changes(ORDER_TEMPLATE.en, "disabled")
        it.turn_knobs(error_code_style="camelCase")
        outcomes = []

        class Listening(WazzupClient):
            async def send(self, *args: Any, **more: Any) -> Any:
                outcomes.append(await super().send(*args, **more))
                return outcomes[-1]

        listening = Listening(str(it.wazzup.media.base_url), API_KEY)
        await say(db, None, ORDER)
        async with in_background(it.sender(listening).run()):
            await it.until_rows("failed")
        await listening.close()
        assert outcomes == [Refused("templateRejected", again=False, failure=Failure.TEMPLATE)]


async def test_a_message_without_words_or_template_is_never_written(db: Database) -> None:
    chat = await db.chat()
    for words, why in (("", "0 characters"), ("x" * 5000, "5000 characters"), (None, "nothing to say")):
        async with db.engine.begin() as connection:
            with pytest.raises(ValueError, match=why):
                await outbox.put_one(connection, conversation_id=chat, words=words, template=None)
    assert await db.one("select count(*) from outbox") == 0
