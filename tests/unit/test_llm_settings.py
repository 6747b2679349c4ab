"""How a process gets its language model, and when there is none."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from app.llm import open_model
from app.settings import SettingsError, read_settings
from app.up import complete
from offscript.ports import ModelMessage, ModelRequest, ModelUnavailable, Purpose, Reason

NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:1/none"
GIVEN = {"llm_api_key": "key", "llm_answer_models": "made/strong"}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"llm_api_key": "key"},
        {"llm_answer_models": "made/strong"},
        {"llm_api_key": "key", "llm_judge_model": "made/judge"},
    ],
    ids=["nothing", "no model", "no key", "only a judge"],
)
def test_without_key_or_model_there_is_none(given: dict[str, Any]) -> None:
    assert open_model(read_settings(given), create_async_engine(NOWHERE)) is None


@pytest.mark.parametrize("given", [GIVEN, {"llm_api_key": "key", "llm_triage_models": "made/cheap"}])
async def test_one_list_of_models_serves_customers_and_no_judge(given: dict[str, Any]) -> None:
    model = open_model(read_settings(given), create_async_engine(NOWHERE))
    assert model is not None

    async def reason(purpose: Purpose) -> Reason:
        request = ModelRequest(purpose, "1", (ModelMessage("user", "?"),), 10)
        with pytest.raises(ModelUnavailable) as caught:
            await model.complete(request, conversation_id=None, turn_id=None, deadline=0)
        return caught.value.reason

    purposes: list[Purpose] = ["triage", "answer", "summary", "judge"]
    reasons = [await reason(purpose) for purpose in purposes]
    # A model is named where the time is what is missing.
    assert reasons == [Reason.DEADLINE, Reason.DEADLINE, Reason.DEADLINE, Reason.NOT_CONFIGURED]
    await model.close()


def test_the_sandbox_plays_the_model_whatever_account_is_given() -> None:
    settings = complete(read_settings(GIVEN | {"llm_base_url": "https://openrouter.ai/api/v1"}), sandbox=True)
    assert settings.llm_base_url == f"http://127.0.0.1:{settings.sandbox_port}/v1"
    assert settings.llm_api_key.get_secret_value() == "sandbox-model-key"
    assert len(settings.llm_triage_models) == len(settings.llm_answer_models) == 2
    assert "made/strong" not in settings.llm_answer_models


def test_without_a_sandbox_the_model_stays_as_given() -> None:
    given = GIVEN | {"wazzup_api_key": "k", "wazzup_webhook_secret": "s"}
    settings = complete(read_settings(given), sandbox=False)
    assert settings.llm_base_url == "https://openrouter.ai/api/v1"
    assert settings.llm_answer_models == ("made/strong",)


def test_budgets_have_defaults_and_reach_children_exactly() -> None:
    settings = read_settings({"llm_budget_per_chat": "0.30"})
    assert (settings.llm_budget_per_chat, settings.llm_budget_per_day) == (Decimal("0.30"), Decimal(20))
    assert (settings.llm_price_input, settings.llm_price_output) == (Decimal(3), Decimal(15))
    assert settings.environment()["LLM_BUDGET_PER_CHAT"] == "0.30"


@pytest.mark.parametrize("value", ["-1", "much", "NaN", "Infinity"])
def test_a_budget_that_is_no_amount_is_refused_with_the_mend(value: str) -> None:
    with pytest.raises(SettingsError, match=r"LLM_BUDGET_PER_DAY.*give US dollars, 0 or more"):
        read_settings({"llm_budget_per_day": value})
