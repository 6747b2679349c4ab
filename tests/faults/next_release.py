"""The model of a release that is not this one: a slot has another name, and the classifier another margin."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from app.model import ensure_model
from app.settings import PROJECT_ROOT

# A slot of the dialogue alone, and what it is called in the other release.
SLOT, RENAMED = "discussed_product", "product_spoken_of"
_CHANGES = {
    "domain.yml": (rf"^  {SLOT}:$", f"  {RENAMED}:"),
    "config.yml": (r"^(\s+out_of_scope_margin:) 0\.3$", r"\1 0.28"),
}


def model_of_next_release(folder: Path, report: Callable[[str], None]) -> Path:
    """Train it from this checkout with the changes made in `folder`; kept beside the model of this release.

    Rasa's own cache gives it what has not changed, so this takes a part of a whole training.
    """
    folder.mkdir(parents=True)
    for entry in PROJECT_ROOT.iterdir():
        if entry.name not in _CHANGES:
            (folder / entry.name).symlink_to(entry)
    for name, (old, new) in _CHANGES.items():
        changed, count = re.subn(
            old, new, (PROJECT_ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE
        )
        assert count == 1, f"{name} has nothing like {old} any more"
        (folder / name).write_text(changed, encoding="utf-8")
    return ensure_model(PROJECT_ROOT / ".majlis", report, root=folder)
