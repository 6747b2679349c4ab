"""The worker: runs due turns, sends the outbox, settles what came back, does jobs, embeds new products."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Collection
from functools import partial

import structlog
from prometheus_client import start_http_server

from app import retention, weekly_review
from app.jobs import crm_links_of, hourly_check_of, manager_chat_of, works
from app.judge_model import is_configured, judge_of
from app.llm import open_judge, open_model
from app.metrics import registry
from app.seller import load_seller
from app.settings import Settings
from app.sync import CATALOG_TICK
from app.voice import download_of, file_links, transcriber_of, voice_of
from app.zoho import open_zoho, zoho_is_configured
from catalog.vectors import keep_vectors_filled
from connectors.rasa import RasaClient
from connectors.wazzup.client import WazzupClient
from connectors.wazzup.payloads import WazzupBodyReader
from connectors.wazzup.webhooks import WazzupWebhooks
from offscript import memory
from quality.real_chats import RealChatGrader
from sales import deal_poll, follow_up_job, quote_expiry
from sales.fact_only import says_only_who
from sales.manager_chat import CHAT_TYPE
from sales.manager_desk import Desk
from storage.cron import keep_ticking
from storage.job_runner import JobRunner
from storage.pool import create_engine
from text.language import ReplyLanguage, language_tag, reply_language
from turns import hourly_check, media_job
from turns.account import watch_account
from turns.clerk import Clerk
from turns.dispatch import Dispatch
from turns.sender import Sender
from turns.unanswered import unanswered

JOBS_AT_ONCE = 4
# The parts that hold rows, and how long they may finish them: most turns and jobs take no second. Less than
# what compose.yml and the Helm chart give a process that is told to end.
CLAIMING = frozenset({"dispatch", "sender", "jobs"})
DRAIN_SECONDS = 30.0
OUR_TICKS = (retention.TICK, quote_expiry.TICK, follow_up_job.TICK, hourly_check.TICK, weekly_review.TICK)
ZOHO_TICKS = (CATALOG_TICK, deal_poll.TICK)

log = structlog.get_logger(__name__)


def decide_language(words: str, previous_reply_language: str | None) -> tuple[str, str]:
    """The tag of the words and the language to answer in (port `turns.ports.LanguageDecision`)."""
    tagged = language_tag(words)
    previous: ReplyLanguage | None = "en" if previous_reply_language == "en" else None
    if previous_reply_language == "ar":
        previous = "ar"
    answered = reply_language(tagged, previous)
    if previous is not None and says_only_who(words):
        answered = previous
    return tagged or answered, answered


async def work(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT; what is in hand then is finished, nothing new is begun.

    What takes longer than DRAIN_SECONDS is another worker's after its lease.
    """
    seller = load_seller()
    apology = seller.apology.model_dump()
    engine = create_engine(settings.database_url, test_clock=settings.majlis_test_clock)
    rasa = RasaClient(settings.rasa_urls, settings.internal_secret.get_secret_value())
    wazzup = WazzupClient(settings.wazzup_api_url, settings.wazzup_api_key.get_secret_value())
    webhooks = WazzupWebhooks(settings.wazzup_api_url, settings.wazzup_api_key.get_secret_value())
    zoho = open_zoho(settings, engine) if zoho_is_configured(settings) else None
    download, transcriber = download_of(settings), transcriber_of(settings)
    voice = voice_of(download, transcriber)
    model = open_model(settings, engine)
    judging = open_judge(settings, engine) if is_configured(settings) else None
    judge = None if judging is None else judge_of(judging, seller)
    reader = WazzupBodyReader()
    wrote_rows, account_changed = asyncio.Event(), asyncio.Event()
    manager, crm_links = manager_chat_of(settings), crm_links_of(settings, zoho)
    desk = None
    if manager is not None:
        waiting = partial(unanswered, manager_type=CHAT_TYPE, manager_chat=manager.chat_id)
        desk = Desk(manager, crm_links, zoho is not None, seller.timezone, waiting)
    paused = seller.messages.paused.model_dump()
    stopped = asyncio.Event()
    dispatch = Dispatch(
        engine, rasa, reader, decide_language, apology, wrote_rows, voice, paused, desk, stopping=stopped
    )
    jobs = {
        **works(engine, zoho, file_links(settings), manager=manager, crm_links=crm_links),
        media_job.KIND: media_job.KeepFile(engine, download),
        retention.KIND: retention.Retention(engine, settings),
        hourly_check.KIND: hourly_check_of(settings, engine, webhooks),
        weekly_review.KIND: weekly_review.WeeklyReview(
            engine, RealChatGrader(judge), seller, settings.manager_chat_id, stopping=stopped
        ),
        **({} if model is None else {memory.KIND: memory.MemoryJob(engine, model)}),
    }
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    if settings.worker_port:
        start_http_server(settings.worker_port, addr=str(settings.private_host), registry=registry())
    parts = [
        asyncio.create_task(part, name=name)
        for name, part in {
            "dispatch": dispatch.run(),
            "sender": Sender(engine, wazzup, reader, seller.templates, wrote_rows, stopping=stopped).run(),
            "clerk": Clerk(engine, reader, f"{socket.gethostname()}:{os.getpid()}", account_changed).run(),
            "account": watch_account(engine, wazzup, account_changed),
            "rasa": rasa.watch(),
            "vectors": keep_vectors_filled(engine),
            "jobs": JobRunner(engine, jobs, at_once=JOBS_AT_ONCE, stopping=stopped).run(),
            "cron": keep_ticking(engine, [*OUR_TICKS, *([] if zoho is None else ZOHO_TICKS)]),
            **({} if zoho is None else {"token": zoho.tokens.keep_fresh()}),
            "stop": stopped.wait(),
        }.items()
    ]
    # Loads the list of English words, a third of a second that no customer should wait for.
    language_tag("chairs")
    log.info("worker.ready")
    try:
        done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        for part in done:
            part.result()
        log.info("worker.draining")
        await finish([part for part in parts if part.get_name() in CLAIMING])
    finally:
        for part in parts:
            part.cancel()
        await asyncio.gather(*parts, return_exceptions=True)
        await rasa.close()
        await wazzup.close()
        await webhooks.close()
        await download.close()
        if transcriber is not None:
            await transcriber.close()
        for each in (model, judging):
            if each is not None:
                await each.close()
        if zoho is not None:
            await zoho.close()
        await engine.dispose()


async def finish(in_hand: Collection[asyncio.Task[object]]) -> None:
    """Wait until these parts end, or DRAIN_SECONDS are over; what one of them fails with is raised."""
    done, _ = await asyncio.wait(in_hand, timeout=DRAIN_SECONDS)
    for part in done:
        part.result()


def main(settings: Settings) -> None:
    """Run the worker in this process.

    Raises:
        SettingsError: without a database, a Rasa or a Wazzup key.
    """
    settings.require("database_url", "rasa_urls", "wazzup_api_key")
    import uvloop

    uvloop.run(work(settings))
