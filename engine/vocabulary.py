"""The vocabulary Rasa works with: the catalog's document, kept fresh, merged with the designers' synonyms.

With a database the document comes from the `vocabulary` table and is polled by its version, so a
changed catalog is understood within seconds and without training. Without one (training, `rasa test`)
the snapshot of the sample catalog in the repository stands in.
"""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
from rasa.shared.utils.io import read_yaml_file

from engine import environment
from engine.matching import Vocabulary

logger = logging.getLogger(__name__)

POLL_SECONDS = 3.0
_CONNECT_TIMEOUT_SECONDS = 3
_STATEMENT_TIMEOUT_MILLISECONDS = 3_000
_ROOT = Path(__file__).resolve().parent.parent
SNAPSHOT_PATH = _ROOT / "catalog" / "sample_vocabulary.json"
SYNONYMS_PATH = _ROOT / "data" / "vocabulary.yml"

# The document's lists and the entities their words become.
_ENTITIES = {"categories": "category", "colors": "color", "materials": "material", "brands": "brand"}
# What is said about any catalog alike, and the values that the rest of Majlis knows.
_ALWAYS = {
    "relations": (
        "relation",
        ("cheaper", "dearer", "bigger", "smaller", "other_color", "other_material", "other"),
    ),
    "orders": ("order", ("cheapest", "dearest", "biggest", "smallest")),
}
_LISTS = ("filler", "ignore")
_KINDS = "kinds"
_SECTIONS = (*_ENTITIES, _KINDS, *_ALWAYS, *_LISTS)

_Phrases = dict[str, dict[str, list[str]]]


class VocabularyFileError(ValueError):
    """data/vocabulary.yml does not have the form that its first lines describe."""


@dataclass(frozen=True)
class Synonyms:
    """What designers wrote into data/vocabulary.yml."""

    # Entity, the catalog's word, phrases: used where the catalog has the word.
    of_catalog: _Phrases
    # Entity, value, phrases: relations and orders, for every catalog.
    always: _Phrases
    filler: list[str]
    ignored: list[str]
    # Words of product names, and other words for each.
    kinds: dict[str, list[str]]


def _phrases(file: str, place: str, phrases: Any) -> list[str]:
    if not isinstance(phrases, list):
        raise VocabularyFileError(f"{file}: {place} must be a list of words; write them as [one, two]")
    for phrase in phrases:
        if not isinstance(phrase, str):
            raise VocabularyFileError(
                f"{file}: {place} holds {phrase!r}, which is no word as it stands; put it in quotes"
            )
    return phrases


def _section(file: str, section: str, words: Any) -> dict[str, list[str]]:
    if words is not None and not isinstance(words, dict):
        raise VocabularyFileError(f"{file}: {section} must hold lines of the form  word: [other, words]")
    return {
        str(word): _phrases(file, f"{section}.{word}", phrases) for word, phrases in (words or {}).items()
    }


def read_synonyms(path: Path = SYNONYMS_PATH) -> Synonyms:
    """Read the designers' synonyms; raises VocabularyFileError when the file has another form."""
    content = read_yaml_file(path)
    if not isinstance(content, dict):
        raise VocabularyFileError(f"{path.name}: the top level must hold {', '.join(_SECTIONS)}")
    if unknown := sorted(str(section) for section in set(content) - set(_SECTIONS)):
        raise VocabularyFileError(
            f"{path.name}: {', '.join(unknown)} is not known; use {', '.join(_SECTIONS)}"
        )
    always = {}
    for section, (entity, values) in _ALWAYS.items():
        always[entity] = _section(path.name, section, content.get(section))
        if unknown := sorted(set(always[entity]) - set(values)):
            raise VocabularyFileError(
                f"{path.name}: {section}.{', '.join(unknown)} is not known; use {', '.join(values)}"
            )
    return Synonyms(
        {entity: _section(path.name, name, content.get(name)) for name, entity in _ENTITIES.items()},
        always,
        _phrases(path.name, "filler", content.get("filler") or []),
        _phrases(path.name, "ignore", content.get("ignore") or []),
        _section(path.name, _KINDS, content.get(_KINDS)),
    )


def build_vocabulary(document: dict[str, Any], synonyms_path: Path = SYNONYMS_PATH) -> Vocabulary:
    """Join a catalog's document and the designers' synonyms."""
    synonyms = read_synonyms(synonyms_path)
    return Vocabulary(
        # A document stored by an older release has no brands.
        {entity: document.get(section, []) for section, entity in _ENTITIES.items()},
        synonyms.of_catalog,
        always=synonyms.always,
        ignored=synonyms.ignored,
        filler=synonyms.filler,
        skus=document.get("skus", []),
        kinds=synonyms.kinds,
    )


def read_snapshot() -> dict[str, Any]:
    """The document of the sample catalog, as it is kept in the repository."""
    document: dict[str, Any] = json.loads(SNAPSHOT_PATH.read_text(encoding="utf-8"))
    return document


class VocabularyLoader:
    """Holds the current vocabulary; with a database a thread of its own keeps it current.

    The thread is a daemon because Rasa tells components nothing when it stops. psycopg2 blocks, and
    Rasa's loop must not: so reading happens only in the thread, and `current` just hands out what is
    there.
    """

    def __init__(self, database_url: str | None, poll_seconds: float = POLL_SECONDS) -> None:
        self._database_url = database_url
        self._poll_seconds = poll_seconds
        self._version: int | None = None
        self._connection: Any = None
        self._is_failing = False
        self._stopped = threading.Event()
        self.current = build_vocabulary(read_snapshot())
        if database_url is not None:
            # Once in the caller's thread, so that the first customer already meets the real catalog.
            self.refresh()
            threading.Thread(target=self._poll, name="vocabulary", daemon=True).start()

    @classmethod
    def from_environment(cls) -> VocabularyLoader:
        """Build the loader from `DATABASE_URL`."""
        return cls(environment.database_url())

    def stop(self) -> None:
        """End the polling; the vocabulary of the last reading stays."""
        self._stopped.set()

    def refresh(self) -> bool:
        """Read the document if its version changed; say whether it did.

        A database that is away is logged once and leaves the vocabulary as it is: old words are
        better than none, and the tracker store already refuses turns without a database.
        """
        try:
            changed = self._read_if_changed()
        except psycopg2.Error as error:
            self._disconnect()
            if not self._is_failing:
                logger.warning(
                    "The vocabulary cannot be read, the last one stays in use: %s", type(error).__name__
                )
            self._is_failing = True
            return False
        self._is_failing = False
        return changed

    def _poll(self) -> None:
        while not self._stopped.wait(self._poll_seconds):
            self.refresh()
        self._disconnect()

    def _read_if_changed(self) -> bool:
        if self._connection is None:
            self._connection = psycopg2.connect(
                self._database_url,
                connect_timeout=_CONNECT_TIMEOUT_SECONDS,
                options=f"-c statement_timeout={_STATEMENT_TIMEOUT_MILLISECONDS}",
                application_name="majlis-vocabulary",
            )
            self._connection.autocommit = True
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT version FROM vocabulary")
            row = cursor.fetchone()
            if row is None or row[0] == self._version:
                return False
            # Read again together with the document: it may have changed since.
            cursor.execute("SELECT version, document FROM vocabulary")
            version, document = cursor.fetchone()
        self.current = build_vocabulary(document)
        self._version = version
        logger.info("Vocabulary version %s is in use.", version)
        return True

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
