"""`make bench-text` without the probes, and its arithmetic."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks import text_quality


def test_without_the_probes_it_says_so_and_succeeds(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(text_quality, "PROBES", tmp_path / "nowhere")
    assert text_quality.main() == 0
    printed = capsys.readouterr().out
    assert f"skipped: there is no amounts.jsonl and language.jsonl in {tmp_path / 'nowhere'}" in printed
    assert "own lines" in printed


def test_shares_of_lines_and_values() -> None:
    score = text_quality.score_claims(
        [
            {"text": "AED 500", "amounts": [500], "percents": [], "claim": True},
            {"text": "AED 600", "amounts": [700], "percents": [], "claim": True},
            {"text": "hello", "amounts": [800], "percents": [], "claim": True},
            {"text": "AED 900", "amounts": [], "percents": [], "claim": False},
        ]
    )
    assert (score.line_precision, score.line_recall) == (2 / 3, 2 / 3)
    assert (score.value_precision, score.value_recall) == (1 / 3, 1 / 3)
    assert score.wrong == ("AED 600", "hello", "AED 900")
