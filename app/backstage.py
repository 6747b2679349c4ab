"""A running Majlis from behind, for the sandbox's phone page (port `sandbox.backstage.Backstage`)."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from sqlalchemy import exc

from offscript.inspect import model_call_rows
from sales import deal_poll
from sales.inspect import sale_rows
from sandbox.backstage import BackstageAway
from storage import clock
from storage.job_watch import start
from storage.pool import CONNECT_TIMEOUT_SECONDS, create_engine
from turns.inspect import chat_memory, chat_rows

_NO_CLOCK = "Time can be moved only where Majlis runs with MAJLIS_TEST_CLOCK=1."


class RunningMajlis:
    """The Majlis on this database, which keeps its chats on this channel."""

    def __init__(
        self,
        database_url: str,
        channel_id: str,
        *,
        manager_chat_id: str = "",
        timezone: str = "Asia/Dubai",
        discount_field: str = "",
        test_clock: bool = False,
    ) -> None:
        self._database_url = database_url
        self._channel_id = channel_id
        self._test_clock = test_clock
        self.manager_chat_id = manager_chat_id
        self.timezone = timezone
        self.discount_field = discount_field

    async def rows(self, chat_id: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """The chat's rows by table, newest first.

        Raises:
            BackstageAway: when the database does not answer.
        """
        async with self._reached():
            connection = await psycopg.AsyncConnection.connect(
                self._database_url, autocommit=True, connect_timeout=CONNECT_TIMEOUT_SECONDS
            )
            async with connection:
                rows = await chat_rows(connection, self._channel_id, chat_id)
                for conversation in rows["conversation"]:
                    rows |= await sale_rows(connection, conversation["id"])
                    rows |= await chat_memory(connection, self._channel_id, chat_id)
                    rows["model_calls"] = await model_call_rows(connection, conversation["id"])
        return rows

    async def pass_time(self, seconds: float) -> None:
        """Business time jumps ahead.

        Raises:
            BackstageAway: when the test clock is off, or the database does not answer.
        """
        if not self._test_clock:
            raise BackstageAway(_NO_CLOCK)
        async with self._reached():
            await clock.advance(self._database_url, seconds)

    async def read_deals(self) -> None:
        """The job that reads open deals is due at once, beside one that began before.

        Raises:
            BackstageAway: when the database does not answer.
        """
        engine = create_engine(self._database_url, test_clock=self._test_clock, size=1)
        try:
            async with self._reached(), engine.begin() as connection:
                await start(connection, deal_poll.KIND, f"by hand {secrets.token_hex(4)}", {})
        finally:
            await engine.dispose()

    @asynccontextmanager
    async def _reached(self) -> AsyncIterator[None]:
        try:
            yield
        except (psycopg.OperationalError, exc.OperationalError) as error:
            reason = str(error).strip().splitlines()[0]
            raise BackstageAway(f"The database does not answer: {reason}") from error
