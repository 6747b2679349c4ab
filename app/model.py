"""The trained model, cached by what it is made of: training takes a minute, most starts need none."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from app import leash
from app.errors import StartError
from app.settings import PROJECT_ROOT

RASA_PYTHON = Path(".venv-rasa") / "bin" / "python"
"""Rasa's own interpreter, from the root of the checkout."""

RASA_ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "SANIC_HOST": "127.0.0.1",
    "SANIC_GRACEFUL_SHUTDOWN_TIMEOUT": "30",
}
"""Quiet, without telemetry, on loopback; when told to end it may finish its turns, 30 s at most."""

# What training reads: designers' files, our code inside the pipeline, and the vocabulary it falls back to.
_INPUTS = (
    "config.yml",
    "domain.yml",
    "data/**/*.yml",
    "engine/**/*.py",
    "text/**/*.py",
    "catalog/sample_vocabulary.json",
)
# What works in Rasa's process and has no part in training.
_NOT_INPUTS = frozenset(
    {"engine/environment.py", "engine/guards.py", "engine/session.py", "engine/tracker_store.py"}
)
_SHOWN_LINES = 40
_RED = re.compile("\x1b\\[91m(.*?)\x1b\\[0m", re.DOTALL)


class ModelError(StartError):
    """There is no model and none could be trained; the message carries Rasa's own last words."""


def model_path(home: Path, *, root: Path = PROJECT_ROOT) -> Path:
    """Where the model of the present inputs is, or will be.

    Raises:
        ModelError: when Rasa's environment is missing.
    """
    return home / "models" / f"{_inputs_hash(root)}.tar.gz"


def ensure_model(home: Path, report: Callable[[str], None], *, root: Path = PROJECT_ROOT) -> Path:
    """The model of the present inputs, trained now if there is none yet (about a minute).

    `report` is told in a sentence what happens. Two callers at once train once.

    Raises:
        ModelError: when Rasa refuses the inputs or its environment is missing.
    """
    path = model_path(home, root=root)
    if path.exists():
        report(f"The model is up to date ({path.name}).")
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with (path.parent / "train.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            _train(path, report, root)
    return path


def _train(path: Path, report: Callable[[str], None], root: Path) -> None:
    report("Training the model; this takes about a minute ...")
    began = time.monotonic()
    # Made beside its place and moved there whole: a training that is cut leaves no half model.
    workshop = path.parent / "training"
    command = [
        str(root / RASA_PYTHON), "-m", "rasa", "train", "--config", "config.yml", "--domain", "domain.yml",
        "--data", "data", "--out", str(workshop), "--fixed-model-name", path.name.removesuffix(".tar.gz"),
    ]  # fmt: skip
    # Training needs no database; with one it would depend on what is in it.
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    result = subprocess.run(
        leash.command(command),
        env=environment | RASA_ENVIRONMENT, cwd=root, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    made = workshop / path.name
    if result.returncode != 0 or not made.exists():
        raise ModelError(f"rasa train failed with code {result.returncode}:\n{_reason(result.stdout)}")
    made.replace(path)
    report(f"Trained in {time.monotonic() - began:.0f} s ({path.name}).")


def _reason(output: str) -> str:
    """What Rasa says in red is its reason; where it says none, its last lines."""
    red = _RED.findall(output)
    return red[-1].strip() if red else "\n".join(output.splitlines()[-_SHOWN_LINES:])


def _inputs_hash(root: Path) -> str:
    digest = hashlib.sha256(_rasa_version(root).encode())
    for path in sorted(path for pattern in _INPUTS for path in root.glob(pattern)):
        name = path.relative_to(root).as_posix()
        if name in _NOT_INPUTS:
            continue
        digest.update(f"\0{name}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _rasa_version(root: Path) -> str:
    packages = (root / RASA_PYTHON.parent.parent).glob("lib/python*/site-packages/rasa-*.dist-info")
    for package in packages:
        return package.name
    raise ModelError("Rasa's environment .venv-rasa is missing or incomplete; run `make setup`.")
