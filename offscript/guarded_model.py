"""Asking a language model by our rules: a budget first, then the first model, then the next, in one time.

The order of models is kept here and not left to the server (decision 0015): many a bad answer comes as a
success, and every try has its share of the time, its reservation and its row in the ledger.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from offscript import breaker, model_metrics
from offscript.budget import Budgets, BudgetSpent, Prices
from offscript.call_ledger import ANSWERED, OpenCall, open_call, settle_call
from offscript.ports import (
    ModelAnswer,
    ModelCallFailed,
    ModelRequest,
    ModelServer,
    ModelUnavailable,
    Purpose,
    Reason,
)

MOST_MODELS = 2
# While another model can still be asked, one gets this share of what is left: 12 s of 20.
_FIRST_SHARE = 0.6
# A try that gets less is not worth its price.
_SHORTEST_TRY_SECONDS = 1.0
# Kept back for writing the outcome down.
_SETTLE_SECONDS = 0.25

log = structlog.get_logger(__name__)


class GuardedModel:
    """A `LanguageModel` over one server, with the ledger in the database of `engine`.

    `models` names for each purpose whom to ask, in order; two at most are asked.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        server: ModelServer,
        models: Mapping[Purpose, Sequence[str]],
        budgets: Budgets,
        prices: Prices,
    ) -> None:
        self._engine = engine
        self._server = server
        self._models = models
        self._budgets = budgets
        self._prices = prices

    async def complete(
        self, request: ModelRequest, *, conversation_id: int | None, turn_id: int | None, deadline: float
    ) -> ModelAnswer:
        """See `LanguageModel.complete`."""
        models = self._models.get(request.purpose, ())[:MOST_MODELS]
        if not models:
            raise ModelUnavailable(Reason.NOT_CONFIGURED, f"the settings name no model for {request.purpose}")
        failure: ModelCallFailed | None = None
        for others, model in zip(range(len(models) - 1, -1, -1), models, strict=True):
            left = deadline - asyncio.get_running_loop().time() - _SETTLE_SECONDS
            if left < _SHORTEST_TRY_SECONDS:
                failure = failure or ModelCallFailed(Reason.DEADLINE, "too little time to ask")
                break
            call = await self._admitted(request, model, conversation_id, turn_id, failure)
            result = await self._try(request, model, call, left * _FIRST_SHARE if others else left)
            if isinstance(result, ModelAnswer):
                return result
            failure = result
            if not failure.may_ask_another:
                break
        assert failure is not None
        raise ModelUnavailable(failure.reason, failure.detail) from failure

    async def close(self) -> None:
        """Close the connections to the server; the engine belongs to who gave it."""
        await self._server.close()

    async def _admitted(
        self,
        request: ModelRequest,
        model: str,
        conversation_id: int | None,
        turn_id: int | None,
        earlier: ModelCallFailed | None,
    ) -> OpenCall:
        """The row of a call that may be sent. Raises ModelUnavailable when none may."""
        try:
            async with self._engine.begin() as connection:
                if await breaker.lets_through(connection, self._server.address):
                    return await open_call(
                        connection, self._budgets, self._prices, request, model, conversation_id, turn_id
                    )
        except BudgetSpent as error:
            unavailable = ModelUnavailable(Reason.BUDGET, str(error))
        else:
            unavailable = ModelUnavailable(
                Reason.BREAKER_OPEN, f"{breaker.FAILURES} failures in a row; it is asked again after a pause"
            )
        model_metrics.CALLS.labels(request.purpose, unavailable.reason).inc()
        log.warning("model.not_asked", purpose=request.purpose, reason=unavailable.reason)
        raise unavailable from earlier

    async def _try(
        self, request: ModelRequest, model: str, call: OpenCall, seconds: float
    ) -> ModelAnswer | ModelCallFailed:
        began = time.monotonic()
        result: ModelAnswer | ModelCallFailed
        try:
            result = await self._server.ask(model, request, timeout_seconds=seconds)
        except ModelCallFailed as error:
            result = error
        took = time.monotonic() - began
        async with self._engine.begin() as connection:
            cost = await settle_call(connection, self._prices, call, result, round(took * 1000))
            if isinstance(result, ModelCallFailed) and result.is_outage:
                await breaker.failed(connection, self._server.address)
            else:
                await breaker.worked(connection, self._server.address)
        outcome = ANSWERED if isinstance(result, ModelAnswer) else result.reason
        model_metrics.CALLS.labels(request.purpose, outcome).inc()
        model_metrics.COST_DOLLARS.labels(request.purpose).inc(float(cost))
        model_metrics.SECONDS.labels(request.purpose).observe(took)
        if isinstance(result, ModelCallFailed):
            _report(request, model, result)
        return result


def _report(request: ModelRequest, model: str, failure: ModelCallFailed) -> None:
    """Tell the operator: what only he can mend as an error, what the next model mends as a warning."""
    tell = log.warning if failure.may_ask_another else log.error
    tell(
        "model.failed",
        purpose=request.purpose,
        model=model,
        reason=failure.reason,
        status=failure.status,
        problem=failure.detail,
    )
