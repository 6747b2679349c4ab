"""In what form may this row leave now? Asked in the transaction before the POST, never earlier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from sales import window
from sales.follow_up_storage import why_not
from sales.seller import Templates
from sales.templates import Chosen, NoTemplate, TemplatePurpose, TemplateUse, choose
from turns.template_storage import read_templates
from turns.undelivered import WINDOW_IS_CLOSED


@dataclass(frozen=True)
class Leaves:
    """It may; as free text or file, or as a template."""

    template: Chosen | None


@dataclass(frozen=True)
class Stays:
    """It may not. `told_to_manager` is why, for the manager who is to write instead; None: nobody is to."""

    problem: str
    told_to_manager: str | None = None


async def form_of(connection: AsyncConnection, row: Row[Any], templates: Templates) -> Leaves | Stays:
    """Free text inside the 24-hour window; outside it, and for what has no text, the row's template.

    A row that was tried goes out as it was tried, or not at all: the first attempt may have arrived.
    """
    is_template_only = row.text is None and row.content_uri is None
    tried_as_template = bool(row.attempts) and row.template_guid is not None
    if not (is_template_only or tried_as_template):
        if window.is_open(
            transport=row.transport,
            now=row.now,
            last_customer_message_at=row.last_customer_message_at,
            closed_at=row.window_closed_at,
        ):
            return Leaves(None)
        if row.template_purpose is None or row.attempts:
            return Stays("the 24-hour window is closed", WINDOW_IS_CLOSED)
    if is_template_only and (reason := await why_not(connection, row.id)) is not None:
        return Stays(reason)
    use = TemplateUse(TemplatePurpose(row.template_purpose), row.template_values)
    configured = templates.of(use.purpose)
    chosen = choose(
        await read_templates(connection, (configured.en, configured.ar)),
        configured,
        language="ar" if row.reply_language == "ar" else "en",
        channel_id=row.channel_id,
        use=use,
    )
    if isinstance(chosen, NoTemplate):
        return Stays(
            f"no template fits: {chosen.reason}",
            f"{WINDOW_IS_CLOSED} No template says it instead: {chosen.reason}.",
        )
    if tried_as_template and chosen.guid.casefold() != row.template_guid.casefold():
        return Stays("another template fits now than was tried")
    return Leaves(chosen)
