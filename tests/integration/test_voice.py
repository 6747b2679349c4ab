"""Voice messages on their way into a turn (turns.voice), over real sockets to the sandbox's transcriber."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from sales.ownership_storage import hand_over
from tests.integration.turn_support import ScriptedEngine, said, take, until_turns
from tests.integration.voice_support import Street, voice_street
from tests.support import AT_ONCE, OTHER_CHAT_ID, USUAL, Database, eventually, in_background, message, webhook
from turns.ports import FetchedFile, TranscriberFailed
from turns.voice import LONGEST_SECONDS, Voice

BLACK = "I need a black office chair"


@pytest.fixture
async def it(db: Database) -> AsyncIterator[Street]:
    async with voice_street(db) as opened:
        yield opened


@pytest.fixture
def rasa() -> ScriptedEngine:
    return ScriptedEngine()


async def heard_turn(it: Street, rasa: ScriptedEngine, *states: str) -> None:
    async with in_background(it.worker(rasa).run()):
        await until_turns(it.db, *(states or ("done",)))


# --- heard ---


async def test_what_was_said_is_the_turns_text_as_if_it_had_been_written(
    db: Database, it: Street, rasa: ScriptedEngine
) -> None:
    await it.speak(BLACK)
    await heard_turn(it, rasa)
    [call] = it.sandbox.transcription.calls
    assert [(request.text, request.intent) for request in rasa.taken] == [(BLACK, None)]
    assert await said(db) == [f"answer to {BLACK}"]
    [turn] = await db.rows("select heard, language from turns")
    assert tuple(turn) == ("clear", "en")
    # The customer's own name for the file stays in the house.
    assert (call.file_name, call.content_type, call.language) == ("voice.ogg", "audio/ogg", None)
    assert (call.model, call.response_format) == ("whisper-1", "verbose_json")


async def test_the_language_of_the_chat_is_the_hint_and_the_words_decide_the_answers(
    db: Database, it: Street, rasa: ScriptedEngine
) -> None:
    await db.customer("hello there my friend")
    async with in_background(it.worker(rasa).run()):
        await until_turns(db, "done")
        it.script({"text": "ابغى كرسي مكتب اسود"})
        await it.speak()
        await until_turns(db, "done", "done")
    assert [call.language for call in it.sandbox.transcription.calls] == ["en"]
    assert await db.one("select reply_language from conversations") == "ar"


async def test_spoken_and_written_words_of_a_burst_are_one_turn_in_their_order(
    db: Database, it: Street, rasa: ScriptedEngine
) -> None:
    await db.customer("hello", debounce=USUAL)
    await it.speak(BLACK, debounce=USUAL)
    await db.customer("with arms", debounce=USUAL)
    await db.write("update conversations set due_at = clock_timestamp()")
    await heard_turn(it, rasa)
    assert [request.text for request in rasa.taken] == [f"hello\n{BLACK}\nwith arms"]


async def test_the_recording_is_kept_for_the_managers(db: Database, it: Street) -> None:
    await it.speak(BLACK)
    await heard_turn(it, ScriptedEngine())
    [row] = await db.rows("select kind, state, content_type, length(content) as size from received_files")
    assert (row.kind, row.state, row.content_type) == ("voice", "kept", "audio/ogg")
    assert row.size > 0
    # It is here already: nothing is left to fetch.
    assert await db.one("select count(*) from jobs") == 0


async def test_a_recording_that_was_taken_back_is_not_listened_to(db: Database, it: Street) -> None:
    await it.speak(BLACK, message_id="m", debounce=USUAL)
    await db.receive(webhook(message("as it was", message_id="m", isDeleted=True)), USUAL)
    await db.customer("hi")
    await heard_turn(it, ScriptedEngine())
    assert it.sandbox.transcription.calls == []
    assert await db.one("select count(*) from received_files") == 0


async def test_a_recording_that_comes_while_another_is_listened_to_is_heard_in_the_next_turn(
    db: Database, it: Street, rasa: ScriptedEngine
) -> None:
    listening = it.sandbox.transcription
    listening.may_answer.clear()
    await it.speak(BLACK)
    async with in_background(it.worker(rasa).run()):
        await listening.until_called(1)
        await it.speak("and a white table")
        listening.may_answer.set()
        await until_turns(db, "done", "done")
    assert [request.text for request in rasa.taken] == [BLACK, "and a white table"]


async def test_a_manager_s_chat_costs_nothing(db: Database, it: Street) -> None:
    async with db.engine.begin() as connection:
        await hand_over(connection, await db.chat(), reason="the customer asked")
    await it.speak(BLACK)
    await heard_turn(it, ScriptedEngine(), "withheld")
    assert it.sandbox.transcription.calls == []
    # The manager can listen to it all the same.
    assert await db.one("select count(*) from jobs where kind = 'media.keep'") == 1


async def test_other_chats_go_on_while_one_is_listened_to(
    db: Database, it: Street, rasa: ScriptedEngine
) -> None:
    listening = it.sandbox.transcription
    listening.may_answer.clear()
    await it.speak(BLACK)
    async with in_background(it.worker(rasa).run()):
        await listening.until_called(1)
        await db.customer("hello", chat_id=OTHER_CHAT_ID)
        await until_turns(db, "done")
        assert [request.text for request in rasa.taken] == ["hello"]
        # No transaction is open meanwhile: nobody waits for a lock of this chat.
        assert await db.rows("select 1 from conversations for update nowait")
        assert await db.rows("select 1 from transcripts, inbox for update nowait")
        listening.may_answer.set()
        await until_turns(db, "done", "done")


# --- not heard ---


@pytest.mark.parametrize(
    "fault",
    ["http_400", "http_401", "http_429", "http_500", "http_503", "not_json", "html", "no_text", "empty_text",
     "endless_text", "drop", "redirect"],
)  # fmt: skip
async def test_what_cannot_be_heard_is_declined_as_before_after_one_attempt(
    db: Database, it: Street, fault: str, rasa: ScriptedEngine
) -> None:
    it.script({"fault": fault}, repeat=True)
    await it.speak(BLACK)
    await heard_turn(it, rasa)
    assert len(it.sandbox.transcription.calls) == 1
    assert [(request.text, request.intent) for request in rasa.taken] == [("", "send_voice")]
    assert [state for state, _ in await it.heard()] == ["declined"]


async def test_without_a_transcriber_nothing_leaves_the_house_and_the_message_is_declined(
    db: Database, it: Street, rasa: ScriptedEngine
) -> None:
    deaf = Voice(it.voice.source, None, it.voice.is_clear, it.voice.assent, it.voice.wording)
    it.voice = deaf
    await it.speak(BLACK)
    await heard_turn(it, rasa)
    assert it.sandbox.transcription.calls == []
    assert [request.intent for request in rasa.taken] == ["send_voice"]


async def test_a_recording_longer_than_anybody_needs_is_declined_unheard(db: Database, it: Street) -> None:
    await it.speak(BLACK, seconds=int(LONGEST_SECONDS) + 1)
    await heard_turn(it, ScriptedEngine())
    assert it.sandbox.transcription.calls == []
    assert await db.one("select problem from transcripts") == "it plays 181 s, longer than 180 s"


@pytest.mark.parametrize(
    ("data", "content_type"), [(b"%PDF-1.4\n%%EOF\n", "audio/ogg"), (b"OggS" + bytes(40), "audio/ogg")]
)
async def test_what_is_no_recording_is_declined_unheard(
    db: Database, it: Street, data: bytes, content_type: str, rasa: ScriptedEngine
) -> None:
    uri = it.file(data, content_type, "voice.ogg")
    await db.receive(webhook(message(None, type="audio", contentUri=uri)), AT_ONCE)
    await heard_turn(it, rasa)
    assert it.sandbox.transcription.calls == []
    assert [request.intent for request in rasa.taken] == ["send_voice"]


@pytest.mark.parametrize("uri", [None, "http://169.254.169.254/voice.ogg", "http://127.0.0.1:1/voice.ogg"])
async def test_a_recording_from_nowhere_or_from_inside_is_declined(
    db: Database, it: Street, uri: str | None, rasa: ScriptedEngine
) -> None:
    await db.receive(webhook(message(None, type="audio", contentUri=uri)), AT_ONCE)
    await heard_turn(it, rasa)
    assert it.sandbox.transcription.calls == []
    assert [request.intent for request in rasa.taken] == ["send_voice"]


# --- once ---


async def test_a_turn_that_is_taken_again_has_the_words_of_the_first_time(db: Database, it: Street) -> None:
    """Frozen with the words; a worker that comes later neither pays again nor hears something else."""
    await it.speak(BLACK)
    await heard_turn(it, ScriptedEngine([]), "done")
    await db.write("update turns set state = 'open', finished_at = null")
    await db.write("delete from outbox")
    await db.write(
        "update conversations set current_turn_id = (select id from turns), due_at = clock_timestamp()"
    )
    again = await take(db)
    assert (again.text, again.intent, again.heard) == (BLACK, None, "clear")
    assert len(it.sandbox.transcription.calls) == 1


async def test_what_was_heard_before_the_worker_died_is_not_paid_for_again(
    db: Database, it: Street, rasa: ScriptedEngine
) -> None:
    await it.speak(BLACK)
    rasa.is_ready = True
    chat = await db.chat()
    await db.write(
        "insert into transcripts (inbox_id, conversation_id, state, text)"
        " select id, :chat, 'clear', 'I need a desk' from inbox", chat=chat,
    )  # fmt: skip
    await heard_turn(it, rasa)
    assert it.sandbox.transcription.calls == []
    assert [request.text for request in rasa.taken] == ["I need a desk"]


async def test_a_recording_that_ends_its_worker_is_given_up(
    db: Database, it: Street, rasa: ScriptedEngine
) -> None:
    await it.speak(BLACK)
    await db.write(
        "insert into transcripts (inbox_id, conversation_id, attempts)"
        " select id, :chat, 2 from inbox", chat=await db.chat(),
    )  # fmt: skip
    await heard_turn(it, rasa)
    assert it.sandbox.transcription.calls == []
    assert [request.intent for request in rasa.taken] == ["send_voice"]


async def test_a_worker_that_is_stopped_while_listening_leaves_the_recording_to_another(
    db: Database, it: Street, rasa: ScriptedEngine
) -> None:
    listening = it.sandbox.transcription
    listening.may_answer.clear()
    await it.speak(BLACK)
    async with in_background(it.worker(rasa).run()):
        await listening.until_called(1)
    assert rasa.taken == []
    listening.may_answer.set()
    # A stopped worker gives nothing back: its lease ends.
    await db.write("update conversations set lease_until = clock_timestamp()")
    await heard_turn(it, rasa)
    assert len(listening.calls) == 2
    assert [request.text for request in rasa.taken] == [BLACK]
    assert await said(db) == [f"answer to {BLACK}"]


async def test_a_transcription_longer_than_a_lease_stays_with_its_worker(
    db: Database, it: Street, rasa: ScriptedEngine
) -> None:
    listening = it.sandbox.transcription
    listening.may_answer.clear()
    await it.speak(BLACK)
    async with in_background(it.worker(rasa).run(), it.worker(rasa).run()):
        await listening.until_called(1)
        first = await db.one("select lease_until from conversations")

        async def over() -> bool:
            return bool(await db.one("select clock_timestamp() > cast(:first as timestamptz)", first=first))

        await eventually(over, within=10, what="the first lease is over")
        listening.may_answer.set()
        await until_turns(db, "done")
    assert len(listening.calls) == 1
    assert [request.fence for request in rasa.taken] == [1]


async def test_a_transcriber_that_never_answers_is_left_in_time(db: Database, it: Street) -> None:
    it.sandbox.transcription.may_answer.clear()
    transcriber = it.voice.transcriber
    assert transcriber is not None
    file = FetchedFile(b"OggS", "audio/ogg", "voice.ogg", 1.0)
    with pytest.raises(TranscriberFailed, match=r"within 0\.2 s"):
        await asyncio.wait_for(transcriber.transcribe(file, language=None, timeout_seconds=0.2), 5)
