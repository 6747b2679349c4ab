"""'I heard: … Right?': asked where a recording was not heard well or names a number, and what answers it."""

from __future__ import annotations

import pytest

from app.seller import load_seller
from tests.integration.turn_support import ScriptedEngine, said, take, until_turns
from tests.integration.voice_support import Street, voice_street
from tests.support import AT_ONCE, USUAL, Database, in_background, message, webhook

UNSURE: dict[str, object] = {"text": "I need a grey chair", "avg_logprob": -0.9}
TWENTY: dict[str, object] = {"text": "I need twenty chairs"}
WORDS = load_seller().voice


def question(heard: str, language: str = "en") -> str:
    return WORDS.question.in_language("ar" if language == "ar" else "en").replace("{heard}", heard)


async def asked(it: Street, rasa: ScriptedEngine, answer: dict[str, object]) -> None:
    """The customer says something that is asked about."""
    it.script(answer)
    await it.speak()
    async with in_background(it.worker(rasa).run()):
        await until_turns(it.db, "done")
    assert rasa.taken == []


async def answered(it: Street, rasa: ScriptedEngine, *words: str, tap: bool = False) -> None:
    body = webhook(*(message(line) for line in words))
    if tap:
        body = webhook(message(await payload(it.db, 0 if words == ("right",) else 1)))
    await it.db.receive(body, AT_ONCE)
    async with in_background(it.worker(rasa).run()):
        await until_turns(it.db, "done", "done")


async def payload(db: Database, number: int) -> str:
    return str(
        await db.one(
            "select buttons -> :number ->> 'payload' from outbox where buttons <> '[]'", number=number
        )
    )


# --- asking ---


@pytest.mark.parametrize(
    ("answer", "language"),
    [
        (UNSURE, "en"),
        (TWENTY, "en"),
        ({"text": "I need a grey chair", "no_speech_prob": 0.7}, "en"),
        ({"text": "chair chair chair chair", "compression_ratio": 3.0}, "en"),
        ({"text": "I need a chair", "fault": "without_figures"}, "en"),
        ({"text": "ابغى عشرين كرسي"}, "ar"),
        ({"text": "ابغى ٢٠ كرسي"}, "ar"),
    ],
)
async def test_what_is_not_sure_is_asked_in_the_customers_language_and_rasa_hears_nothing(
    db: Database, answer: dict[str, object], language: str
) -> None:
    async with voice_street(db) as it:
        await asked(it, ScriptedEngine(), answer)
    assert await said(db) == [question(str(answer["text"]), language)]
    [turn] = await db.rows("select text, intent, heard from turns")
    assert tuple(turn) == (answer["text"], None, "unclear")
    buttons = await db.one("select buttons from outbox")
    titles = [WORDS.right.model_dump()[language], WORDS.wrong.model_dump()[language]]
    assert [button["title"] for button in buttons] == titles


async def test_braces_that_were_heard_are_words(db: Database) -> None:
    async with voice_street(db) as it:
        await asked(it, ScriptedEngine(), {"text": "{heard} {0} twenty"})
    assert await said(db) == [question("{heard} {0} twenty")]


async def test_the_question_is_asked_again_by_the_worker_that_takes_the_turn_over(db: Database) -> None:
    async with voice_street(db) as it:
        await asked(it, ScriptedEngine(), TWENTY)
    await db.write("update turns set state = 'open', finished_at = null")
    await db.write(
        "update conversations set current_turn_id = (select id from turns), due_at = clock_timestamp()"
    )
    assert (await take(db)).heard == "unclear"


async def test_written_words_of_the_burst_are_answered_first(db: Database) -> None:
    rasa = ScriptedEngine()
    async with voice_street(db) as it:
        it.script(TWENTY)
        await it.speak(debounce=USUAL)
        await db.customer("hello")
        async with in_background(it.worker(rasa).run()):
            await until_turns(db, "done", "done")
    assert [request.text for request in rasa.taken] == ["hello"]
    assert await said(db) == ["answer to hello", question("I need twenty chairs")]


