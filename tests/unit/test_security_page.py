"""Every test that the threat model names is there: a protection without its test is no protection."""

from __future__ import annotations

import re

from app.settings import PROJECT_ROOT


def test_every_test_that_the_threat_model_names_exists() -> None:
    page = (PROJECT_ROOT / "docs/security.md").read_text()
    files = list((PROJECT_ROOT / "tests").rglob("test_*.py"))
    names = {path.name for path in files}
    functions = {
        name for path in files for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text(), re.M)
    }
    named = set(re.findall(r"\btest_\w+(?:\.py)?", page))
    assert len(named) > 30
    assert {name for name in named if name not in names | functions} == set()
