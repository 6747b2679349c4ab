"""What is remembered of a chat for the model, and what the model never reads."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from catalog.listing import format_price
from offscript.memory import MemoryJob
from offscript.prompt_files import read_prompt
from offscript.token_storage import read_tokens, token_seal
from sales.fact_storage import remember_facts
from sales.fact_values import Fact
from tests.integration.llm_support import MODELS
from tests.integration.off_script_support import (
    ANSWER,
    SECRET,
    STRANGE,
    Chat,
    cheapest_chair,
    draft,
    tool,
)


@dataclass(frozen=True)
class Work:
    """A job of the queue, as its work sees it."""

    conversation_id: int
    payload: dict[str, Any]


async def memory_jobs(chat: Chat) -> list[Work]:
    rows = await chat.db.rows("select * from jobs where kind = 'offscript.memory' order by id")
    return [Work(row.conversation_id, row.payload) for row in rows]


async def test_the_note_is_written_from_masked_lines_and_read_next_time(chat: Chat) -> None:
    await chat.bench.script(ANSWER, draft("A colleague will check that."))
    await chat.write("call me on 0501234567 if my back survives your 900 AED wonder")
    (job,) = await memory_jobs(chat)
    assert "0501234567" not in json.dumps(job.payload)
    assert "900" not in json.dumps(job.payload)
    note = "Wants <PHONE_1> called; back pain."
    await chat.bench.script({"purpose": "summary", "text": note}, ANSWER, draft("Yes.", times=0))
    await MemoryJob(chat.db.engine, chat.bench.model).do(job)
    (row,) = await chat.db.rows("select * from chat_notes")
    assert (row.note, row.through_turn, row.model) == (note, chat.turn_id, MODELS[0])
    assert row.prompt_version == read_prompt("summary").version
    await chat.write(STRANGE)
    context = (await chat.bench.calls())[-1]["body"]["messages"][1]["content"]
    assert json.loads(context)["context"]["note"] == note


async def test_an_older_note_never_takes_the_place_of_a_newer(chat: Chat) -> None:
    await chat.bench.script(ANSWER, draft("Yes.", times=0))
    for number in range(2):
        await chat.write(f"{STRANGE} {number}")
    older, newer = await memory_jobs(chat)
    work = MemoryJob(chat.db.engine, chat.bench.model)
    await chat.bench.script({"purpose": "summary", "text": "newer"}, {"purpose": "summary", "text": "older"})
    await work.do(newer)
    await work.do(older)
    assert await chat.db.one("select note from chat_notes") == "newer"


async def test_without_a_model_the_note_stays_and_the_job_is_done(chat: Chat) -> None:
    await chat.bench.script(ANSWER, draft("Yes."))
    await chat.write(STRANGE)
    (job,) = await memory_jobs(chat)
    assert await MemoryJob(chat.db.engine, chat.bench.model).do(job) == {"unwritten": "unreachable"}
    assert await chat.db.rows("select 1 from chat_notes") == []


async def test_every_token_of_the_memory_stands_for_something_that_is_kept(chat: Chat) -> None:
    lines = [line for number in range(6) for line in (f"write to person{number}@gulfstar.ae", "Fine.")]
    await chat.listen(*lines)
    await chat.bench.script(ANSWER, draft("A colleague will check that."))
    await chat.write(STRANGE)
    (job,) = await memory_jobs(chat)
    used = set(re.findall(r"<EMAIL_\d>", json.dumps(job.payload)))
    assert len(used) == 6
    async with chat.db.engine.connect() as connection:
        tokens = await read_tokens(connection, chat.conversation_id, token_seal(SECRET))
    assert used == {f"<{entry.kind}_{entry.number}>" for entry in tokens.entries if entry.kind == "EMAIL"}


async def test_a_message_of_which_nothing_may_be_told_is_left_out(chat: Chat) -> None:
    await chat.listen("how much", "AED 1,299.50", "discount? my boss wants one", "We will see.")
    await chat.bench.script(ANSWER, draft("A colleague will check that."))
    await chat.write(STRANGE)
    for call in await chat.bench.calls():
        said = [message["content"] for message in call["body"]["messages"][2:6]]
        assert [json.loads(line)["customer_wrote"] for line in said if line.startswith("{")] == [
            "how much",
            "discount? my boss wants one",
            STRANGE,
        ]
        assert all(said)


# --- what a model never reads

SECRETS = {
    Fact.COMPANY: "Zephyr Crest Interiors LLC",
    Fact.CONTACT_NAME: "Khalid Al Mansoori",
    Fact.EMAIL: "khalid@zephyrcrest.ae",
    Fact.TRN: "100123456700003",
}
TOLD = (
    "I am Khalid Al Mansoori of Zephyr Crest Interiors LLC, khalid@zephyrcrest.ae",
    "Thank you, Khalid Al Mansoori. Is it for Zephyr Crest Interiors LLC?",
    "yes خالد المنصوري, TRN 100123456700003, my number is 050 987 6543 or +971 4 123 4567",
    "Noted.",
    "IBAN AE07 0331 2345 6789 0123 456, Emirates ID 784-1987-1234567-1, card 4111 1111 1111 1111",
    "Your total is AED 12,345.50, Khalid.",
    "passport no N1234567 and my budget is 4500 AED",
    "One moment.",
)
NEVER_TOLD = (
    "khalid", "mansoori", "zephyr", "خالد", "100123456700003", "987 6543", "9876543", "123 4567", "AE07",
    "0331", "784-1987", "1234567-1", "4111", "N1234567", "12,345", "12345", "4500", "971501234567",
)  # fmt: skip


async def test_no_request_holds_personal_data_or_an_amount(chat: Chat) -> None:
    await chat.listen("hello", "Hello!")
    async with chat.db.engine.begin() as connection:
        await remember_facts(connection, chat.conversation_id, SECRETS)
    await chat.listen(*TOLD)
    product = await cheapest_chair(chat)
    await chat.bench.script(
        ANSWER,
        tool("search_catalog", category="chair", cheapest_first=True),
        draft("It is 745 AED."),
        draft(f"{{offer:{product.sku}}} would do."),
        {"purpose": "summary", "text": "A note."},
    )
    _, (said,) = await chat.write(
        "my back is killing me, ring +971 50 987 6543, what does خالد get for 4500 AED"
    )
    assert format_price(product.rate) in said.replace("\u2066", "").replace("\u2069", "")
    (job,) = await memory_jobs(chat)
    await MemoryJob(chat.db.engine, chat.bench.model).do(job)
    calls = await chat.bench.calls()
    assert len(calls) == 5
    for call in calls:
        body = json.dumps(call["body"], ensure_ascii=False).casefold()
        assert not [secret for secret in NEVER_TOLD if secret.casefold() in body]
    stored = json.dumps(job.payload, ensure_ascii=False).casefold()
    assert not [secret for secret in NEVER_TOLD if secret.casefold() in stored]
