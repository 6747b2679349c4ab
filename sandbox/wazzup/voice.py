"""A real voice note: ogg/opus bytes that players accept, made here so that no recording is needed."""

from __future__ import annotations

import struct

# one 20 ms frame of silence, Opus full band (RFC 6716: TOC 0xF8, then the coder's silence)
_SILENT_FRAME = bytes([0xF8, 0xFF, 0xFE])
_SAMPLES_PER_FRAME = 960
_FRAMES_PER_PAGE = 50
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
    """One Ogg page (RFC 3533); every packet here is shorter than 255 bytes, so one lacing value each."""
    lacing = bytes(len(packet) for packet in packets)
    head = b"OggS" + struct.pack("<BBqII", 0, flags, samples, 1, number)
    tail = bytes([len(packets)]) + lacing + b"".join(packets)
    checksum = _checksum(head + b"\0\0\0\0" + tail)
    return head + struct.pack("<I", checksum) + tail


def silent_voice_note(seconds: int = 2, maker: bytes = b"sandbox") -> bytes:
    """`seconds` of silence as a WhatsApp voice note would carry it; notes of different makers differ.

    Raises ValueError when `maker` is longer than 200 bytes.
    """
    if len(maker) > _LONGEST_MAKER:
        raise ValueError(f"maker has {len(maker)} bytes, at most {_LONGEST_MAKER} fit")
    identification = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48_000, 0, 0)
    comment = b"OpusTags" + struct.pack("<I", len(maker)) + maker + struct.pack("<I", 0)
    pages = [
        _page([identification], flags=_FIRST_PAGE, samples=0, number=0),
        _page([comment], flags=0, samples=0, number=1),
    ]
    for second in range(seconds):
        pages.append(
            _page(
                [_SILENT_FRAME] * _FRAMES_PER_PAGE,
                flags=_LAST_PAGE if second == seconds - 1 else 0,
                samples=(second + 1) * _FRAMES_PER_PAGE * _SAMPLES_PER_FRAME,
                number=second + 2,
            )
        )
    return b"".join(pages)
