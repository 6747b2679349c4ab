"""What designers run goes red when it should: Rasa's own commands often end with success on failures."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from app.settings import PROJECT_ROOT

WRONG = """
version: "3.1"
stories:
  - story: a greeting that must not start a search
    steps:
      - user: |
          hello
        intent: greet
      - action: action_search_products
"""


@pytest.mark.rasa
@pytest.mark.timeout(240)
def test_rasa_test_fails_on_a_wrong_story(tmp_path: Path) -> None:
    stories = tmp_path / "test_wrong.yml"
    stories.write_text(WRONG, encoding="utf-8")
    done = subprocess.run(
        ["make", "--no-print-directory", "rasa-test", f"STORIES={stories}"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0, done.stdout[-2000:]
    assert "action_search_products" in done.stdout + done.stderr
