"""Which template is sent, filled with what, and why none may be (sales.templates)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from sales.templates import (
    VALUE_NAMES,
    Chosen,
    NoTemplate,
    Template,
    TemplatePurpose,
    TemplateUse,
    choose,
    made_safe,
)

CHANNEL = "channel-1"
EN = Template(
    guid="guid-en",
    name="day_3",
    category="marketing",
    language="en_US",
    status="approved",
    channels=frozenset({CHANNEL}),
    variables=2,
    text="Hello {{1}}, your quote {{2}} waits, {{1}}.",
)
AR = replace(EN, guid="guid-ar", language="ar", text="مرحبا {{1}}، عرض السعر {{2}} جاهز.")


@dataclass(frozen=True)
class Pair:
    en: str = "guid-en"
    ar: str = "GUID-AR"
    values: tuple[str, ...] = ("contact", "quote")


USE = TemplateUse(TemplatePurpose.FOLLOW_UP_DAY_3, {"contact": "Aisha", "quote": "QT-7"})


def chosen(*templates: Template, language: str = "en", use: TemplateUse = USE) -> Chosen | NoTemplate:
    return choose(templates, Pair(), language=language, channel_id=CHANNEL, use=use)


def test_the_chats_language_decides_and_values_stand_in_the_configured_order() -> None:
    assert chosen(EN, AR) == Chosen(
        "guid-en", ("Aisha", "QT-7"), "Hello Aisha, your quote QT-7 waits, Aisha."
    )
    arabic = chosen(EN, AR, language="ar")
    assert isinstance(arabic, Chosen)
    assert arabic.guid == "guid-ar"


def test_values_in_an_arabic_template_are_kept_readable() -> None:
    use = replace(USE, values={"contact": "عائشة", "quote": "120x60"})
    arabic = chosen(AR, language="ar", use=use)
    assert isinstance(arabic, Chosen)
    assert arabic.values == ("عائشة", "\u2066120x60\u2069")
    assert arabic.text == "مرحبا عائشة، عرض السعر \u2066120x60\u2069 جاهز."


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        (replace(EN, guid="other"), "lists no template"),
        *((replace(EN, status=status), f"not approved but {status}")
          for status in ("pending", "rejected", "paused", "disabled", "refused", "archived")),
        (replace(EN, status=""), "of an unknown status"),
        (replace(EN, channels=frozenset({"channel-2"})), "not bound to this channel"),
        (replace(EN, language="ar"), "written in ar"),
        (replace(EN, variables=3), "takes 3 values and data/seller.yml names 2"),
        (replace(EN, media_header=True), "begins with a picture"),
        (replace(EN, text="x" * 1_020 + "{{1}}"), "at most 1024"),
    ],
)  # fmt: skip
def test_a_template_that_does_not_fit_is_not_sent_and_the_reason_is_told(
    template: Template, reason: str
) -> None:
    none = chosen(template)
    assert isinstance(none, NoTemplate)
    assert reason in none.reason
    assert "follow_up_day_3" in none.reason


def test_an_approval_counts_in_whatever_case_it_is_written() -> None:
    assert isinstance(chosen(replace(EN, status="APPROVED")), Chosen)


@pytest.mark.parametrize("value", ["", "   ", "\n\t", "\x00\x1f", "\u200f", "\u200e \u200d"])
def test_an_empty_or_missing_value_fits_no_template(value: str) -> None:
    for values in ({"contact": value, "quote": "QT-7"}, {"quote": "QT-7"}):
        none = chosen(EN, use=replace(USE, values=values))
        assert isinstance(none, NoTemplate)
        assert "needs contact" in none.reason


@pytest.mark.parametrize(
    ("value", "safe"),
    [
        ("Al\nNoor\r\nTrading", "Al Noor Trading"),
        ("a\tb", "a b"),
        ("a      b", "a b"),
        ("  Aisha ", "Aisha"),
        ("a\x00b\x07", "ab"),
        ("line\u2028line\x85end", "line line end"),
        ("Ai\u202esha\u200b", "Aisha"),
        ("\u2066\ufeff\u2069", ""),
    ],
)
def test_a_value_is_made_safe(value: str, safe: str) -> None:
    assert made_safe(value) == safe


def test_a_value_that_looks_like_a_place_is_no_place() -> None:
    got = chosen(EN, use=replace(USE, values={"contact": "{{2}}", "quote": "QT-7"}))
    assert isinstance(got, Chosen)
    assert got.text == "Hello {{2}}, your quote QT-7 waits, {{2}}."


def test_every_purpose_names_its_values() -> None:
    assert set(VALUE_NAMES) == set(TemplatePurpose)
