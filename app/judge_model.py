"""The judge: LLM_JUDGE_MODEL at the settings' server, and what it knows of the seller."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from app.settings import Settings
from offscript.ports import LanguageModel, ModelMessage, ModelRequest, ModelUnavailable
from quality.judge import PROMPT_VERSION, Judge, JudgeUnavailable
from sales.seller import Seller

# A chat of twenty turns is read in a few seconds; nobody waits for it.
_ANSWER_SECONDS = 60.0
_MOST_TOKENS = 600


class LanguageModelJudge:
    """Asks a `LanguageModel` for the purpose `judge` (port `quality.judge.JudgeModel`); booked to no chat."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    async def ask(self, system: str, question: str, schema: Mapping[str, Any]) -> str:
        """See `quality.judge.JudgeModel.ask`."""
        request = ModelRequest(
            purpose="judge",
            prompt_version=PROMPT_VERSION,
            messages=(ModelMessage("system", system), ModelMessage("user", question)),
            max_tokens=_MOST_TOKENS,
            json_schema=schema,
        )
        deadline = asyncio.get_running_loop().time() + _ANSWER_SECONDS
        try:
            answer = await self._model.complete(
                request, conversation_id=None, turn_id=None, deadline=deadline
            )
        except ModelUnavailable as error:
            raise JudgeUnavailable(str(error)) from error
        return answer.text


def is_configured(settings: Settings) -> bool:
    """Whether the settings name a judge and have a key for it."""
    return bool(settings.llm_judge_model and settings.llm_api_key.get_secret_value())


def judge_of(model: LanguageModel, seller: Seller) -> Judge:
    """A judge who asks this model and knows the seller's facts."""
    return Judge(LanguageModelJudge(model), facts_of(seller))


def facts_of(seller: Seller) -> str:
    """What the seller says of himself, a line for a fact, for the rule about promises."""
    told = [f"{topic}: {seller.fact(topic, 'en')}" for topic in sorted(seller.facts)]
    told.append(f"quotes: good for {seller.quote.valid_days} days")
    told += [f"quotes: {term.en}" for term in seller.quote.terms]
    return "\n".join(told)
