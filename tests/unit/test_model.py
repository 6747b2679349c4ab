"""When the model is trained anew, and what is said when it cannot be. Rasa is played by a small script."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.model import ModelError, ensure_model, model_path

# Counts its runs, refuses a config that says so, else writes a "model" where it was told to.
STAND_IN = """#!{python}
import os, pathlib, sys
arguments = dict(zip(sys.argv[4::2], sys.argv[5::2]))
with open("runs", "a") as runs:
    runs.write(os.environ.get("DATABASE_URL", "no database") + "\\n")
if "contradiction" in pathlib.Path(arguments["--config"]).read_text():
    print("InvalidRule: Contradicting rules or stories found")
    sys.exit(1)
folder = pathlib.Path(arguments["--out"])
folder.mkdir(parents=True, exist_ok=True)
(folder / (arguments["--fixed-model-name"] + ".tar.gz")).write_text("model")
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with the inputs of a training."""
    root = tmp_path / "checkout"
    for name in ("config.yml", "domain.yml", "data/nlu/greet.yml", "engine/normaliser.py", "text/fold.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    (root / ".venv-rasa/lib/python3.10/site-packages/rasa-3.6.21.dist-info").mkdir(parents=True)
    python = root / ".venv-rasa/bin/python"
    python.parent.mkdir()
    python.write_text(STAND_IN.format(python=sys.executable))
    python.chmod(0o755)
    return root


def train(home: Path, root: Path) -> tuple[Path, list[str]]:
    said: list[str] = []
    return ensure_model(home, said.append, root=root), said


def runs(root: Path) -> list[str]:
    return (root / "runs").read_text().splitlines()


def test_it_is_trained_once_and_then_found(tmp_path: Path, root: Path) -> None:
    path, said = train(tmp_path, root)
    assert path.read_text() == "model"
    assert said[0].startswith("Training the model")
    again, said = train(tmp_path, root)
    assert again == path == model_path(tmp_path, root=root)
    assert said == [f"The model is up to date ({path.name})."]
    assert len(runs(root)) == 1


@pytest.mark.parametrize(
    "changed", ["config.yml", "domain.yml", "data/nlu/greet.yml", "engine/normaliser.py", "text/fold.py"]
)
def test_a_change_of_any_input_makes_it_stale(tmp_path: Path, root: Path, changed: str) -> None:
    before, _ = train(tmp_path, root)
    (root / changed).write_text("changed")
    after, _ = train(tmp_path, root)
    assert after != before
    assert len(runs(root)) == 2


def test_another_rasa_makes_it_stale(tmp_path: Path, root: Path) -> None:
    before = model_path(tmp_path, root=root)
    packages = root / ".venv-rasa/lib/python3.10/site-packages"
    (packages / "rasa-3.6.21.dist-info").rename(packages / "rasa-3.6.22.dist-info")
    assert model_path(tmp_path, root=root) != before


def test_what_is_not_read_by_the_training_does_not_matter(tmp_path: Path, root: Path) -> None:
    before = model_path(tmp_path, root=root)
    (root / "README.md").write_text("new words")
    assert model_path(tmp_path, root=root) == before


def test_it_is_trained_without_a_database(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/else")
    train(tmp_path, root)
    assert runs(root) == ["no database"]


def test_a_refused_training_tells_rasa_s_last_words_and_leaves_no_model(tmp_path: Path, root: Path) -> None:
    (root / "config.yml").write_text("a contradiction")
    with pytest.raises(ModelError, match="failed with code 1:\nInvalidRule: Contradicting rules"):
        train(tmp_path, root)
    assert not model_path(tmp_path, root=root).exists()


def test_of_a_refused_training_only_the_reason_is_told_where_rasa_marks_it(
    tmp_path: Path, root: Path
) -> None:
    python = root / ".venv-rasa/bin/python"
    reason = r"\x1b[91mInvalidRule: two rules\ncontradict.\x1b[0m"
    python.write_text(f"#!{sys.executable}\nprint('noise\\n{reason}\\nmore noise')\nraise SystemExit(1)\n")
    with pytest.raises(ModelError) as told:
        train(tmp_path, root)
    assert str(told.value) == "rasa train failed with code 1:\nInvalidRule: two rules\ncontradict."


def test_a_missing_environment_names_the_mend(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="run `make setup`"):
        ensure_model(tmp_path, print, root=tmp_path)
