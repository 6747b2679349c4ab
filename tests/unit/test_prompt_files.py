"""Prompts are files under a version (offscript.prompt_files)."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from app.settings import PROJECT_ROOT
from offscript import prompt_files
from offscript.prompt_files import Prompt, PromptName, PromptUnfit, read_prompt

PROMPTS = PROJECT_ROOT / "offscript" / "prompts"


def read_as(monkeypatch: pytest.MonkeyPatch, tmp_path: object, content: str) -> Prompt:
    """A prompt's file with this content, read."""
    folder = PROMPTS.__class__(str(tmp_path)) / "prompts"
    folder.mkdir(exist_ok=True)
    (folder / "answer.md").write_text(content, encoding="utf-8")
    monkeypatch.setattr(prompt_files, "files", lambda _package: folder.parent)
    return read_prompt.__wrapped__("answer")


@pytest.mark.parametrize("name", get_args(PromptName))
def test_every_prompt_has_a_version_and_a_text_without_its_head(name: PromptName) -> None:
    prompt = read_prompt(name)
    assert re.fullmatch(rf"{name}-\d+-[0-9a-f]{{8}}", prompt.version)
    assert prompt.text
    assert not prompt.text.startswith(("version", "-"))


def test_every_file_is_a_prompt_somebody_reads() -> None:
    assert {path.stem for path in PROMPTS.iterdir()} == set(get_args(PromptName))


@pytest.mark.parametrize("name", get_args(PromptName))
def test_no_prompt_holds_a_price(name: PromptName) -> None:
    sentences = re.split(r"[.:;\n]", read_prompt(name).text)
    assert not [one for one in sentences if re.search(r"\d+ ?(?:AED|dirham|%)", one, re.IGNORECASE)]


def test_another_text_is_another_version(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    first = read_as(monkeypatch, tmp_path, "version: 4\n---\nBe kind.\n")
    second = read_as(monkeypatch, tmp_path, "version: 4\n---\nBe brief.\n")
    assert first.text == "Be kind."
    assert first.version.startswith("answer-4-")
    assert second.version.startswith("answer-4-")
    assert first.version != second.version


@pytest.mark.parametrize(
    "content",
    [
        "",
        "Be kind.",
        "version: 4\nBe kind.",
        "version: four\n---\nBe kind.",
        "4\n---\nBe kind.",
        "---\nBe kind.",
    ],
)
def test_a_file_without_its_head_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object, content: str
) -> None:
    with pytest.raises(PromptUnfit, match=r"answer\.md has to begin with 'version: <number>'"):
        read_as(monkeypatch, tmp_path, content)
