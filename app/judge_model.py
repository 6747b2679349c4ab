"""The judge's language model: LLM_JUDGE_MODEL at the settings' server (port `quality.judge.JudgeModel`)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from offscript.ports import LanguageModel, ModelMessage, ModelRequest, ModelUnavailable
from quality.judge import PROMPT_VERSION, JudgeUnavailable

# A chat of twenty turns is read in a few seconds; nobody waits for it.
_ANSWER_SECONDS = 60.0
_MOST_TOKENS = 600


class LanguageModelJudge:
    """Asks a `LanguageModel` for the purpose `judge`; the cost is booked to no chat."""

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
