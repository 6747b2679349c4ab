"""`majlis doctor`: in good health it finds nothing, and each thing that is broken is found with its mend."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from app.doctor import machine
from app.doctor.findings import Finding, Level, examine, ok
from app.doctor.patient import Tools
from app.doctor.visit import CHECKS
from app.seller import load_seller
from app.webhook_address import webhook_addresses
from sales.seller import ZohoDealFields
from tests.integration.doctor_support import SECRETS, Clinic, webhook_replaced, words_of

CLOSED = "http://127.0.0.1:9"
Break = Callable[[Clinic], Awaitable[None]]


async def test_a_healthy_installation_has_no_finding(healthy: Clinic) -> None:
    found = await healthy.findings()
    assert {finding.level for finding in found} == {Level.OK}, words_of(found)
    assert {finding.subject for finding in found} >= {subject for subject, _ in CHECKS}
    assert not any(secret in words_of(found) for secret in SECRETS.values())


# --- what can be broken: (the check, how, the level, what is said) -------------------------------------


async def _channel_stops(it: Clinic) -> None:
    await it.bench.control("channel", {"state": "notEnoughMoney"})


async def _other_channel(it: Clinic) -> None:
    it.set(wazzup_channel_id="b96a353b-06f5-4cac-8413-000000000000")


async def _key_revoked(it: Clinic) -> None:
    it.set(wazzup_api_key="another key")


async def _wazzup_away(it: Clinic) -> None:
    it.set(wazzup_api_url=CLOSED)


async def _templates_event_off(it: Clinic) -> None:
    address = webhook_addresses(it.settings)[0]
    await it.bench.control(
        "registration", {"webhooksUri": address, "subscriptions": {"templateStatus": False}}
    )


async def _template_pending(it: Clinic) -> None:
    guid = load_seller().templates.follow_up_day_3.ar
    await it.bench.control("template", {"guid": guid, "status": "pending"})


async def _zoho_revoked(it: Clinic) -> None:
    it.bench.sandbox.zoho.tokens.revoke()


async def _scope_revoked(it: Clinic) -> None:
    it.bench.sandbox.zoho.knobs.update(
        {"scopes": ["ZohoCRM.modules.leads.ALL", "ZohoCRM.settings.ALL", "ZohoInventory.fullaccess.all"]}
    )


async def _settings_scope_missing(it: Clinic) -> None:
    it.bench.sandbox.zoho.knobs.update(
        {"scopes": ["ZohoCRM.modules.ALL", "ZohoInventory.fullaccess.all", "ZohoBooks.fullaccess.all"]}
    )


async def _other_organization(it: Clinic) -> None:
    it.set(zoho_organization_id="777")


async def _other_currency(it: Clinic) -> None:
    it.seller = {"currency": "USD"}


async def _two_data_centres(it: Clinic) -> None:
    it.set(zoho_accounts_url="https://accounts.zoho.eu", zoho_api_url="https://www.zohoapis.com")


async def _unique_field_missing(it: Clinic) -> None:
    it.bench.sandbox.zoho.knobs.update({"crm_unique_fields": {"Leads": ["Mobile"], "Contacts": ["Mobile"]}})


async def _phone_may_be_there_twice(it: Clinic) -> None:
    kept = {"Contacts": ["Mobile"], "Accounts": ["Majlis_Reference"], "Deals": ["Majlis_Reference"]}
    it.bench.sandbox.zoho.knobs.update({"crm_unique_fields": kept})


async def _discount_field_missing(it: Clinic) -> None:
    it.seller = {"zoho_deal_fields": ZohoDealFields(discount="Rebate")}


async def _other_tax(it: Clinic) -> None:
    it.seller = {"vat_percent": Decimal("7.5")}


async def _items_without_seats(it: Clinic) -> None:
    fields = load_seller().zoho_fields
    it.seller = {"zoho_fields": fields.model_copy(update={"seats": "cf_number_of_seats"})}


async def _model_key_wrong(it: Clinic) -> None:
    it.set(llm_api_key="another key")


async def _model_unknown(it: Clinic) -> None:
    it.set(llm_answer_models="somebody/else")


async def _credit_used_up(it: Clinic) -> None:
    it.bench.sandbox.model.credit_dollars = 0.0


async def _credit_runs_out(it: Clinic) -> None:
    it.bench.sandbox.model.credit_dollars = 0.25


async def _model_away(it: Clinic) -> None:
    it.set(llm_base_url=f"{CLOSED}/v1")


async def _transcriber_key_wrong(it: Clinic) -> None:
    it.set(transcribe_api_key="another key")


async def _transcriber_away(it: Clinic) -> None:
    it.set(transcribe_base_url=f"{CLOSED}/v1")


async def _clock_ahead(it: Clinic) -> None:
    it.tools = Tools(now=lambda: datetime.now(UTC) + timedelta(seconds=5))


async def _wazzups_clock_ahead(it: Clinic) -> None:
    await it.bench.turn(date_ahead_seconds=120.0)


async def _disk_full(it: Clinic) -> None:
    it.tools = Tools(free_bytes=lambda _: machine.LEAST_BYTES - 1)


async def _disk_scarce(it: Clinic) -> None:
    it.tools = Tools(free_bytes=lambda _: machine.SCARCE_BYTES - 1)


async def _spool_waits(it: Clinic) -> None:
    it.settings.spool_folder.mkdir(parents=True)
    (it.settings.spool_folder / "1.spool").write_bytes(b"x" * (1 << 20))


async def _older_database(it: Clinic) -> None:
    await it.db.write("update alembic_version set version_num = '0001'")


async def _newer_database(it: Clinic) -> None:
    await it.db.write("update alembic_version set version_num = '9999'")


async def _worker_dead(it: Clinic) -> None:
    await it.db.write("update workers set seen_at = clock_timestamp() - interval '40 seconds'")


async def _no_worker_ever(it: Clinic) -> None:
    await it.db.write("delete from workers")


def _other_model(it: Clinic) -> Path:
    assert it.settings.majlis_model is not None
    return it.settings.majlis_model.rename(it.settings.majlis_model.with_name("0123456789abcdef.tar.gz"))


async def _model_stale(it: Clinic) -> None:
    _other_model(it)
    it.set(majlis_model=None, rasa_urls="")


async def _model_of_other_files_served(it: Clinic) -> None:
    it.set(majlis_model=_other_model(it))


async def _model_gone(it: Clinic) -> None:
    _other_model(it)


async def _model_never_trained(it: Clinic) -> None:
    _other_model(it).unlink()
    it.set(majlis_model=None, rasa_urls="")


async def _rasa_away(it: Clinic) -> None:
    it.set(rasa_urls=CLOSED)


async def _one_rasa_away(it: Clinic) -> None:
    it.set(rasa_urls=f"{it.settings.rasa_urls[0]},{CLOSED}")


async def _actions_away(it: Clinic) -> None:
    it.set(actions_url=f"{CLOSED}/webhook")


async def _gateway_away(it: Clinic) -> None:
    it.set(public_url=CLOSED)


async def _manager_is_no_number(it: Clinic) -> None:
    it.set(manager_chat_id="the manager")


async def _manager_never_wrote(it: Clinic) -> None:
    it.set(manager_chat_id="971500009999")


async def _manager_was_only_told(it: Clinic) -> None:
    await it.db.write("update conversations set last_customer_message_at = null")


async def _something_parked(it: Clinic) -> None:
    await it.db.write(
        "insert into inbox (channel_id, external_id, kind, raw) values ('c', 'e', 'parked', '')"
    )


async def _send_uncertain(it: Clinic) -> None:
    await it.db.write(
        "insert into outbox (conversation_id, ordinal, text, state) select id, 0, 'x', 'uncertain'"
        " from conversations limit 1"
    )


async def _hour_found_silence(it: Clinic) -> None:
    await it.db.write(
        "update checks set state = 'wrong', sentence = 'nothing for 4 h', wrong_since = majlis_now()"
        " where name = 'silence'"
    )


async def _hour_found_another_webhook(it: Clinic) -> None:
    await it.db.write(
        "update checks set state = 'wrong', sentence = 'not ours', wrong_since = majlis_now()"
        " where name = 'webhook'"
    )


async def _hourly_check_overdue(it: Clinic) -> None:
    await it.db.write("update checks set looked_at = majlis_now() - interval '3 hours'")


async def _hourly_check_never_ran(it: Clinic) -> None:
    await it.db.write("delete from checks")


async def _no_channel_given(it: Clinic) -> None:
    it.set(wazzup_channel_id="")


P, W = Level.PROBLEM, Level.WARNING


@pytest.mark.parametrize(
    ("broken", "check", "level", "said"),
    [
        (_no_channel_given, "settings", W, "WAZZUP_CHANNEL_ID is empty"),
        (_channel_stops, "channel", P, "the channel is notenoughmoney: nothing is sent or received"),
        (_other_channel, "channel", P, "is none of the account's 1 channels"),
        (_key_revoked, "Wazzup", P, "does not know this WAZZUP_API_KEY"),
        (_wazzup_away, "Wazzup", P, "does not answer"),
        (webhook_replaced, "Wazzup", P, "at crm.example.net: another integration took it"),
        (_templates_event_off, "Wazzup", P, "templateStatus is off"),
        (_template_pending, "templates", P, "is not approved but pending"),
        (_zoho_revoked, "Zoho", P, "invalid_code"),
        (_other_organization, "Zoho", P, "ZOHO_ORGANIZATION_ID is not among"),
        (_other_currency, "Zoho", P, "keeps its books in AED, Majlis sells in USD"),
        (_two_data_centres, "Zoho", P, "in the data centre .eu and ZOHO_API_URL in .com"),
        (
            _scope_revoked,
            "Zoho scopes",
            P,
            "CRM Contacts, CRM Accounts, CRM Deals, CRM Notes, CRM Tasks, Books",
        ),
        (_settings_scope_missing, "Zoho fields", W, "without the scope ZohoCRM.settings.fields.READ"),
        (_unique_field_missing, "Zoho fields", P, "CRM Deals has no field Majlis_Reference"),
        (_phone_may_be_there_twice, "Zoho fields", P, "Mobile of CRM Leads may hold duplicates"),
        (_discount_field_missing, "Zoho fields", P, "CRM Deals have no field Rebate"),
        (_other_tax, "Zoho fields", P, "Zoho has no tax of 7.5 %"),
        (_items_without_seats, "Zoho fields", W, "has a value in cf_number_of_seats"),
        (_model_key_wrong, "language model", P, "answers 401 to this key"),
        (_model_unknown, "language model", P, "does not list somebody/else"),
        (_credit_used_up, "language model", P, "credit is used up"),
        (_credit_runs_out, "language model", W, "0.25 dollars left"),
        (_model_away, "language model", P, "does not answer"),
        (_transcriber_key_wrong, "transcriber", P, "answers 401 to this key"),
        (_transcriber_away, "transcriber", P, "does not answer"),
        (_clock_ahead, "clock", P, "5 s ahead of Postgres's"),
        (_wazzups_clock_ahead, "clock", P, "s behind Wazzup's"),
        (_disk_full, "disk", P, "webhooks may soon be lost"),
        (_disk_scarce, "disk", W, "2.0 GB are free"),
        (_spool_waits, "disk", W, "1 MB of webhooks wait in the spool"),
        (_older_database, "migrations", P, "older than this Majlis"),
        (_newer_database, "migrations", P, "by a newer Majlis"),
        (_worker_dead, "worker", P, "the last one was seen 40 s ago"),
        (_no_worker_ever, "worker", P, "none was seen"),
        (_model_stale, "model", W, "the files changed since the last training"),
        (_model_of_other_files_served, "model", W, "a model of other files"),
        (_model_never_trained, "model", W, "none is trained yet"),
        (_model_gone, "model", P, "is gone"),
        (_rasa_away, "Rasa", P, "not ready for a turn"),
        (_one_rasa_away, "Rasa", W, "1 of 2"),
        (_actions_away, "actions", P, "does not answer"),
        (_gateway_away, "gateway", W, "PUBLIC_URL does not lead to the gateway"),
        (_manager_is_no_number, "manager", P, "MANAGER_CHAT_ID is no number"),
        (_manager_never_wrote, "manager", W, "never wrote to the bot"),
        (_manager_was_only_told, "manager", W, "never wrote to the bot"),
        (_something_parked, "parked", W, "1 webhook element waits for you"),
        (_send_uncertain, "parked", W, "of 1 messages nobody knows"),
        (_hour_found_silence, "hourly check", P, "silence, 0 min ago: nothing for 4 h"),
        (_hour_found_another_webhook, "hourly check", W, "webhook, 0 min ago: not ours"),
        (_hourly_check_overdue, "hourly check", W, "180 min ago"),
        (_hourly_check_never_ran, "hourly check", W, "has not run yet"),
    ],
)
async def test_what_is_broken_is_found_with_its_mend(
    healthy: Clinic, broken: Break, check: str, level: Level, said: str
) -> None:
    await broken(healthy)
    found = await healthy.unhealthy(check)
    assert any(one.level is level and said in one.sentence and one.mend for one in found), words_of(found)
    assert not any(secret in words_of(found) for secret in (*SECRETS.values(), "theirs"))


async def test_a_broken_part_hides_no_other(healthy: Clinic) -> None:
    healthy.set(database_url="postgresql://majlis:pass-word@127.0.0.1:9/majlis")
    found = await healthy.findings()
    said = words_of(found)
    assert "problem database: no connection" in said
    assert "warning worker: not looked at: the database does not answer" in said
    assert "ok Wazzup: the key is known" in said
    assert "ok language model" in said
    assert "pass-word" not in said


async def test_an_empty_database_is_told_and_left_empty(healthy: Clinic) -> None:
    administration = healthy.db.url.rpartition("/")[0] + "/postgres"
    name = healthy.db.url.rpartition("/")[2] + "_empty"
    with psycopg.connect(administration, autocommit=True) as connection:
        connection.execute(f"create database {name} template template0".encode())
    healthy.set(database_url=f"{administration.rpartition('/')[0]}/{name}")
    found = words_of(await healthy.findings("database", "migrations", "worker"))
    with psycopg.connect(healthy.settings.database_url) as connection:
        (extensions,) = (
            connection.execute("select count(*) from pg_extension where extname <> 'plpgsql'").fetchone()
            or ()
        )
    with psycopg.connect(administration, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)".encode())
    assert "problem database: the extension vector is missing" in found
    assert "problem migrations: the database has no tables yet" in found
    assert "warning worker: not looked at: the database is not up to date" in found
    assert extensions == 0


async def test_a_check_that_hangs_or_fails_is_a_finding_and_the_others_go_on() -> None:
    async def hangs() -> list[Finding]:
        import asyncio

        await asyncio.Event().wait()
        return []

    async def fails() -> list[Finding]:
        raise RuntimeError("the password is swordfish")

    async def works() -> list[Finding]:
        return [ok("third", "fine")]

    found = await examine([("first", hangs), ("second", fails), ("third", works)], deadline_seconds=0.2)
    assert [(one.subject, one.level) for one in found] == [
        ("first", Level.PROBLEM),
        ("second", Level.PROBLEM),
        ("third", Level.OK),
    ]
    assert "swordfish" not in words_of(found)
