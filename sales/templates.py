"""Which approved WhatsApp template says this, filled with what? Asked when a message leaves, never before.

Outside the 24-hour window only an approved template may be sent (`wazzup-v3.md` §8, §11). The seller names
one per purpose and language in `data/seller.yml`; what Wazzup says of it decides whether it may be used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from text.bidi import isolate_runs

# The strictest documented length of a filled template (`wazzup-v3.md` §5.5).
LONGEST_FILLED = 1_024
APPROVED = "approved"

_PLACE = re.compile(r"\{\{(\d+)\}\}")
# Control characters that are no blanks, invisible blanks, and marks that turn the direction of what follows.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
# Invisible too, and part of how Arabic is written between letters.
_MARKS = " \u200c\u200d\u200e\u200f"


class TemplatePurpose(StrEnum):
    """What a template is for; the name of its entry in seller.yml."""

    FOLLOW_UP_DAY_3 = "follow_up_day_3"
    FOLLOW_UP_DAY_7 = "follow_up_day_7"
    QUOTE_READY = "quote_ready"
    ORDER_CONFIRMED = "order_confirmed"
    # Goes to the manager's own chat.
    HAND_OVER = "hand_over"


# Nobody waits for these: one that cannot be sent is no task for a manager unless its template is at fault.
FOLLOW_UPS = frozenset({TemplatePurpose.FOLLOW_UP_DAY_3, TemplatePurpose.FOLLOW_UP_DAY_7})

# The values that are known for each purpose; seller.yml says in which order its templates take them.
VALUE_NAMES: Mapping[TemplatePurpose, frozenset[str]] = {
    TemplatePurpose.FOLLOW_UP_DAY_3: frozenset({"contact", "quote"}),
    TemplatePurpose.FOLLOW_UP_DAY_7: frozenset({"contact", "quote"}),
    TemplatePurpose.QUOTE_READY: frozenset({"contact", "quote"}),
    TemplatePurpose.ORDER_CONFIRMED: frozenset({"number"}),
    TemplatePurpose.HAND_OVER: frozenset({"code", "reason"}),
}


@dataclass(frozen=True)
class TemplateUse:
    """Something to be said by a template: what for, and the purpose's values by name (see `VALUE_NAMES`)."""

    purpose: TemplatePurpose
    values: Mapping[str, str]


@dataclass(frozen=True)
class Template:
    """A template as Wazzup lists it."""

    guid: str
    name: str
    # marketing, utility or authentication.
    category: str
    # As the messenger writes it: en, en_US, ar, ar_AE.
    language: str
    # Lower case; only `approved` may be sent.
    status: str
    # Ids of the channels it is bound to.
    channels: frozenset[str]
    # How many values it takes.
    variables: int
    # What the customer reads, with {{n}} where the n-th value stands.
    text: str
    # Begins with a picture, film or file; how that is filled is documented nowhere.
    media_header: bool = False


class ConfiguredTemplate(Protocol):
    """A purpose's entry in seller.yml: a guid per language, and the names of the values in order."""

    @property
    def en(self) -> str: ...

    @property
    def ar(self) -> str: ...

    @property
    def values(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class Chosen:
    """The template to send, its values in order, and what the customer will read."""

    guid: str
    values: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class NoTemplate:
    """None may be sent; `reason` is for operator and manager and names the mend where there is one."""

    reason: str


def choose(
    templates: Iterable[Template],
    configured: ConfiguredTemplate,
    *,
    language: str,
    channel_id: str,
    use: TemplateUse,
) -> Chosen | NoTemplate:
    """The configured template of this language, if it is approved, bound to the channel and can be filled."""
    guid = configured.ar if language == "ar" else configured.en
    template = next((each for each in templates if each.guid.casefold() == guid.casefold()), None)
    named = f"the template {use.purpose.value} ({language}, {guid})"
    if template is None:
        return NoTemplate(f"Wazzup lists no template with the guid of {named}: correct it in data/seller.yml")
    if template.status.casefold() != APPROVED:
        return NoTemplate(f"{named} is not approved but {template.status or 'of an unknown status'}")
    if channel_id not in template.channels:
        return NoTemplate(f"{named} is not bound to this channel: bind it in Wazzup")
    if template.language and template.language.casefold().replace("-", "_").split("_")[0] != language:
        return NoTemplate(f"{named} is written in {template.language}: name another one in data/seller.yml")
    if template.media_header:
        return NoTemplate(f"{named} begins with a picture or file: make one with a text only")
    if template.variables != len(configured.values):
        return NoTemplate(
            f"{named} takes {template.variables} values and data/seller.yml names {len(configured.values)}"
        )
    values = tuple(made_safe(use.values.get(name, "")) for name in configured.values)
    for name, value in zip(configured.values, values, strict=True):
        if not value.strip(_MARKS):
            return NoTemplate(f"{named} needs {name}, and that is not known")
    if language == "ar":
        values = tuple(isolate_runs(value) for value in values)
    text = _PLACE.sub(lambda place: _value(values, int(place[1]), place[0]), template.text)
    if len(text) > LONGEST_FILLED:
        return NoTemplate(
            f"{named} has {len(text)} characters when filled; at most {LONGEST_FILLED} are sent"
        )
    return Chosen(template.guid, values, text)


def check_value_names(purpose: TemplatePurpose, values: Sequence[str]) -> None:
    """Whether a purpose's templates may be filled with these, in this order.

    Raises:
        ValueError: names the value that is unknown or given twice, and the mend.
    """
    known = VALUE_NAMES[purpose]
    for value in values:
        if value not in known:
            raise ValueError(f"{purpose.value}.values names {{{value}}}; use {' and '.join(sorted(known))}")
    if len(set(values)) != len(values):
        raise ValueError(
            f"{purpose.value}.values names a value twice: give each once, in the template's order"
        )


def made_safe(value: str) -> str:
    """A value as a template takes it: on one line, no tabs, no runs of blanks, nothing invisible."""
    return " ".join(_INVISIBLE.sub("", value).split())


def _value(values: Sequence[str], number: int, otherwise: str) -> str:
    return values[number - 1] if 1 <= number <= len(values) else otherwise
