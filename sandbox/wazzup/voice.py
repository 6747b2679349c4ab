"""Real voice notes: ogg/opus bytes that players accept, of silence when there is no recording."""

from __future__ import annotations

import struct
from collections.abc import Sequence

# one 20 ms frame of silence, Opus full band (RFC 6716: TOC 0xF8, then the coder's silence)
_SILENT_FRAME = bytes([0xF8, 0xFF, 0xFE])
_FRAMES_PER_SECOND = 50
# configurations before these are speech, then speech and music together, then music
_FIRST_HYBRID, _FIRST_CELT = 12, 16
_MOST_LACING_VALUES = 255
_FIRST_PAGE, _LAST_PAGE = 2, 4
# a comment packet is shorter than 255 bytes here
_LONGEST_MAKER = 200


def _checksum_table() -> list[int]:
    table = []
    for index in range(256):
        register = index << 24
        for _ in range(8):
            register = (register << 1) ^ (0x04C11DB7 if register & 0x80000000 else 0)
        table.append(register & 0xFFFFFFFF)
    return table


_CHECKSUM_TABLE = _checksum_table()


def _checksum(page: bytes) -> int:
    register = 0
    for byte in page:
        register = ((register << 8) & 0xFFFFFFFF) ^ _CHECKSUM_TABLE[(register >> 24) ^ byte]
    return register


def _page(packets: list[bytes], *, flags: int, samples: int, number: int) -> bytes:
    """One Ogg page (RFC 3533): a packet is lacing values of 255 as often as fits, and one for the rest."""
    lacing = b"".join(b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) for packet in packets)
    head = b"OggS" + struct.pack("<BBqII", 0, flags, samples, 1, number)
    tail = bytes([len(lacing)]) + lacing + b"".join(packets)
    checksum = _checksum(head + b"\0\0\0\0" + tail)
    return head + struct.pack("<I", checksum) + tail


def silent_voice_note(seconds: int = 2, maker: bytes = b"sandbox") -> bytes:
    """`seconds` of silence as a WhatsApp voice note would carry it; notes of different makers differ.

    Raises ValueError when `maker` is longer than 200 bytes.
    """
    if len(maker) > _LONGEST_MAKER:
        raise ValueError(f"maker has {len(maker)} bytes, at most {_LONGEST_MAKER} fit")
    identification = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48_000, 0, 0)
    return ogg_opus(identification, [_SILENT_FRAME] * (seconds * _FRAMES_PER_SECOND), maker=maker)


def ogg_opus(identification: bytes, packets: Sequence[bytes], *, maker: bytes = b"sandbox") -> bytes:
    """Opus packets as an Ogg stream; `identification` is their OpusHead, `maker` is told as the encoder."""
    comment = b"OpusTags" + struct.pack("<I", len(maker)) + maker + struct.pack("<I", 0)
    pages = [
        _page([identification], flags=_FIRST_PAGE, samples=0, number=0),
        _page([comment], flags=0, samples=0, number=1),
    ]
    groups = _by_page(packets)
    samples = 0
    for index, group in enumerate(groups):
        samples += sum(_samples(packet) for packet in group)
        flags = _LAST_PAGE if index == len(groups) - 1 else 0
        pages.append(_page(group, flags=flags, samples=samples, number=len(pages)))
    return b"".join(pages)


def _by_page(packets: Sequence[bytes]) -> list[list[bytes]]:
    """Packets in groups of about a second that one page can hold."""
    groups: list[list[bytes]] = []
    space = 0
    for packet in packets:
        needed = len(packet) // 255 + 1
        if not groups or needed > space or len(groups[-1]) == _FRAMES_PER_SECOND:
            groups.append([])
            space = _MOST_LACING_VALUES
        groups[-1].append(packet)
        space -= needed
    return groups


def _samples(packet: bytes) -> int:
    """How long a packet plays, in samples of 48 kHz, by its first bytes (RFC 6716 §3.1)."""
    if not packet:
        return 0
    configuration, code = packet[0] >> 3, packet[0] & 3
    if configuration < _FIRST_HYBRID:
        frame = (480, 960, 1_920, 2_880)[configuration & 3]
    elif configuration < _FIRST_CELT:
        frame = (480, 960)[configuration & 1]
    else:
        frame = (120, 240, 480, 960)[configuration & 3]
    several = packet[1] & 0x3F if len(packet) > 1 else 0
    return frame * (1, 2, 2, several)[code]
