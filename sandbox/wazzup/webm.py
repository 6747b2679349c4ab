"""A recording of a browser's microphone as WhatsApp would carry it: WebM's Opus packets in an Ogg stream.

Browsers record into WebM (Chromium) or Ogg (Firefox); a voice note is always Ogg. Nothing is decoded.
"""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.wazzup.voice import ogg_opus

# Matroska's element ids (RFC 9559): those that hold others, and those that are read.
_SEGMENT, _TRACKS, _TRACK, _CLUSTER, _GROUP = 0x18538067, 0x1654AE6B, 0xAE, 0x1F43B675, 0xA0
_HOLDERS = frozenset({_SEGMENT, _TRACKS, _TRACK, _CLUSTER, _GROUP})
_CODEC, _PRIVATE, _SIMPLE_BLOCK, _BLOCK = 0x86, 0x63A2, 0xA3, 0xA1
_OPUS = b"A_OPUS"
_LACING = 0x06


class NotAVoiceNote(ValueError):
    """These bytes are no WebM recording with Opus in it; the text says what is wrong."""


def ogg_from_webm(recording: bytes) -> bytes:
    """The recording as Ogg/Opus. Raises NotAVoiceNote."""
    head, packets = b"", []
    try:
        for element, content in _elements(recording, 0, len(recording)):
            if element == _CODEC and content.rstrip(b"\0") != _OPUS:
                raise NotAVoiceNote(f"the recording is coded as {content!r}, not as Opus")
            if element == _PRIVATE:
                head = content
            if element in {_SIMPLE_BLOCK, _BLOCK}:
                packets.append(_packet(content))
    except IndexError as error:
        raise NotAVoiceNote("the recording ends in the middle of an element") from error
    if not head.startswith(b"OpusHead") or not packets:
        raise NotAVoiceNote("the recording holds no sound")
    return ogg_opus(head, packets)


def _elements(data: bytes, begin: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Every element that holds no others, in order, with its content."""
    place = begin
    while place < end:
        element, place = _number(data, place, keep_marker=True)
        size, place = _number(data, place, keep_marker=False)
        # -1: a live recording does not know how long it gets; what follows is inside until the end.
        stop = end if size == -1 else min(place + size, end)
        if element in _HOLDERS:
            yield from _elements(data, place, stop)
        else:
            yield element, data[place:stop]
        place = stop


def _number(data: bytes, place: int, *, keep_marker: bool) -> tuple[int, int]:
    """A number of variable length and the place after it; -1 for a size that is unknown."""
    first = data[place]
    length = 9 - first.bit_length()
    if not first or place + length > len(data):
        raise IndexError
    value = int.from_bytes(data[place : place + length])
    if not keep_marker:
        marker = 1 << (7 * length)
        value = -1 if value == 2 * marker - 1 else value - marker
    return value, place + length


def _packet(block: bytes) -> bytes:
    """The packet of a block: after the track's number, two bytes of time and one of flags."""
    _, place = _number(block, 0, keep_marker=False)
    if block[place + 2] & _LACING:
        raise NotAVoiceNote("the recording keeps several packets in a block")
    return block[place + 3 :]
