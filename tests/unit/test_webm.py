"""Is a recording of a browser's microphone the voice note that WhatsApp would carry?"""

from __future__ import annotations

import pytest

from connectors.media.length import sound_seconds
from sandbox.wazzup.webm import NotAVoiceNote, ogg_from_webm

HEAD = b"OpusHead" + bytes([1, 1, 0, 0, 0x80, 0xBB, 0, 0, 0, 0, 0])
# 60 ms of speech (configuration 3), and 20 ms of music in each of two frames (configuration 31, code 1)
SPEECH, MUSIC = bytes([3 << 3]) + bytes(300), bytes([31 << 3 | 1]) + bytes(40)


def element(number: int, content: bytes, *, live: bool = False) -> bytes:
    """An element of Matroska; a live one does not know its length."""
    name = number.to_bytes((number.bit_length() + 7) // 8)
    size = b"\x01\xff\xff\xff\xff\xff\xff\xff" if live else (0x4000 | len(content)).to_bytes(2)
    return name + size + content


def recording(*packets: bytes, codec: bytes = b"A_OPUS", flags: int = 0x80) -> bytes:
    """What a browser records: a track, and clusters of a few packets each."""
    track = element(0xAE, element(0xD7, b"\x01") + element(0x86, codec) + element(0x63A2, HEAD))
    blocks = [element(0xA3, b"\x81\x00\x00" + bytes([flags]) + packet) for packet in packets]
    clusters = [
        element(0x1F43B675, element(0xE7, b"\x00") + b"".join(blocks[start : start + 20]), live=True)
        for start in range(0, len(blocks), 20)
    ]
    body = element(0x1654AE6B, track) + b"".join(clusters)
    return element(0x1A45DFA3, element(0x4282, b"webm")) + element(0x18538067, body, live=True)


def packets_of(stream: bytes) -> list[bytes]:
    """The packets of an Ogg stream (RFC 3533): a lacing value below 255 ends one."""
    packets, place = [], 0
    while place < len(stream):
        assert stream[place : place + 4] == b"OggS"
        lacing = stream[place + 27 : place + 27 + stream[place + 26]]
        place += 27 + len(lacing)
        packet = b""
        for length in lacing:
            packet += stream[place : place + length]
            place += length
            if length < 255:
                packets.append(packet)
                packet = b""
    return packets


@pytest.mark.parametrize(
    ("packet", "count", "seconds"), [(SPEECH, 50, 3.0), (MUSIC, 75, 3.0), (SPEECH, 600, 36.0)]
)
def test_every_packet_arrives_and_the_length_is_told(packet: bytes, count: int, seconds: float) -> None:
    note = ogg_from_webm(recording(*[packet] * count))
    assert sound_seconds(note) == pytest.approx(seconds, abs=0.01)
    assert packets_of(note)[2:] == [packet] * count


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (recording(SPEECH, codec=b"A_VORBIS"), "not as Opus"),
        (recording(SPEECH, flags=0x82), "several packets"),
        (recording(), "holds no sound"),
        (b"", "holds no sound"),
        (recording(SPEECH)[:30], "in the middle"),
        (b"\x1a", "in the middle"),
        (b"\x00" * 40, "in the middle"),
    ],
)
def test_what_is_no_recording_is_refused_with_the_reason(content: bytes, why: str) -> None:
    with pytest.raises(NotAVoiceNote, match=why):
        ogg_from_webm(content)
