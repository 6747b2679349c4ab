"""The floor of `make coverage` counts branches room by room (.ci/branches.py)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from app.settings import PROJECT_ROOT

CONFIGURATION = "[run]\nbranch = true\nsource = sales, text\ndata_file = data\nparallel = true\n"
IMPORTS = "from sales import sign\nfrom text import sign as other\n"
SIGN = "def sign(number):\n    if number < 0:\n        return -1\n    return 1\n"


def run(house: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    return subprocess.run(
        [sys.executable, *arguments], cwd=house, env=environment, capture_output=True, text=True, check=False
    )


def floor(house: Path, program: str, configuration: str = CONFIGURATION) -> subprocess.CompletedProcess[str]:
    """A house of two rooms in which `program` is the tests, and what the floor says of it."""
    (house / ".coveragerc").write_text(configuration)
    for room in ("sales", "text"):
        (house / room).mkdir()
        (house / room / "__init__.py").touch()
        (house / room / "sign.py").write_text(SIGN)
    (house / "program.py").write_text(program)
    for arguments in (("run", "program.py"), ("combine", "--quiet")):
        result = run(house, "-m", "coverage", *arguments)
        assert result.returncode == 0, result.stderr
    return run(house, str(PROJECT_ROOT / ".ci" / "branches.py"))


def test_a_room_below_the_floor_fails_and_its_branch_is_named(tmp_path: Path) -> None:
    said = floor(
        tmp_path,
        IMPORTS + "sign.sign(1), sign.sign(-1), other.sign(1)",
    )
    assert said.returncode == 1, said.stdout
    lines = [line.split() for line in said.stdout.splitlines()]
    assert ["text/sign.py:", "2->3"] in lines
    assert ["sales", "2", "2", "100.0"] in lines
    assert ["text", "2", "1", "50.0", "BELOW", "95", "%"] in lines


def test_rooms_above_the_floor_pass(tmp_path: Path) -> None:
    said = floor(
        tmp_path,
        IMPORTS + "for one in (sign, other): one.sign(1), one.sign(-1)",
    )
    assert said.returncode == 0, said.stdout


def test_a_room_that_is_gone_fails(tmp_path: Path) -> None:
    source = CONFIGURATION.replace("sales, text", "sales, text, storage")
    said = floor(tmp_path, IMPORTS + "for one in (sign, other): one.sign(1), one.sign(-1)", source)
    assert (said.returncode, "Traceback" in said.stderr) == (1, False)
    assert ["storage", "0", "0", "0.0", "BELOW", "95", "%"] in [
        line.split() for line in said.stdout.splitlines()
    ]


def test_a_room_that_no_test_opened_fails(tmp_path: Path) -> None:
    said = floor(tmp_path, "from sales import sign\nsign.sign(1), sign.sign(-1)")
    assert said.returncode == 1, said.stdout
    assert "BELOW" in said.stdout
