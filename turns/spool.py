"""A file that keeps webhook bodies while Postgres is away.

Wazzup promises no second delivery, so a body that cannot be stored now is appended here, forced to the
disk, and answered 200; it is stored in order when the database is back. A record is its length, its
checksum and the body; a half-written last record belongs to a request that was never answered.
A spool whose process died is taken over by the next one that starts: the lock on the file tells.
"""

from __future__ import annotations

import fcntl
import os
import struct
import uuid
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

_HEADER = struct.Struct(">II")
_SUFFIX = ".spool"


class SpoolUnwritable(OSError):
    """The spool cannot take a body: the disk is full, read-only or failing."""


class Spool:
    """One process' spool file. Blocking: call from a thread, one call at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = _locked(path)
        self._end = sum(_HEADER.size + len(body) for body in self._records(0))
        self._drained = 0
        # Bytes of a record that its writer did not live to finish would hide what comes after them.
        os.ftruncate(self._file, self._end)

    @property
    def waiting(self) -> bool:
        """Whether bodies wait here."""
        return self._drained < self._end

    def count(self) -> int:
        """How many bodies wait here."""
        return sum(1 for _ in self._records(self._drained))

    def append(self, bodies: Sequence[bytes]) -> None:
        """Add bodies and force them to the disk. Raises SpoolUnwritable; then none of them was added."""
        data = b"".join(_HEADER.pack(len(body), zlib.crc32(body)) + body for body in bodies)
        try:
            written = os.write(self._file, data)
            if written < len(data):
                raise OSError(f"only {written} of {len(data)} bytes could be written")
            os.fsync(self._file)
        except OSError as error:
            os.ftruncate(self._file, self._end)
            raise SpoolUnwritable(str(error)) from error
        self._end += len(data)

    def next_bodies(self, most: int) -> list[bytes]:
        """Up to `most` of the oldest bodies; they stay until `done` says that they are stored."""
        return [body for _, body in zip(range(most), self._records(self._drained), strict=False)]

    def done(self, bodies: Sequence[bytes]) -> None:
        """The oldest `bodies` are stored. The file is emptied when nothing waits any more."""
        self._drained += sum(_HEADER.size + len(body) for body in bodies)
        if not self.waiting:
            os.ftruncate(self._file, 0)
            self._end = self._drained = 0

    def close(self, *, remove: bool) -> None:
        """Give the file up; `remove` it when it is empty and nobody will write to it again."""
        if remove and not self.waiting:
            self._path.unlink(missing_ok=True)
        os.close(self._file)

    def _records(self, position: int) -> Iterator[bytes]:
        while len(header := os.pread(self._file, _HEADER.size, position)) == _HEADER.size:
            length, checksum = _HEADER.unpack(header)
            body = os.pread(self._file, length, position + _HEADER.size)
            if len(body) < length or zlib.crc32(body) != checksum:
                return
            yield body
            position += _HEADER.size + length


def _locked(path: Path) -> int:
    """Open and lock the file of this name. Raises BlockingIOError when another process holds it."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(file), path.stat()):
                return file
        except FileNotFoundError:
            # Whoever found it empty removed it meanwhile: what is written into a file without a name is lost.
            pass
        except BlockingIOError:
            os.close(file)
            raise
        os.close(file)


def open_spools(folder: Path) -> tuple[Spool, list[Spool]]:
    """A new spool for this process and those that dead processes left, oldest first.

    Raises SpoolUnwritable when the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        left = sorted(folder.glob(f"*{_SUFFIX}"), key=lambda path: path.stat().st_mtime)
        adopted = []
        for path in left:
            try:
                adopted.append(Spool(path))
            except BlockingIOError:
                continue
        own = Spool(folder / f"{uuid.uuid4().hex}{_SUFFIX}")
        directory = os.open(folder, os.O_RDONLY)
        os.fsync(directory)
        os.close(directory)
    except OSError as error:
        raise SpoolUnwritable(f"the spool folder {folder} cannot be written: {error}") from error
    return own, adopted


def rewrite_left(folder: Path, change: Callable[[bytes], bytes | None]) -> int:
    """Put every body in the spools that dead processes left through `change`; None takes one out.

    A spool is never half rewritten: its bodies go into a new one first, forced to the disk, and only then is
    the old one emptied. Killed in between, both are there, and storing a body twice changes nothing. Returns
    how many bodies changed. Raises SpoolUnwritable when the folder cannot be written.
    """
    changed = 0
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        try:
            left = Spool(path)
        except BlockingIOError:
            continue
        try:
            changed += _rewrite(left, path, change)
        except OSError as error:
            raise SpoolUnwritable(f"the spool {path.name} cannot be rewritten: {error}") from error
        finally:
            left.close(remove=True)
    return changed


def _rewrite(left: Spool, path: Path, change: Callable[[bytes], bytes | None]) -> int:
    bodies = left.next_bodies(left.count())
    kept = [change(body) for body in bodies]
    changed = sum(before != after for before, after in zip(bodies, kept, strict=True))
    if not changed:
        return 0
    rest = [body for body in kept if body is not None]
    if rest:
        moment = path.stat().st_mtime_ns
        place = path.with_name(f"{uuid.uuid4().hex}{_SUFFIX}")
        new = Spool(place)
        try:
            new.append(rest)
            # Spools are taken over oldest first.
            os.utime(place, ns=(moment, moment))
        finally:
            # An empty one is one that could not be written.
            new.close(remove=True)
        directory = os.open(path.parent, os.O_RDONLY)
        os.fsync(directory)
        os.close(directory)
    left.done(bodies)
    os.fsync(left._file)
    return changed


def bodies_in(folder: Path) -> list[bytes]:
    """What waits in the spools of a folder, whoever holds them; only looked at.

    Of one that is being replayed some bodies may be stored already.
    """
    found: list[bytes] = []
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            continue
        place = 0
        while len(header := data[place : place + _HEADER.size]) == _HEADER.size:
            length, checksum = _HEADER.unpack(header)
            body = data[place + _HEADER.size : place + _HEADER.size + length]
            if len(body) < length or zlib.crc32(body) != checksum:
                break
            found.append(body)
            place += _HEADER.size + length
    return found
