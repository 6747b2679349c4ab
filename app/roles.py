"""What each process may do in the database: no more than it needs.

A role for each process of a database that is not the embedded one: whoever breaks into a process finds no
more than its work. The roles are made once by an administrator (docs/deployment.md has the statements);
`majlis migrate` gives each that exists exactly the rights below, every time, so that a new table is nobody's
until it is named here. Where none exists everything runs as the owner of the tables, as on one machine.

Everybody reads `test_clock`: `majlis_now()` names it, though it counts only in tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit

import psycopg
import structlog
from psycopg import errors, sql
from sqlalchemy import Connection, text

GATEWAY, RASA, ACTIONS, WORKER = "majlis_gateway", "majlis_rasa", "majlis_actions", "majlis_worker"

_READ = "select"
_ADD = "select, insert"
_KEEP = "select, insert, update"
_ALL = "select, insert, update, delete"

# Stores what comes in and serves signed files. It cannot read what customers wrote, nor any other table.
_GATEWAY = {
    "inbox": "insert, select (channel_id, chat_type, chat_id, kind, sent_at, tap)",
    "conversations": "select, insert (channel_id, chat_type, chat_id, last_customer_message_at,"
    " burst_started_at, burst_due_at, due_at),"
    " update (last_customer_message_at, burst_started_at, burst_due_at, due_at)",
    "erasures": "select (person, at)",
    "quotes": "select (id, year, number, revision, state, pdf)",
    "received_files": "select (id, file_name, content_type, content, state)",
    "workers": _READ,
}
# Keeps its dialogue. It can neither see nor change a chat's way, a price, a quote or a stage.
_RASA = {
    "events": _ADD,
    "turn_replies": _ADD,
    "chat_facts": _READ,
    "vocabulary": _READ,
}
# Does what a customer asks for in a turn. It cannot send, take a turn, settle the inbox, or change what the
# rules are: stages and their edges, templates, the catalog but for a price that Zoho just confirmed.
_ACTIONS = {
    "action_results": _ADD,
    "access_tokens": _KEEP,
    "approved_discounts": _READ,
    "basket_lines": _ALL,
    "catalog_sweeps": _READ,
    "catalog_words": _READ,
    "channels": _READ,
    "chat_codes": _ADD,
    "chat_facts": _READ,
    "chat_notes": _READ,
    "consents": _ADD,
    "conversations": _READ,
    "crm_links": _READ,
    "customer_facts": _KEEP,
    "discount_approvals": _READ,
    "hand_overs": _ADD,
    "house_state": "select, update (only_row)",
    "jobs": _KEEP,
    "model_calls": _KEEP,
    "model_servers": _KEEP,
    "model_spending": _KEEP,
    "off_script_turns": _KEEP,
    "orders": _ADD,
    "owners": _KEEP,
    "personal_tokens": _KEEP,
    "price_traces": _ALL,
    "products": "select, update (rate, stock, status, synced_at)",
    "quote_lines": _ADD,
    "quote_links": _READ,
    "quotes": _KEEP,
    "rate_limits": _KEEP,
    "rate_limit_places": _KEEP,
    "received_files": _READ,
    "sales": _KEEP,
    "stage_edges": _READ,
    "stage_history": _ADD,
    "stages": _READ,
    "turns": _READ,
    "vocabulary": _READ,
}
# What even the worker, which does everything else, may only read.
_WORKER_READS = frozenset(
    {"alembic_version", "erasures", "stages", "stage_edges", "test_clock", "chat_facts"}
)

ROLE_OF: Mapping[str, str] = {"gateway": GATEWAY, "rasa": RASA, "actions": ACTIONS, "worker": WORKER}
"""Which role each kind of process (`majlis run …`) has. The sandbox, which shows everything, has none."""

RIGHTS: Mapping[str, Mapping[str, str]] = {GATEWAY: _GATEWAY, RASA: _RASA, ACTIONS: _ACTIONS}
"""Privileges by role and table, as `grant` takes them; the worker's follow from the tables that are there."""

# Those that run with the owner's rights; nobody else may call them.
_FUNCTIONS = {
    "turn_is_held(bigint, bigint)": (RASA, ACTIONS),
    "followed_up(bigint)": (RASA, ACTIONS, WORKER),
    "ask_to_wait(bigint, text)": (ACTIONS,),
}
_SEQUENCES = {ACTIONS: "quote_numbers", WORKER: "quote_numbers"}

_EXISTING = text("select rolname from pg_roles where rolname = any(:names)")
_TABLES = text(
    "select quote_ident(relname) from pg_class where relnamespace = current_schema()::regnamespace"
    " and relkind in ('r', 'v') and pg_has_role(relowner, 'usage')"
)

log = structlog.get_logger(__name__)


def make_roles(database_url: str) -> None:
    """Make the roles that are missing, without a password: for a server that trusts this machine."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        there = {name for (name,) in connection.execute("select rolname from pg_roles")}
        for role in sorted({*ROLE_OF.values()} - there):
            # Roles are the server's, not the database's: somebody else may make them at the same moment.
            with suppress(errors.DuplicateObject, errors.UniqueViolation):
                connection.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))


def as_role(database_url: str, role: str) -> str:
    """The same database for this role, at a server that asks for no password."""
    parts = urlsplit(database_url)
    return urlunsplit(parts._replace(netloc=f"{role}@{parts.netloc.rpartition('@')[2]}"))


def grant_rights(connection: Connection) -> list[str]:
    """Give each role that exists exactly its rights, in the caller's transaction; the roles that it found.

    The connection is that of the tables' owner. A right that somebody granted by hand is taken back.
    """
    tables = set(connection.execute(_TABLES).scalars())
    schema = connection.execute(text("select quote_ident(current_schema())")).scalar_one()
    found = sorted(connection.execute(_EXISTING, {"names": [*ROLE_OF.values()]}).scalars())
    for role in found:
        connection.execute(text(f"revoke all on all tables in schema {schema} from {role}"))
        connection.execute(text(f"revoke all on all sequences in schema {schema} from {role}"))
        connection.execute(text(f"grant usage on schema {schema} to {role}"))
        rights = RIGHTS.get(role) or {
            table: _READ if table in _WORKER_READS else _ALL for table in sorted(tables)
        }
        for table, privileges in {"test_clock": _READ, **rights}.items():
            connection.execute(text(f"grant {privileges} on {table} to {role}"))
        if sequence := _SEQUENCES.get(role):
            connection.execute(text(f"grant usage on sequence {sequence} to {role}"))
    for function, callers in _FUNCTIONS.items() if found else ():
        connection.execute(text(f"revoke all on function {function} from public, {', '.join(found)}"))
        for role in {*callers} & {*found}:
            connection.execute(text(f"grant execute on function {function} to {role}"))
    if found:
        log.info("database.rights_granted", roles=found)
    return found
