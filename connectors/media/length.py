"""How long a recording plays, read from its container: nothing is decoded."""

from __future__ import annotations

import io

import mutagen

# Bytes of a 20 ms frame behind its first byte, by frame type (3GPP TS 26.101, A.1b); 8 is comfort noise.
_AMR_FRAME_BYTES = (12, 13, 15, 17, 19, 20, 26, 31, 5)
_AMR_HEAD = b"#!AMR\n"
_AMR_FRAME_SECONDS = 0.02


def sound_seconds(content: bytes) -> float | None:
    """The recording's length in seconds; None when its container does not tell."""
    if content.startswith(_AMR_HEAD):
        return _amr_seconds(content)
    try:
        recording = mutagen.File(io.BytesIO(content))
    # A stranger's bytes: the parser meets what its authors never saw.
    except Exception:
        return None
    length = getattr(getattr(recording, "info", None), "length", None)
    return float(length) if isinstance(length, int | float) and length > 0 else None


def _amr_seconds(content: bytes) -> float | None:
    at, frames = len(_AMR_HEAD), 0
    while at < len(content):
        frame_type = (content[at] >> 3) & 0x0F
        if frame_type >= len(_AMR_FRAME_BYTES) and frame_type != 15:
            return None
        # 15: nothing was sent for these 20 ms.
        at += 1 + (0 if frame_type == 15 else _AMR_FRAME_BYTES[frame_type])
        frames += 1
    return frames * _AMR_FRAME_SECONDS or None
