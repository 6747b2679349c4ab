"""What `majlis export` writes: everything of one person, readable, and for its owner's eyes only."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app.export import ExportExists, export
from app.person import PersonUnknown, stores
from app.settings import Settings
from tests.integration.person_support import SECRET, make_person, settings_for
from tests.support import CHAT_ID, OTHER_CHAT_ID, Database, message, webhook
from turns.spool import Spool

NAME, OTHER_NAME = "Zubaida", "Khalfan"


@pytest.fixture
def settings(db: Database, tmp_path: Path) -> Settings:
    return settings_for(db, tmp_path / "home")


async def exported(db: Database, settings: Settings, to: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The document, and the files beside it."""
    await export(db.engine, settings, f"+{CHAT_ID}", to, secret=SECRET)
    with zipfile.ZipFile(to) as packed:
        contents = {name: packed.read(name) for name in packed.namelist()}
    return json.loads(contents.pop("person.json")), contents


async def test_every_store_is_in_it_with_files_and_nobody_else(
    db: Database, settings: Settings, tmp_path: Path
) -> None:
    await make_person(db, CHAT_ID, NAME)
    await make_person(db, OTHER_CHAT_ID, OTHER_NAME)
    settings.spool_folder.mkdir(parents=True)
    spool = Spool(settings.spool_folder / "dead.spool")
    spool.append([webhook(message("still in a file"), message("hers", chat_id=OTHER_CHAT_ID))])
    spool.close(remove=False)

    document, files = await exported(db, settings, tmp_path / "person.zip")

    empty = [
        (store, table)
        for store, tables in document["stores"].items()
        for table, rows in tables.items()
        if not rows
    ]
    assert empty == []
    assert set(document["stores"]) == {store.name for store in stores(settings)} | {"spool"}
    readable = json.dumps(document, ensure_ascii=False)
    assert OTHER_NAME not in readable
    assert OTHER_CHAT_ID not in readable
    assert document["stores"]["customer_facts"]["customer_facts"][0]["contact_name"] == f"{NAME} Saeed"
    assert document["stores"]["personal_tokens"]["opened"][0]["shown"] == NAME
    assert [row["body"]["text"] for row in document["stores"]["spool"]["messages"]] == ["still in a file"]
    assert document["stores"]["conversations"]["conversations"][0]["created_at"].endswith("Z")
    [photo] = document["stores"]["received_files"]["received_files"]
    assert files[photo["content"]] == f"photo of {NAME}".encode()
    assert photo["content"].endswith(f"-{NAME}.jpg")
    sent = [row for row in document["stores"]["quotes and orders"]["quotes"] if row["pdf"]]
    assert [files[row["pdf"]][:5] for row in sent] == [b"%PDF-"]
    assert document["stores"]["quotes and orders"]["orders"][0]["number"] == "SO-1"


async def test_only_its_owner_can_read_it_and_nothing_is_written_over(
    db: Database, settings: Settings, tmp_path: Path
) -> None:
    await db.customer("hello")
    to = tmp_path / "person.zip"
    await export(db.engine, settings, CHAT_ID, to, secret=SECRET)
    assert to.stat().st_mode & 0o777 == 0o600
    before = to.read_bytes()
    with pytest.raises(ExportExists):
        await export(db.engine, settings, CHAT_ID, to, secret=SECRET)
    assert to.read_bytes() == before


async def test_somebody_unknown_makes_no_file(db: Database, settings: Settings, tmp_path: Path) -> None:
    await db.customer("hello", chat_id=OTHER_CHAT_ID)
    with pytest.raises(PersonUnknown):
        await export(db.engine, settings, CHAT_ID, tmp_path / "person.zip", secret=SECRET)
    assert not (tmp_path / "person.zip").exists()


async def test_a_file_that_was_sent_cannot_lead_out_of_the_archive(
    db: Database, settings: Settings, tmp_path: Path
) -> None:
    await make_person(db, CHAT_ID, NAME)
    await db.write("update received_files set file_name = '../../etc/passwd'")
    _, files = await exported(db, settings, tmp_path / "person.zip")
    assert all(".." not in name and not name.startswith("/") for name in files)
