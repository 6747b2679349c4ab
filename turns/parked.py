"""Parked turns and webhook elements as the operator sees them: listed, and taken off the list."""

from __future__ import annotations

from typing import Any

import psycopg

# Its rows are dictionaries.
Connection = psycopg.AsyncConnection[Any]

_TURNS = """
select id, conversation_id, text, intent, language, tries, problem, finished_at as since
from turns where state = 'parked' order by id
"""
_DROP_TURN = "update turns set state = 'dropped' where id = %s and state = 'parked'"
_ELEMENTS = "select id, raw, problem, received_at as since from inbox where kind = 'parked' order by id"
_REMOVE_ELEMENT = "delete from inbox where id = %s and kind = 'parked'"


async def parked_turns(connection: Connection) -> list[dict[str, Any]]:
    """Turns that failed for good, oldest first: the customer read the apology, a person has the chat."""
    return await (await connection.execute(_TURNS)).fetchall()


async def drop_turn(connection: Connection, turn_id: int) -> bool:
    """The person has answered: off the list; False when it is not on it any more."""
    return (await connection.execute(_DROP_TURN, (turn_id,))).rowcount == 1


async def parked_elements(connection: Connection) -> list[dict[str, Any]]:
    """Elements of webhooks that could not be read or stored, with their bytes, oldest first."""
    return await (await connection.execute(_ELEMENTS)).fetchall()


async def remove_element(connection: Connection, element_id: int) -> bool:
    """Delete it with its bytes; False when it is not there any more."""
    return (await connection.execute(_REMOVE_ELEMENT, (element_id,))).rowcount == 1
