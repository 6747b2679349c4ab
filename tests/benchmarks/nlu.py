"""`python -m tests.benchmarks.nlu [--rasa]`, inside Rasa's environment: how well customers are understood.

Every figure comes from the pipeline of config.yml with its sentence embedder, and without it. Folds and
samples are drawn with fixed seeds: a run can be repeated. With --rasa Rasa's own classifiers learn a part of
one split too, which takes half an hour more.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rasa.shared.utils.io import read_yaml_file
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold, train_test_split

from tests.benchmarks.nlu_cost import cost_rows
from tests.benchmarks.nlu_data import (
    OUT_OF_SCOPE_INTENT,
    ROOT,
    WRITINGS,
    Line,
    banking,
    examples,
    foreign,
    fresh,
)
from tests.benchmarks.nlu_pipeline import Answer, Pipeline, Prepared, Step
from tests.benchmarks.report import Aim, Report

EMBEDDER = "engine.embedder.SentenceEmbedder"
CLASSIFIER = "engine.intent_classifier.LinearIntentClassifier"
_FOLDS = 5
_SHARES = (0.25, 0.5, 0.75)
_CONFUSIONS = 20
_SEED = 0


@dataclass(frozen=True)
class Variant:
    """A pipeline that is measured, and the lines it learns from."""

    name: str
    steps: list[Step]
    prepared: Prepared

    def trained_on(self, indices: Sequence[int]) -> Pipeline:
        """The pipeline, trained on some of the lines."""
        return Pipeline(self.steps, self.prepared.take(indices))

    def asked(self, pipeline: Pipeline, indices: Sequence[int]) -> list[Answer]:
        """What it makes of some of the lines."""
        return pipeline.ask_prepared(self.prepared.take(indices))


def configured_steps() -> list[Step]:
    """The pipeline of config.yml."""
    steps: list[Step] = read_yaml_file(ROOT / "config.yml")["pipeline"]
    return steps


def both_ways(steps: list[Step]) -> dict[str, list[Step]]:
    """The pipeline with the embedder and without it, whichever of them is in use."""
    without = [step for step in steps if step["name"] != EMBEDDER]
    place = [step["name"] for step in without].index(CLASSIFIER)
    return {
        "with embedder": [*without[:place], {"name": EMBEDDER}, *without[place:]],
        "without": without,
    }


def percent(share: float) -> str:
    """A share as people read it."""
    return f"{100 * share:.1f} %"


def _share(answers: Sequence[bool]) -> float:
    return sum(answers) / len(answers) if answers else float("nan")


def _right(lines: Sequence[Line], answers: Sequence[Answer], writing: str | None = None) -> float:
    """The share of lines whose intent was found."""
    return _share(
        [
            answer.intent == line.intent
            for line, answer in zip(lines, answers, strict=True)
            if writing in (None, line.writing)
        ]
    )


def _f1(lines: Sequence[Line], answers: Sequence[Answer], writing: str | None = None) -> float:
    """The mean over the intents of their F1."""
    pairs = [
        (line.intent, answer.intent or "")
        for line, answer in zip(lines, answers, strict=True)
        if writing in (None, line.writing)
    ]
    true, found = zip(*pairs, strict=True)
    return float(f1_score(true, found, average="macro", labels=sorted(set(true)), zero_division=0))


def _lost(lines: Sequence[Line], answers: Sequence[Answer], writing: str | None = None) -> float:
    """The share of lines in scope that fell back."""
    return _share(
        [
            answer.falls_back
            for line, answer in zip(lines, answers, strict=True)
            if line.intent != OUT_OF_SCOPE_INTENT and writing in (None, line.writing)
        ]
    )


def _caught(lines: Sequence[Line], answers: Sequence[Answer]) -> float:
    """The share of lines out of scope that fell back."""
    return _share(
        [
            answer.falls_back
            for line, answer in zip(lines, answers, strict=True)
            if line.intent == OUT_OF_SCOPE_INTENT
        ]
    )


def _folds(lines: Sequence[Line]) -> list[tuple[list[int], list[int]]]:
    """Five ways to learn from four fifths and ask about the rest, alike in intents and ways of writing."""
    strata = [f"{line.intent} {line.writing}" for line in lines]
    splits = StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED).split(strata, strata)
    return [(list(map(int, learnt)), list(map(int, asked))) for learnt, asked in splits]


def _some(lines: Sequence[Line], indices: list[int], share: float) -> list[int]:
    """A share of the lines at `indices`, alike in intents."""
    intents = [lines[index].intent for index in indices]
    some, _ = train_test_split(indices, train_size=share, random_state=_SEED, stratify=intents)
    return [int(index) for index in some]


class Measurement:
    """One variant: cross-validation, learning curve, and the model of all examples."""

    def __init__(self, variant: Variant, report: Report) -> None:
        self.variant = variant
        lines = variant.prepared.lines
        folds = _folds(lines)
        answers: dict[int, Answer] = {}
        for number, (learnt, asked) in enumerate(folds, 1):
            report.progress(f"{variant.name}: fold {number} of {_FOLDS}")
            answers.update(zip(asked, variant.asked(variant.trained_on(learnt), asked), strict=True))
        self.answers = [answers[index] for index in range(len(lines))]
        self.curve = self._curve(*folds[0], report)
        report.progress(f"{variant.name}: all examples")
        self.pipeline = variant.trained_on(range(len(lines)))

    def _curve(self, learnt: list[int], asked: list[int], report: Report) -> dict[float, list[float]]:
        """Per share of the first fold's examples: how many of its lines are right, per way of writing."""
        lines = self.variant.prepared.lines
        about = [lines[index] for index in asked]
        curve = {}
        for share in _SHARES:
            report.progress(f"{self.variant.name}: learning from {share:.0%}")
            some = _some(lines, learnt, share)
            answers = self.variant.asked(self.variant.trained_on(some), asked)
            curve[share] = [_right(about, answers, writing) for writing in (*WRITINGS, None)]
        answers = [self.answers[index] for index in asked]
        curve[1.0] = [_right(about, answers, writing) for writing in (*WRITINGS, None)]
        return curve


