"""The house itself: who may import whom, small modules, and files that say the same thing twice."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from app.settings import PROJECT_ROOT

ROOMS: list[str] = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "root_packages"
]
LONGEST_MODULE = 400
RASA_PYTHON = PROJECT_ROOT / ".venv-rasa" / "bin" / "python"
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (PROJECT_ROOT / folder).rglob("*.py")


def test_every_module_is_one_thing() -> None:
    lengths = {
        str(path.relative_to(PROJECT_ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in modules(*ROOMS, "tests")
    }
    assert {path: length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = {
        str(path.relative_to(PROJECT_ROOT))
        for path in modules(*ROOMS)
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    }
    # The second is what models are made of: a word in it would have each of them trained anew.
    assert silent <= {"migrations/versions/__init__.py", "text/__init__.py"}


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LINT_IMPORTS, "--no-cache"], cwd=root, capture_output=True, text=True, check=False)


def test_nobody_knows_whom_they_may_not() -> None:
    result = lint_imports(PROJECT_ROOT)
    assert result.returncode == 0, result.stdout


@pytest.fixture(scope="module")
def copy_of_the_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    house = tmp_path_factory.mktemp("house")
    shutil.copy(PROJECT_ROOT / "pyproject.toml", house)
    for room in ROOMS:
        shutil.copytree(PROJECT_ROOT / room, house / room, ignore=shutil.ignore_patterns("__pycache__"))
    return house


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("text/planted.py", "import storage.pool"),
        ("storage/planted.py", "import turns.ports"),
        ("catalog/planted.py", "import sales"),
        ("sales/planted.py", "import app.settings"),
        ("turns/planted.py", "import catalog.search"),
        ("turns/planted.py", "import text.fold"),
        ("turns/planted.py", "import sandbox.server"),
        ("actions/planted.py", "import turns.ports"),
        ("actions/planted.py", "import text.fold"),
        ("engine/planted.py", "import text.language"),
        ("engine/planted.py", "import storage.pool"),
        ("connectors/planted.py", "import storage.pool"),
        ("connectors/planted.py", "import turns.outbox"),
        ("connectors/planted.py", "import text.fold"),
        ("sandbox/planted.py", "import turns.outbox"),
        ("catalog/planted.py", "import sandbox.server"),
    ],
)
def test_a_forbidden_import_is_noticed(copy_of_the_house: Path, module: str, line: str) -> None:
    planted = copy_of_the_house / module
    planted.write_text(f"{line}\n")
    try:
        result = lint_imports(copy_of_the_house)
    finally:
        planted.unlink()
    assert result.returncode == 1, result.stdout
    assert f"{planted.parent.name}.planted ->" in result.stdout


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_text_needs_little_but_the_standard_library() -> None:
    allowed = sys.stdlib_module_names | {"text"}
    others = {path.name: imported(path) - allowed for path in modules("text") if imported(path) - allowed}
    # How common English words are is data that nobody should keep by hand.
    assert others == {"language.py": {"wordfreq"}}


def test_what_runs_inside_rasa_is_understood_by_its_python() -> None:
    paths = [*modules("text", "engine"), PROJECT_ROOT / "connectors" / "wazzup" / "channel.py"]
    program = (
        "import sys\nfor path in sys.argv[1:]: compile(open(path, encoding='utf-8').read(), path, 'exec')"
    )
    result = subprocess.run(
        [RASA_PYTHON, "-W", "error", "-c", program, *paths], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


def ci_steps() -> set[str]:
    found = re.search(r"^steps=\((.*)\)$", (PROJECT_ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert found is not None
    return set(found[1].split())


def test_images_are_made_only_by_what_ci_runs() -> None:
    dockerfile = (PROJECT_ROOT / "Dockerfile").read_text()
    commands = re.findall(r"^\s*RUN\s+(.*)$", dockerfile, re.MULTILINE)
    assert commands
    for command in commands:
        # Who runs it and what is his, which installs nothing.
        if re.fullmatch(r"(useradd|chown) [^&;|]*", command):
            continue
        assert command.startswith("make "), f"RUN {command} is not a make target"
        assert set(command.split()[1:]) <= ci_steps()


def test_ci_runs_targets_that_exist() -> None:
    makefile = (PROJECT_ROOT / "Makefile").read_text()
    assert ci_steps() <= set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


def test_rasa_listens_only_to_our_channel() -> None:
    """Any other channel's route would be open to whoever reaches the port (rasa-3.6 §2.6)."""
    credentials = yaml.safe_load((PROJECT_ROOT / "credentials.yml").read_text())
    assert credentials == {"connectors.wazzup.channel.WazzupInput": None}


def test_the_action_server_s_address_is_filled_in_by_rasa() -> None:
    """Rasa substitutes a variable only where there are no quotes (rasa-3.6 §2.1)."""
    assert re.search(
        r"^  url: \$\{ACTIONS_URL\}$", (PROJECT_ROOT / "endpoints.yml").read_text(), re.MULTILINE
    )


def test_both_interpreters_are_named_for_pyenv() -> None:
    assert (PROJECT_ROOT / ".python-version").read_text().split() == ["3.12", "3.10"]
