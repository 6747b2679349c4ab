"""The documentation is whole and true: its pages are on the site, and what it names is there."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import typer.main
import yaml

from app.cli import majlis
from app.settings import PROJECT_ROOT, setting_names

DOCS = PROJECT_ROOT / "docs"
README = PROJECT_ROOT / "README.md"
PAGES = {str(path.relative_to(PROJECT_ROOT)): path.read_text() for path in [README, *DOCS.rglob("*.md")]}
# A file that a page tells people to make, and what a run leaves behind.
NOT_THERE = (
    *(".rasa/", "results/", ".majlis/", "eval/", "MAJLIS_HOME/", "site/"),
    "customer_wants_the_catalogue.yml",
)


def on_the_site(entry: object) -> list[str]:
    """The pages below one entry of `nav`."""
    if isinstance(entry, dict):
        return [page for below in entry.values() for page in on_the_site(below)]
    if isinstance(entry, list):
        return [page for below in entry for page in on_the_site(below)]
    return [str(entry)]


def test_every_page_is_on_the_site() -> None:
    config = yaml.safe_load((PROJECT_ROOT / "mkdocs.yml").read_text())
    pages = {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")}
    assert set(on_the_site(config["nav"])) == pages


def test_every_decision_is_on_the_list() -> None:
    listed = (DOCS / "decisions/index.md").read_text()
    assert [one.name for one in DOCS.glob("decisions/0*.md") if f"]({one.name})" not in listed] == []


@pytest.mark.parametrize("picture", sorted(DOCS.glob("images/*.svg")), ids=lambda picture: picture.name)
def test_a_picture_tells_who_cannot_see_it_what_is_on_it(picture: object) -> None:
    tree = ElementTree.parse(str(picture)).getroot()
    names = {child.tag.rpartition("}")[2] for child in tree}
    assert {"title", "desc"} <= names


def named(pattern: str) -> set[str]:
    """What stands between backticks, or at the beginning of a line of code, on any page."""
    return {found for text in PAGES.values() for found in re.findall(rf"(?:`|^    |^){pattern}", text, re.M)}


def test_every_make_target_that_a_page_names_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT_ROOT / "Makefile").read_text(), re.M))
    wanted = named(r"make ([a-z][a-z-]*)\b")
    assert len(wanted) > 10
    assert wanted - targets == set()


def test_every_command_that_a_page_names_is_there() -> None:
    group = typer.main.get_command(majlis)
    wanted = named(r"(?:\.venv-app/bin/)?majlis ([a-z]+)\b")
    assert len(wanted) > 10
    assert wanted - set(group.commands) == set()  # type: ignore[attr-defined]


def test_every_file_that_a_page_names_is_there() -> None:
    wanted = {path for path in named(r"([\w.-]+/[\w./*-]+)`") if not any(one in path for one in NOT_THERE)}
    assert len(wanted) > 30
    assert [path for path in sorted(wanted) if not any(PROJECT_ROOT.glob(path))] == []


def test_the_readme_names_every_setting() -> None:
    text = README.read_text()
    assert [name for name in setting_names() if f"`{name}`" not in text] == []


@pytest.mark.parametrize("picture", sorted(DOCS.glob("images/*.png")), ids=lambda picture: picture.name)
def test_a_picture_is_small_and_shown(picture: Path) -> None:
    assert picture.stat().st_size < 150_000
    assert any(picture.name in text for text in PAGES.values())