# --- answering ---


@pytest.mark.parametrize("words", ["yes", "Yes, that's right", "هيه صح", "1", "ايوه", "ok thanks"])
async def test_a_yes_makes_the_heard_words_the_customers(db: Database, words: str) -> None:
    rasa = ScriptedEngine()
    async with voice_street(db) as it:
        await asked(it, rasa, TWENTY)
        await answered(it, rasa, words)
    assert [(request.text, request.intent) for request in rasa.taken] == [("I need twenty chairs", None)]
    [first, second] = await db.rows("select id, heard, confirms from turns order by id")
    assert (second.heard, second.confirms) == ("clear", first.id)


async def test_the_button_does_the_same(db: Database) -> None:
    rasa = ScriptedEngine()
    async with voice_street(db) as it:
        await asked(it, rasa, TWENTY)
        await answered(it, rasa, "right", tap=True)
    assert [request.text for request in rasa.taken] == ["I need twenty chairs"]


async def test_a_yes_with_more_brings_both(db: Database) -> None:
    rasa = ScriptedEngine()
    async with voice_street(db) as it:
        await asked(it, rasa, TWENTY)
        await answered(it, rasa, "yes", "in black please")
    assert [request.text for request in rasa.taken] == ["I need twenty chairs\nin black please"]


@pytest.mark.parametrize(
    ("words", "tap"), [("no", False), ("لا مب صح", False), ("2", False), ("wrong", True)]
)
async def test_a_no_is_answered_and_what_was_heard_is_forgotten(db: Database, words: str, tap: bool) -> None:
    rasa = ScriptedEngine()
    async with voice_street(db) as it:
        await asked(it, rasa, TWENTY)
        await answered(it, rasa, words, tap=tap)
    assert rasa.taken == []
    assert (await said(db))[1:] == [WORDS.again.en]


async def test_what_is_said_behind_a_no_is_what_counts(db: Database) -> None:
    rasa = ScriptedEngine()
    async with voice_street(db) as it:
        await asked(it, rasa, TWENTY)
        await answered(it, rasa, "no", "12 chairs")
    assert [request.text for request in rasa.taken] == ["12 chairs"]


@pytest.mark.parametrize("words", ["I need 12 chairs", "what are your prices?", "no I meant desks"])
async def test_who_goes_on_is_followed(db: Database, words: str) -> None:
    rasa = ScriptedEngine()
    async with voice_street(db) as it:
        await asked(it, rasa, TWENTY)
        await answered(it, rasa, words)
    assert [request.text for request in rasa.taken] == [words]


async def test_a_yes_to_another_question_is_nobody_s_recording(db: Database) -> None:
    rasa = ScriptedEngine()
    async with voice_street(db) as it:
        await asked(it, rasa, TWENTY)
        await answered(it, rasa, "hello")
        await db.customer("yes")
        async with in_background(it.worker(rasa).run()):
            await until_turns(db, "done", "done", "done")
    assert [request.text for request in rasa.taken] == ["hello", "yes"]


async def test_the_same_words_are_acted_on_once_however_often_the_button_is_tapped(db: Database) -> None:
    rasa = ScriptedEngine()
    async with voice_street(db) as it:
        await asked(it, rasa, TWENTY)
        await answered(it, rasa, "right", tap=True)
        await db.receive(webhook(message(await payload(db, 0))), AT_ONCE)
        async with in_background(it.worker(rasa).run()):
            await until_turns(db, "done", "done", "done")
    assert [request.text for request in rasa.taken] == ["I need twenty chairs", WORDS.right.en]


async def test_nobody_confirms_the_words_of_another_chat(db: Database) -> None:
    rasa = ScriptedEngine()
    async with voice_street(db) as it:
        await asked(it, rasa, TWENTY)
        await db.receive(webhook(message(await payload(db, 0), chat_id="971509999999")), AT_ONCE)
        async with in_background(it.worker(rasa).run()):
            await until_turns(db, "done", "done")
    assert "twenty" not in str(rasa.taken)
