"""The language model as the rest of Majlis uses it: one server, its models by purpose, its budgets."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncEngine

from app.settings import Settings
from offscript.budget import Budgets, Prices
from offscript.guarded_model import GuardedModel
from offscript.ports import Purpose


def open_model(settings: Settings, engine: AsyncEngine) -> GuardedModel | None:
    """A `LanguageModel` for the settings; None when they have no key, or name no model for customers.

    Call inside a running event loop and `close` it there; nothing is sent yet.
    """
    models = _models(settings)
    if not settings.llm_api_key.get_secret_value() or "answer" not in models:
        return None
    return _guarded(settings, engine, models)


def open_judge(settings: Settings, engine: AsyncEngine) -> GuardedModel:
    """The model that grades chats: LLM_JUDGE_MODEL, needed whatever models there are for customers."""
    return _guarded(settings, engine, {"judge": (settings.llm_judge_model,)})


def _guarded(
    settings: Settings, engine: AsyncEngine, models: Mapping[Purpose, tuple[str, ...]]
) -> GuardedModel:
    # Takes a second, which nobody need spend who has no key.
    from connectors.llm.client import OpenAIServer

    return GuardedModel(
        engine,
        OpenAIServer(settings.llm_base_url, settings.llm_api_key.get_secret_value()),
        models,
        Budgets(settings.llm_budget_per_chat, settings.llm_budget_per_day, settings.timezone),
        Prices(settings.llm_price_input, settings.llm_price_output),
    )


def _models(settings: Settings) -> Mapping[Purpose, tuple[str, ...]]:
    """Whom to ask for what: where one list is empty the other does its work; summaries are cheap work."""
    triage, answer = settings.llm_triage_models, settings.llm_answer_models
    judge = (settings.llm_judge_model,) if settings.llm_judge_model else ()
    named: dict[Purpose, tuple[str, ...]] = {
        "triage": triage or answer,
        "answer": answer or triage,
        "summary": triage or answer,
        "judge": judge,
    }
    return {purpose: models for purpose, models in named.items() if models}
