"""What a model costs: training, archive, memory, and time per message; each in a process of its own.

`python -m tests.benchmarks.nlu_cost train|ask …` is the process that is measured; it prints JSON last.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rasa.shared.utils.io import write_yaml

from tests.benchmarks.nlu_data import EXAMPLES, ROOT, Line
from tests.benchmarks.nlu_pipeline import Step
from tests.benchmarks.report import Report, median, milliseconds, percentile

_ASKED = 300
_MEBIBYTE = 1024 * 1024
_COLUMNS = ("", "training s", "archive MB", "loaded MB", "p50 ms", "p99 ms", "CPU ms")


def cost_rows(
    variants: Mapping[str, list[Step]], lines: Sequence[Line], report: Report
) -> tuple[Sequence[str], list[tuple[str, ...]], str]:
    """The columns, a row for each variant, and a note; trains each variant once through Rasa itself."""
    some = [line.text for line in lines[:: max(len(lines) // _ASKED, 1)]][:_ASKED]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        questions = Path(folder) / "questions.json"
        questions.write_text(json.dumps(some), encoding="utf-8")
        for name, steps in variants.items():
            report.progress(f"{name}: cost of a whole model")
            config = Path(folder) / "config.yml"
            write_yaml({"recipe": "default.v1", "language": "en", "pipeline": steps}, config)
            trained = _in_child("train", config, Path(folder) / name.replace(" ", "-"))
            asked = _in_child("ask", Path(str(trained["model"])), questions)
            rows.append(
                (
                    name,
                    f"{trained['seconds']:.0f}",
                    f"{trained['megabytes']:.1f}",
                    f"{asked['megabytes']:.0f}",
                    *(milliseconds(float(asked[key])) for key in ("p50", "p99", "cpu")),
                )
            )
    note = "Training with the vectors of earlier runs at hand; loaded is what the model adds to Rasa's own."
    return _COLUMNS, rows, note


def _in_child(command: str, *paths: Path) -> dict[str, float | str]:
    finished = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.nlu_cost", command, *map(str, paths)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    result: dict[str, float | str] = json.loads(finished.stdout.splitlines()[-1])
    return result


def _train(config: Path, folder: Path) -> dict[str, float | str]:
    from rasa.model_training import train_nlu

    began = time.monotonic()
    model = train_nlu(config=str(config), nlu_data=str(EXAMPLES), output=str(folder))
    assert model is not None, "Rasa says above why it did not train"
    seconds = time.monotonic() - began
    return {"model": model, "seconds": seconds, "megabytes": Path(model).stat().st_size / _MEBIBYTE}


def _memory() -> float:
    """What this process holds in memory now, in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / _MEBIBYTE


def _ask(model: Path, questions: Path) -> dict[str, float | str]:
    from rasa.core.agent import Agent

    lines: list[str] = json.loads(questions.read_text(encoding="utf-8"))
    before = _memory()
    agent = Agent.load(str(model))
    loop = asyncio.new_event_loop()
    loop.run_until_complete(agent.parse_message(lines[0]))
    megabytes = _memory() - before
    walls = []
    began_cpu = time.process_time()
    for line in lines:
        began = time.perf_counter()
        loop.run_until_complete(agent.parse_message(line))
        walls.append(1000 * (time.perf_counter() - began))
    cpu = 1000 * (time.process_time() - began_cpu) / len(lines)
    loop.close()
    return {"megabytes": megabytes, "p50": median(walls), "p99": percentile(walls, 99), "cpu": cpu}


if __name__ == "__main__":
    first, second = Path(sys.argv[2]), Path(sys.argv[3])
    print(json.dumps({"train": _train, "ask": _ask}[sys.argv[1]](first, second)))
