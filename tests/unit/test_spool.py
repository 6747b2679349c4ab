"""The file that keeps webhook bodies while Postgres is away (turns.spool)."""

from __future__ import annotations

import fcntl
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from turns.spool import Spool, SpoolUnwritable, bodies_in, open_spools, rewrite_left

BODIES = [b'{"messages":[]}', "ابغى كراسي".encode(), b"", b"\x00\xff" * 3_000]


@contextmanager
def full_disk(after_bytes: int) -> Iterator[None]:
    """No file of this process may grow beyond `after_bytes`; the kernel itself refuses the write."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (after_bytes, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def died(spool: Spool) -> None:
    """Give the spool up as the end of a process does: the lock goes, the file stays."""
    spool.close(remove=False)


def test_a_new_spool_holds_nothing(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "a.spool")
    assert not spool.waiting
    assert spool.next_bodies(10) == []


def test_bodies_come_back_in_order_and_as_they_were(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "a.spool")
    spool.append(BODIES[:2])
    spool.append(BODIES[2:])
    assert spool.waiting
    assert spool.next_bodies(100) == BODIES


def test_bodies_stay_until_they_are_said_to_be_stored(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "a.spool")
    spool.append(BODIES)
    assert spool.next_bodies(2) == BODIES[:2]
    assert spool.next_bodies(2) == BODIES[:2]
    spool.done(BODIES[:2])
    assert spool.next_bodies(100) == BODIES[2:]
    spool.done(BODIES[2:])
    assert not spool.waiting
    assert (tmp_path / "a.spool").stat().st_size == 0


def test_what_is_added_between_reading_and_storing_is_kept(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "a.spool")
    spool.append([b"first"])
    read = spool.next_bodies(10)
    spool.append([b"second"])
    spool.done(read)
    assert spool.next_bodies(10) == [b"second"]


def test_bodies_of_a_dead_process_are_adopted_in_order(tmp_path: Path) -> None:
    dead = Spool(tmp_path / "dead.spool")
    dead.append(BODIES)
    died(dead)
    own, adopted = open_spools(tmp_path)
    assert [spool.next_bodies(100) for spool in adopted] == [BODIES]
    assert not own.waiting


def test_stored_bodies_of_a_dead_process_may_come_again_but_none_is_missing(tmp_path: Path) -> None:
    """What was stored is told apart by the inbox, so the place in the file need not survive."""
    dead = Spool(tmp_path / "dead.spool")
    dead.append(BODIES)
    dead.done(BODIES[:1])
    died(dead)
    _, [adopted] = open_spools(tmp_path)
    assert adopted.next_bodies(100) == BODIES


@pytest.mark.parametrize("cut", [1, 7, 8, 9, 12])
def test_a_record_its_writer_did_not_finish_is_dropped_and_hides_nothing(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "dead.spool"
    dead = Spool(path)
    dead.append([b"whole"])
    whole = path.stat().st_size
    dead.append([b"torn body"])
    died(dead)
    with path.open("r+b") as file:
        file.truncate(whole + cut)
    again = Spool(path)
    assert again.next_bodies(10) == [b"whole"]
    again.append([b"next"])
    assert again.next_bodies(10) == [b"whole", b"next"]


def test_a_record_whose_bytes_rotted_ends_the_file(tmp_path: Path) -> None:
    path = tmp_path / "dead.spool"
    dead = Spool(path)
    dead.append([b"whole", b"rotten"])
    died(dead)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert Spool(path).next_bodies(10) == [b"whole"]


def test_a_living_process_keeps_its_spool(tmp_path: Path) -> None:
    living, _ = open_spools(tmp_path)
    living.append([b"mine"])
    other, adopted = open_spools(tmp_path)
    assert adopted == []
    assert not other.waiting
    assert living.next_bodies(10) == [b"mine"]


def test_an_emptied_spool_leaves_no_file_and_a_waiting_one_does(tmp_path: Path) -> None:
    emptied, waiting = Spool(tmp_path / "emptied.spool"), Spool(tmp_path / "waiting.spool")
    waiting.append([b"body"])
    emptied.close(remove=True)
    waiting.close(remove=True)
    assert [path.name for path in tmp_path.iterdir()] == ["waiting.spool"]


def test_spool_files_are_for_their_owner_only(tmp_path: Path) -> None:
    Spool(tmp_path / "a.spool")
    assert (tmp_path / "a.spool").stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(SpoolUnwritable, match=str(blocked / "spool")):
        open_spools(blocked / "spool")


@pytest.mark.parametrize("room", [0, 4, 20])
def test_a_full_disk_refuses_the_whole_batch_and_keeps_what_was_there(tmp_path: Path, room: int) -> None:
    path = tmp_path / "a.spool"
    spool = Spool(path)
    spool.append([b"earlier"])
    size = path.stat().st_size
    with full_disk(size + room), pytest.raises(SpoolUnwritable):
        spool.append([b"a" * 10, b"b" * 4_000])
    assert path.stat().st_size == size
    assert spool.next_bodies(10) == [b"earlier"]
    spool.append([b"later"])
    assert spool.next_bodies(10) == [b"earlier", b"later"]


def test_when_no_byte_fits_a_first_body_leaves_nothing_waiting(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "a.spool")
    with full_disk(0), pytest.raises(SpoolUnwritable):
        spool.append([b"body"])
    assert not spool.waiting


def test_bodies_of_dead_processes_are_rewritten_in_their_order(tmp_path: Path) -> None:
    for number, name in enumerate("ab"):
        spool = Spool(tmp_path / f"{name}.spool")
        spool.append([f"{name}1".encode(), f"{name}2".encode()])
        died(spool)
        os.utime(tmp_path / f"{name}.spool", (1_000 + number, 1_000 + number))

    changed = rewrite_left(tmp_path, lambda body: None if body == b"a1" else body)

    assert changed == 1
    own, adopted = open_spools(tmp_path)
    assert [body for spool in adopted for body in spool.next_bodies(9)] == [b"a2", b"b1", b"b2"]
    assert not own.waiting


def test_a_spool_in_which_nothing_is_left_goes(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "a.spool")
    spool.append([b"a1"])
    died(spool)
    assert rewrite_left(tmp_path, lambda _: None) == 1
    assert list(tmp_path.iterdir()) == []


def test_what_a_living_process_holds_is_only_looked_at(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "a.spool")
    spool.append(BODIES)
    assert rewrite_left(tmp_path, lambda _: None) == 0
    assert bodies_in(tmp_path) == spool.next_bodies(9) == BODIES


def test_a_rewrite_that_finds_the_disk_full_loses_nothing(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "a.spool")
    spool.append([b"mine", b"other" * 100])
    died(spool)
    with full_disk(50), pytest.raises(SpoolUnwritable):
        rewrite_left(tmp_path, lambda body: None if body == b"mine" else body)
    assert bodies_in(tmp_path) == [b"mine", b"other" * 100]


def test_whoever_opened_a_spool_before_it_was_rewritten_finds_it_empty(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "a.spool")
    spool.append([b"mine", b"other"])
    died(spool)
    opened = os.open(tmp_path / "a.spool", os.O_RDONLY)
    rewrite_left(tmp_path, lambda body: None if body == b"mine" else body)
    assert os.read(opened, 100) == b""
    os.close(opened)
    assert bodies_in(tmp_path) == [b"other"]


def test_a_spool_that_was_removed_before_it_was_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.spool"
    lock = fcntl.flock

    def removed_first(file: int, operation: int) -> None:
        # Another process took the new file for one that a dead process left, found nothing and removed it.
        monkeypatch.setattr(fcntl, "flock", lock)
        path.unlink()
        lock(file, operation)

    monkeypatch.setattr(fcntl, "flock", removed_first)
    spool = Spool(path)
    spool.append([b"body"])
    died(spool)
    assert bodies_in(tmp_path) == [b"body"]
