from pathlib import Path
from typing import Any

import pytest
import yaml

from offscript.price_fence import Held, Passed, check
from tests.fence_samples import sample_ledger

DRAFTS: dict[str, dict[str, list[Any]]] = yaml.safe_load(
    (Path(__file__).parent / "fence_drafts.yml").read_text(encoding="utf-8")
)


def drafts(verdict: str) -> list[str]:
    return [str(draft) for group in DRAFTS[verdict].values() for draft in group]


@pytest.mark.parametrize("draft", drafts("held"))
def test_nothing_ungrounded_passes(draft: str) -> None:
    assert isinstance(check(draft, sample_ledger(), language="en"), Held)


@pytest.mark.parametrize("draft", drafts("passed"))
def test_what_is_grounded_or_harmless_passes(draft: str) -> None:
    assert check(draft, sample_ledger(), language="en") == Passed()


def test_there_are_enough_of_both() -> None:
    assert len(drafts("held")) >= 150
    assert len(drafts("passed")) >= 150
