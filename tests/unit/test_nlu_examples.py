"""The examples the classifier learns from: enough of each way of writing, and none that says two things."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from text.fold import fold

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "data" / "nlu").glob("*.yml"))
# Written after the examples and never trained on, for figures that are not flattered.
HELD_OUT = sorted((ROOT / "tests" / "benchmarks" / "data").glob("nlu_fresh_*.yml"))
WRITINGS = ("en", "ar", "arabizi", "mixed")
ARABIC_LETTER = re.compile("[\u0621-\u064a\u066e-\u06d3]")
LATIN_LETTER = re.compile("[a-zA-Z]")
# "CH-1005" and "ch1005" are written in Latin letters by everybody.
SKU = re.compile(r"\b[A-Za-z]{1,5}[- ]?\d{2,}[\w-]*")


@dataclass(frozen=True)
class Example:
    file: str
    intent: str
    writing: str
    text: str


def read_blocks(path: Path) -> Iterator[dict[str, Any]]:
    yield from yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]


def read_texts(block: dict[str, Any]) -> list[str]:
    """The block's messages: one a line, or, in the long form, bursts of several lines."""
    if isinstance(block["examples"], str):
        return [line.removeprefix("-").strip() for line in block["examples"].splitlines()]
    return [example["text"].strip() for example in block["examples"]]


def read_examples(paths: list[Path]) -> list[Example]:
    return [
        Example(path.name, block["intent"], block["metadata"]["writing"], text)
        for path in paths
        for block in read_blocks(path)
        for text in read_texts(block)
    ]


def bare(text: str) -> str:
    """`text` as far as the classifier could tell it from another: folded, without punctuation."""
    return " ".join(re.findall(r"\w+", fold(text))) or fold(text)


def agrees(example: Example) -> bool:
    text = SKU.sub("", example.text)
    arabic, latin = bool(ARABIC_LETTER.search(text)), bool(LATIN_LETTER.search(text))
    if example.writing == "ar":
        return not latin
    if example.writing == "mixed":
        return arabic and bool(LATIN_LETTER.search(example.text))
    return not arabic


TRAINED = read_examples(EXAMPLES)
INTENTS = sorted({example.intent for example in TRAINED})


@pytest.mark.parametrize("path", [*EXAMPLES, *HELD_OUT], ids=lambda path: path.name)
def test_every_block_says_how_it_is_written(path: Path) -> None:
    blocks = list(read_blocks(path))
    assert blocks
    for block in blocks:
        assert set(block) == {"intent", "metadata", "examples"}, block["intent"]
        assert set(block["metadata"]) == {"writing"}, block["intent"]
        assert block["metadata"]["writing"] in WRITINGS, block["intent"]
        texts = read_texts(block)
        assert texts, f"{block['intent']}, {block['metadata']['writing']}: an empty block"
        assert all(texts), f"{block['intent']}, {block['metadata']['writing']}: an empty example"


def test_every_intent_is_in_the_domain() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert set(INTENTS) - set(domain["intents"]) == set()


@pytest.mark.parametrize("intent", INTENTS)
def test_intent_is_known_in_every_way_of_writing(intent: str) -> None:
    count = Counter(example.writing for example in TRAINED if example.intent == intent)
    assert count["en"] >= 20
    assert count["ar"] >= 20
    assert count["arabizi"] + count["mixed"] >= 10
    assert min(count[writing] for writing in WRITINGS) >= 5


def test_declared_writing_agrees_with_the_letters() -> None:
    assert [example for example in [*TRAINED, *read_examples(HELD_OUT)] if not agrees(example)] == []


def test_no_example_stands_twice() -> None:
    """Twice in one intent is a wasted line; in two intents one of them is wrong."""
    found: defaultdict[str, list[Example]] = defaultdict(list)
    for example in TRAINED:
        found[bare(example.text)].append(example)
    assert [examples for examples in found.values() if len(examples) > 1] == []


@pytest.mark.skipif(not HELD_OUT, reason="no held-out lines yet")
def test_held_out_lines_are_of_trained_intents_and_not_trained_on() -> None:
    held_out = read_examples(HELD_OUT)
    trained = {bare(example.text) for example in TRAINED}
    assert [example for example in held_out if bare(example.text) in trained] == []
    assert {example.intent for example in held_out} <= set(INTENTS)
    assert len({bare(example.text) for example in held_out}) == len(held_out)