def _examples_table(report: Report, lines: Sequence[Line], unseen: Sequence[Line]) -> None:
    rows = [
        (name, *(str(sum(line.writing == writing for line in some)) for writing in WRITINGS), str(len(some)))
        for name, some in (("examples", lines), ("fresh lines", unseen))
    ]
    report.table(f"Lines, of {len({line.intent for line in lines})} intents", ("", *WRITINGS, "all"), rows)


def _understanding_table(report: Report, measured: Sequence[Measurement], unseen: Sequence[Line]) -> None:
    rows = []
    for one in measured:
        lines, name = one.variant.prepared.lines, one.variant.name
        for title, figure in (("F1", _f1), ("accuracy", _right)):
            of_writings = [figure(lines, one.answers, writing) for writing in (*WRITINGS, None)]
            rows.append((f"{title}, {name}", *map(percent, of_writings)))
        answers = one.pipeline.ask(line.text for line in unseen)
        of_fresh = [_right(unseen, answers, writing) for writing in (*WRITINGS, None)]
        rows.append((f"fresh lines, {name}", *map(percent, of_fresh)))
    report.table(
        f"Intents: {_FOLDS}-fold cross-validation, and fresh lines",
        ("", *WRITINGS, "all"),
        rows,
        "F1 is the mean over the intents; a line counts by its likeliest intent, fallback or not.",
        "Fresh lines were written after the examples and chose or mended nothing.",
    )
    best = measured[0]
    for writing in WRITINGS:
        seen = 100 * _f1(best.variant.prepared.lines, best.answers, writing)
        report.aim(Aim(f"intent F1, {writing}", seen, 95, "%", at_least=True))


def _curve_table(report: Report, measured: Sequence[Measurement]) -> None:
    rows = [
        (f"{share:.0%}, {one.variant.name}", *map(percent, figures))
        for one in measured
        for share, figures in one.curve.items()
    ]
    report.table(
        "Learning curve: accuracy on the first fold by the share of its examples learnt from",
        ("", *WRITINGS, "all"),
        rows,
    )


def _confusion_table(report: Report, one: Measurement) -> None:
    lines = one.variant.prepared.lines
    pairs: Counter[tuple[str, str]] = Counter()
    witness: dict[tuple[str, str], str] = {}
    for line, answer in zip(lines, one.answers, strict=True):
        if answer.intent != line.intent:
            pair = (line.intent, answer.intent or "nothing")
            pairs[pair] += 1
            witness.setdefault(pair, line.text.replace("\n", " / "))
    report.table(
        f"Commonest confusions in cross-validation, {one.variant.name}",
        ("meant", "times", "taken for", "for example"),
        [(meant, str(times), taken, witness[meant, taken])
         for (meant, taken), times in pairs.most_common(_CONFUSIONS)],
    )  # fmt: skip


