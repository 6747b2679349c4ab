from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from engine.vocabulary import (
    VocabularyFileError,
    VocabularyLoader,
    build_vocabulary,
    read_snapshot,
    read_synonyms,
)

LAMPS = {"categories": ["lamp"], "colors": ["red"], "materials": [], "skus": []}


def _words(loader: VocabularyLoader, text: str) -> list[str]:
    return [meaning.value for match in loader.current.find(text) for meaning in match.meanings]


@pytest.fixture
def table(database_url: str) -> Iterator[Any]:
    connection = psycopg2.connect(database_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("delete from vocabulary")
        yield cursor
    connection.close()


def _store(cursor: Any, version: int, document: dict[str, Any]) -> None:
    cursor.execute("delete from vocabulary")
    cursor.execute(
        "insert into vocabulary (version, document) values (%s, %s)", (version, json.dumps(document))
    )


def test_without_a_database_the_snapshot_counts() -> None:
    threads = threading.active_count()
    assert _words(VocabularyLoader(None), "black chairs") == ["black", "chair"]
    assert threading.active_count() == threads


def test_catalog_of_the_database_counts_from_the_start(table: Any, database_url: str) -> None:
    _store(table, 1, LAMPS)
    loader = VocabularyLoader(database_url, poll_seconds=3600)
    assert _words(loader, "red lamps and black chairs") == ["red", "lamp"]
    loader.stop()


def test_changed_catalog_is_noticed_by_its_version(table: Any, database_url: str) -> None:
    _store(table, 1, LAMPS)
    loader = VocabularyLoader(database_url, poll_seconds=0.05)
    _store(table, 2, read_snapshot())
    deadline = threading.Event()
    for _ in range(200):
        if _words(loader, "black chairs"):
            break
        deadline.wait(0.05)
    assert _words(loader, "black chairs") == ["black", "chair"]
    loader.stop()


def test_same_version_is_not_read_again(table: Any, database_url: str) -> None:
    _store(table, 1, LAMPS)
    loader = VocabularyLoader(database_url, poll_seconds=3600)
    _store(table, 1, read_snapshot())
    assert loader.refresh() is False
    assert _words(loader, "lamp") == ["lamp"]
    loader.stop()


def test_empty_table_leaves_the_snapshot(table: Any, database_url: str) -> None:
    loader = VocabularyLoader(database_url, poll_seconds=3600)
    assert _words(loader, "black chairs") == ["black", "chair"]
    loader.stop()


def test_lost_connection_keeps_the_words_and_comes_back(table: Any, database_url: str) -> None:
    _store(table, 1, LAMPS)
    loader = VocabularyLoader(database_url, poll_seconds=3600)
    table.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'majlis-vocabulary'"
    )
    _store(table, 2, read_snapshot())
    assert loader.refresh() is False
    assert _words(loader, "lamp") == ["lamp"]
    assert loader.refresh() is True
    assert _words(loader, "black chairs") == ["black", "chair"]
    loader.stop()


def test_absent_database_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    loader = VocabularyLoader("postgresql://nobody@127.0.0.1:1/none", poll_seconds=3600)
    loader.refresh()
    assert _words(loader, "black chairs") == ["black", "chair"]
    assert len([record for record in caplog.records if "cannot be read" in record.message]) == 1
    loader.stop()


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("kategories:\n  chair: [seat]\n", "kategories"),
        ("categories:\n  chair: seat\n", "categories.chair"),
        ("colors:\n  red: [1]\n", "colors.red"),
        ("ignore: office\n", "ignore"),
        ("filler: [please, 7e6]\n", "filler holds 7000000"),
        ("categories: [chair]\n", "categories must hold"),
        ("relations:\n  nicer: [nicer]\n", "relations.nicer is not known; use cheaper"),
        ("orders:\n  cheapest: cheap\n", "orders.cheapest"),
        ("- chair\n", "top level"),
    ],
)
def test_wrong_synonyms_are_refused_with_their_place(tmp_path: Path, content: str, named: str) -> None:
    path = tmp_path / "vocabulary.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(VocabularyFileError, match=named):
        read_synonyms(path)


def test_synonyms_of_the_repository_belong_to_one_word_each() -> None:
    synonyms = read_synonyms()
    document = read_snapshot()
    lists = {"category": "categories", "color": "colors", "material": "materials", "brand": "brands"}
    for entity, section in lists.items():
        words = synonyms.of_catalog[entity]
        phrases = [phrase for word in document[section] for phrase in words.get(word, [])]
        assert sorted(phrases) == sorted(set(phrases))
    for values in synonyms.always.values():
        phrases = [phrase for listed in values.values() for phrase in listed]
        assert sorted(phrases) == sorted(set(phrases))


def test_a_document_without_brands_is_read() -> None:
    assert build_vocabulary({"categories": ["lamp"], "colors": [], "materials": [], "skus": []}).find("lamps")
