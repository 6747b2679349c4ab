"""What a manager's line is read as (sales.manager_commands)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sales.chat_code import DIGITS, LETTERS, new_code
from sales.manager_commands import Command, Mistake, Verb, language_of, parse


@pytest.mark.parametrize(
    "line",
    [
        "take A7K2", "TAKE a7k2", "  take   A7K2  ", "A7K2 take", "please take A7K2 now", "take: A7K2.",
        "Take A7 K2",
        "take a-7-k-2", "take A٧K٢", "take A۷K۲", "I'll take A7K2", "taking A7K2!",
        "take chat A7K2 please, thanks",
        "استلم A7K2", "أستلم A7K2", "A7K2 استلم", "إستلم a7k2", "باستلم A7K2", "اســتلم A7K2",
        "استلم المحادثة A٧K٢",
        "اِستلِم A7K2", "بمسك A7K2", "أنا بستلم A7K2 الحين",
    ],
)  # fmt: skip
def test_takes(line: str) -> None:
    assert parse(line) == Command(Verb.TAKE, "A7K2")


@pytest.mark.parametrize(
    "line",
    [
        "back A7K2", "Back a7k2", "A7K2 back", "give back A7K2", "return A7K2 to the bot", "release A7K2",
        "رجع A7K2", "رجّع A7K2", "A7K2 رجعها", "أرجع A7K2", "رجعه لمجلس A7K2", "ردها A7K2",
    ],
)  # fmt: skip
def test_gives_back(line: str) -> None:
    assert parse(line) == Command(Verb.BACK, "A7K2")


@pytest.mark.parametrize(
    ("line", "percent"),
    [
        ("approve A7K2 5", "5"), ("approve A7K2 5%", "5"), ("approve A7K2 5 %", "5"),
        ("Approve 5% a7k2", "5"),
        ("approve A7K2 7.5", "7.5"), ("approve A7K2 7,5%", "7.5"), ("approve A7K2 7٫5٪", "7.5"),
        ("approved A7K2 12.25 percent", "12.25"), ("ok approve A7K2 99.99", "99.99"),
        ("approve A7K2 0.5", "0.5"),
        ("approve A7 K2 5", "5"), ("A7K2 approve 10", "10"), ("approve A7K2 ١٠٪", "10"),
        ("approve A7K2 5.00", "5"),
        ("وافق A7K2 5", "5"), ("أوافق على A7K2 ٥٪", "5"), ("موافق A7K2 5%", "5"), ("وافق ٥ A7K2", "5"),
        ("موافقة A7K2 ۷٫۵", "7.5"), ("اعتمد A7K2 5", "5"), ("وافق على خصم 5% حق A7K2", "5"),
    ],
)  # fmt: skip
def test_approves(line: str, percent: str) -> None:
    assert parse(line) == Command(Verb.APPROVE, "A7K2", Decimal(percent))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("status", None), ("STATUS", None), ("status?", None), ("what is the status?", None), ("وضع", None),
        ("شو الوضع؟", None), ("الحالة", None), ("حالة", None), ("status A7K2", "A7K2"),
        ("A7K2 status", "A7K2"),
        ("شو وضع A7K2؟", "A7K2"), ("A7K2", "A7K2"), ("a7k2", "A7K2"), ("A٧K٢", "A7K2"),
    ],
)  # fmt: skip
def test_asks_how_it_stands(line: str, code: str | None) -> None:
    assert parse(line) == Command(Verb.STATUS, code)


@pytest.mark.parametrize("line", ["help", "Help!", "commands", "?", "؟", "مساعدة", "ساعدني", "الأوامر"])
def test_asks_for_help(line: str) -> None:
    assert parse(line) == Command(Verb.HELP)


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("hello", Mistake.NO_COMMAND), ("مرحبا", Mistake.NO_COMMAND), ("5", Mistake.NO_COMMAND),
        ("A7K2 5", Mistake.NO_COMMAND), ("A7K2 B3C4", Mistake.NO_COMMAND), ("👍", Mistake.NO_COMMAND),
        ("discount for A7K2", Mistake.NO_COMMAND),
        ("take back A7K2", Mistake.SEVERAL_COMMANDS), ("take A7K2 and approve 5", Mistake.SEVERAL_COMMANDS),
        ("استلم ووافق A7K2 رجع", Mistake.SEVERAL_COMMANDS),
        ("don't approve A7K2 5", Mistake.NOT_MEANT), ("don’t take A7K2", Mistake.NOT_MEANT),
        ("do not approve A7K2 5%", Mistake.NOT_MEANT), ("ما أوافق A7K2 5", Mistake.NOT_MEANT),
        ("لا توافق A7K2 وافق", Mistake.NOT_MEANT), ("مب موافق A7K2 5", Mistake.NOT_MEANT),
        ("I won't approve A7K2 5", Mistake.NOT_MEANT), ("I won’t approve A7K2 5%", Mistake.NOT_MEANT),
        ("wouldn't take A7K2", Mistake.NOT_MEANT), ("wont approve A7K2 5", Mistake.NOT_MEANT),
        ("nobody take A7K2", Mistake.NOT_MEANT), ("undo the approval of A7K2 5", Mistake.NOT_MEANT),
        ("cancel: approve A7K2 5", Mistake.NOT_MEANT), ("غير موافق A7K2 5", Mistake.NOT_MEANT),
        ("ماني موافق على A7K2 5", Mistake.NOT_MEANT), ("بدون موافقة A7K2 5", Mistake.NOT_MEANT),
        ("should I approve A7K2 5?", Mistake.NOT_MEANT), ("أوافق على A7K2 5؟", Mistake.NOT_MEANT),
        ("take", Mistake.NO_CODE), ("approve 5", Mistake.NO_CODE), ("رجع", Mistake.NO_CODE),
        ("take TAKE", Mistake.NO_CODE), ("take 2345", Mistake.NO_CODE),
        ("take 971501234567", Mistake.NO_CODE),
        ("take A7K2 B3C4", Mistake.SEVERAL_CODES), ("approve A7K2 B3C4 5", Mistake.SEVERAL_CODES),
        ("approve A7K2", Mistake.NO_PERCENT), ("وافق A7K2", Mistake.NO_PERCENT),
        ("approve A7K2 five", Mistake.NO_PERCENT), ("approve A7K2 50 AED off", Mistake.NO_PERCENT),
        ("approve A7K2 $50", Mistake.NO_PERCENT), ("وافق A7K2 خصم ٥٠ درهم", Mistake.NO_PERCENT),
        ("approve A7K2 1,000", Mistake.OUT_OF_RANGE),
        ("approve A7K2 5 10", Mistake.SEVERAL_PERCENTS), ("approve A7K2 5-10%", Mistake.SEVERAL_PERCENTS),
        ("approve A7K2 0", Mistake.OUT_OF_RANGE), ("approve A7K2 100", Mistake.OUT_OF_RANGE),
        ("approve A7K2 -5", Mistake.OUT_OF_RANGE), ("approve A7K2 150%", Mistake.OUT_OF_RANGE),
        ("وافق A7K2 ١٠٠٪", Mistake.OUT_OF_RANGE), ("approve A7K2 0.00", Mistake.OUT_OF_RANGE),
        ("approve A7K2 5.555", Mistake.TOO_FINE), ("وافق A7K2 ٥٫٥٥٥", Mistake.TOO_FINE),
    ],
)  # fmt: skip
def test_a_line_that_is_no_command_does_nothing_and_says_why(line: str, mistake: Mistake) -> None:
    assert parse(line).mistake is mistake


@pytest.mark.parametrize(
    ("line", "code"),
    [("take A7K", "A7K"), ("take A7K22", "A7K22"), ("take A0K1", "A0K1"), ("take OIL0", "OIL0")],
)
def test_what_is_nearly_a_code_is_looked_up_and_not_ignored(line: str, code: str) -> None:
    assert parse(line) == Command(Verb.TAKE, code)


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("take A7K2", "en"),
        ("استلم A7K2", "ar"),
        ("A7K2", "ar"),
        ("help", "en"),
        ("5", "ar"),
        ("وافق A7K2 5%", "ar"),
    ],
)
def test_the_answer_is_in_the_language_of_the_line(line: str, language: str) -> None:
    assert language_of(line, "ar") == language


def test_a_code_has_a_letter_and_a_digit_and_nothing_that_looks_like_something_else() -> None:
    codes = {new_code() for _ in range(2000)}
    assert all(set(code) <= set(LETTERS + DIGITS) and len(code) == 4 for code in codes)
    assert all(set(code) & set(LETTERS) and set(code) & set(DIGITS) for code in codes)
    assert not set(LETTERS + DIGITS) & set("IO01")
    assert len(codes) > 1900
    assert all(parse(f"take {code}") == Command(Verb.TAKE, code) for code in codes)