def _fallback_table(report: Report, measured: Sequence[Measurement], unseen: Sequence[Line]) -> None:
    strangers = foreign()
    rows = []
    for one in measured:
        lines, name = one.variant.prepared.lines, one.variant.name
        caught = (
            percent(_share([answer.falls_back for answer in one.pipeline.ask(strangers)]))
            if strangers
            else "skipped"
        )
        fresh_answers = one.pipeline.ask(line.text for line in unseen)
        rows.append(
            (
                name,
                caught,
                percent(_caught(lines, one.answers)),
                percent(_caught(unseen, fresh_answers)),
                *(percent(_lost(lines, one.answers, writing)) for writing in (*WRITINGS, None)),
                percent(_lost(unseen, fresh_answers)),
            )
        )
    report.table(
        "Fallback: caught out of scope, and lost in scope",
        ("", "clinc-oos", "own", "fresh", *(f"lost {writing}" for writing in WRITINGS), "lost", "lost fresh"),
        rows,
        "Own and lost by cross-validation. clinc-oos chose the thresholds and is never learnt from.",
    )
    best = measured[0]
    if strangers:
        seen = 100 * _share([answer.falls_back for answer in best.pipeline.ask(strangers)])
        report.aim(Aim("fallback catches of clinc-oos", seen, 90, "%", at_least=True))
    lost = 100 * _lost(best.variant.prepared.lines, best.answers)
    report.aim(Aim("in-scope lines lost to the fallback", lost, 3, "%"))


def _banking_table(report: Report, variants: dict[str, list[Step]]) -> None:
    parts = banking()
    if parts is None:
        report.table("Arabic banking, 77 intents", ("", "accuracy"), [("arbanking77", "skipped")])
        return
    rows = []
    for name, steps in variants.items():
        report.progress(f"{name}: Arabic banking")
        learnt = Prepared(steps, parts[0])
        answers = Pipeline(steps, learnt.take(range(len(learnt.lines)))).ask(line.text for line in parts[1])
        rows.append((name, percent(_right(parts[1], answers))))
    report.table(
        "Arabic banking, 77 intents (arbanking77): the same pipeline, 20 examples an intent",
        ("", "accuracy"),
        rows,
    )


def _rasa_table(report: Report, steps: list[Step], lines: Sequence[Line]) -> None:
    place = [step["name"] for step in steps].index(CLASSIFIER)
    featurizers: list[Step] = [
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    ]
    rivals: dict[str, list[Step]] = {
        "ours": [{"name": CLASSIFIER}],
        "logistic regression": [*featurizers, {"name": "LogisticRegressionClassifier", "max_iter": 1000}],
        "DIET": [
            *featurizers,
            {"name": "DIETClassifier", "epochs": 20, "entity_recognition": False, "random_seed": _SEED},
        ],
    }
    learnt, asked = _folds(lines)[0]
    # All of them would take Rasa's classifiers hours.
    learnt = _some(lines, learnt, _SHARES[0])
    prepared = Prepared(steps, lines)
    about = [lines[index] for index in asked]
    rows = []
    for name, classifier in rivals.items():
        report.progress(f"one split: {name}")
        variant = Variant(name, [*steps[:place], *classifier], prepared)
        began = time.monotonic()
        pipeline = variant.trained_on(learnt)
        seconds = time.monotonic() - began
        began = time.monotonic()
        answers = variant.asked(pipeline, asked)
        per_line = 1000 * (time.monotonic() - began) / len(asked)
        figures = [percent(_right(about, answers, writing)) for writing in (*WRITINGS, None)]
        rows.append((name, *figures, f"{seconds:.0f}", f"{per_line:.1f}"))
    report.table(
        f"Rasa's own classifiers, {_SHARES[0]:.0%} of the first fold's examples, without the embedder",
        ("", *WRITINGS, "all", "training s", "ms a line"),
        rows,
    )


def main(arguments: list[str]) -> int:
    """Measure and print; exit code 2 for an argument that is not known."""
    if unknown := set(arguments) - {"--rasa"}:
        print(f"Not known: {', '.join(sorted(unknown))}; there is --rasa only", file=sys.stderr)
        return 2
    report = Report()
    lines, unseen = examples(), fresh()
    if arguments:
        _rasa_table(report, both_ways(configured_steps())["without"], lines)
        report.summary()
        return 0
    _examples_table(report, lines, unseen)
    variants = both_ways(configured_steps())
    measured = []
    for name, steps in variants.items():
        report.progress(f"{name}: preparing {len(lines)} examples")
        measured.append(Measurement(Variant(name, steps, Prepared(steps, lines)), report))
    _understanding_table(report, measured, unseen)
    _curve_table(report, measured)
    _confusion_table(report, measured[0])
    _fallback_table(report, measured, unseen)
    _banking_table(report, variants)
    columns, rows, note = cost_rows(variants, lines, report)
    report.table("Cost of a whole model", columns, rows, note)
    report.summary()
    return 0


if __name__ == "__main__":
    # Rasa's pinned libraries of 2022 warn of each other.
    warnings.simplefilter("ignore")
    sys.exit(main(sys.argv[1:]))
