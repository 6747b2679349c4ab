"""The language model and the transcriber: reachable, the key known, the models there, credit left."""

from __future__ import annotations

from collections.abc import Sequence

from app.doctor.findings import Finding, off, ok, problem, warning
from app.doctor.patient import Patient
from connectors.llm.account import KeyRefused, credit_left, listed_models

# US dollars; below it an evening of customers may use it up.
LEAST_CREDIT = 1


async def look_at_language_model(patient: Patient) -> Sequence[Finding]:
    """Only lists are read: no question is asked, nothing is paid."""
    settings = patient.settings
    key = settings.llm_api_key.get_secret_value()
    wanted = (*settings.llm_triage_models, *settings.llm_answer_models)
    if not key or not wanted:
        sentence = "none: what no rule understands gets the script's reply, then a person"
        return [off("language model", sentence, "LLM_API_KEY and LLM_ANSWER_MODELS turn it on")]
    try:
        models = await listed_models(settings.llm_base_url, key)
        credit = await credit_left(settings.llm_base_url, key)
    except KeyRefused as error:
        return [problem("language model", str(error), "correct LLM_API_KEY, or top up its account")]
    except OSError as error:
        mend = "see LLM_BASE_URL and whether this machine reaches it; customers get the script meanwhile"
        return [problem("language model", str(error), mend)]
    found = []
    judge = (settings.llm_judge_model,) if settings.llm_judge_model else ()
    if models is not None and (
        unknown := [name for name in dict.fromkeys(wanted + judge) if name not in models]
    ):
        mend = "correct LLM_TRIAGE_MODELS, LLM_ANSWER_MODELS or LLM_JUDGE_MODEL"
        found.append(problem("language model", f"the server does not list {', '.join(unknown)}", mend))
    if credit is not None and credit <= 0:
        found.append(problem("language model", "the key's credit is used up", "top it up or raise its limit"))
    elif credit is not None and credit < LEAST_CREDIT:
        sentence = f"the key has {credit:.2f} dollars left"
        found.append(warning("language model", sentence, "top it up or raise its limit"))
    return found or [ok("language model", "reachable, the key is known, the models are there")]


async def look_at_transcriber(patient: Patient) -> Sequence[Finding]:
    """Whether voice messages can be listened to; nothing is transcribed."""
    settings = patient.settings
    if not settings.transcribe_base_url or not settings.transcribe_model:
        sentence = "none: customers who send voice messages are asked to write"
        return [off("transcriber", sentence, "TRANSCRIBE_BASE_URL and TRANSCRIBE_MODEL turn it on")]
    key = settings.transcribe_api_key.get_secret_value()
    try:
        await listed_models(settings.transcribe_base_url, key)
    except KeyRefused as error:
        return [problem("transcriber", str(error), "correct TRANSCRIBE_API_KEY")]
    except OSError as error:
        mend = "see TRANSCRIBE_BASE_URL; customers are asked to write meanwhile"
        return [problem("transcriber", str(error), mend)]
    # Many servers of one's own list no models: that it answers is what can be told.
    return [ok("transcriber", "reachable")]
