"""The documentation is whole: every page is on the site, and every decision on its list."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
import yaml

from app.settings import PROJECT_ROOT

DOCS = PROJECT_ROOT / "docs"


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
