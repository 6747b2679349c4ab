"""What a file is, by its bytes (connectors.media.kinds), and how long a recording plays."""

from __future__ import annotations

import io
import zipfile

import pytest

from connectors.media.kinds import kind_of
from connectors.media.length import sound_seconds
from sandbox.wazzup.voice import silent_voice_note
from turns.ports import FileRefused, Media

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(50)
PDF = b"%PDF-1.4\n%%EOF\n"
MP4_SOUND = b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom\0\0\0\0" + bytes(20)
MP4_FILM = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(20)
MP3 = b"ID3\x03\0\0\0\0\0\0" + b"\xff\xfb\x90\x00" + bytes(400)
AMR = b"#!AMR\n" + (b"\x3c" + bytes(31)) * 50
PROGRAM = b"MZ\x90\0" + bytes(60)
PAGE = b"<!DOCTYPE html><html><body><script>alert(1)</script>"


def office(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "media", "ending", "content_type"),
    [
        (silent_voice_note(), Media.VOICE, "ogg", "audio/ogg"),
        (MP4_SOUND, Media.VOICE, "m4a", "audio/mp4"),
        (MP4_FILM, Media.VOICE, "mp4", "audio/mp4"),
        (MP3, Media.VOICE, "mp3", "audio/mpeg"),
        (AMR, Media.VOICE, "amr", "audio/amr"),
        (JPEG, Media.IMAGE, "jpg", "image/jpeg"),
        (b"RIFF\x10\0\0\0WEBPVP8 " + bytes(20), Media.IMAGE, "webp", "image/webp"),
        (MP4_FILM, Media.VIDEO, "mp4", "video/mp4"),
        (PDF, Media.DOCUMENT, "pdf", "application/pdf"),
        (JPEG, Media.DOCUMENT, "jpg", "image/jpeg"),
        ("chair,10\nكرسي,5\n".encode(), Media.DOCUMENT, "txt", "text/plain"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            Media.DOCUMENT,
            "doc",
            "application/x-ole-storage",
        ),
        (b"BEGIN:VCARD\nVERSION:3.0\nFN:Ali\nEND:VCARD\n", Media.CONTACT, "vcf", "text/vcard"),
    ],
)
def test_what_customers_send_is_known_by_its_bytes(
    content: bytes, media: Media, ending: str, content_type: str
) -> None:
    kind = kind_of(content, media)
    assert (kind.ending, kind.content_type) == (ending, content_type)


@pytest.mark.parametrize(("folder", "ending"), [("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx")])
def test_office_documents_are_told_apart_by_their_list_of_names(folder: str, ending: str) -> None:
    assert kind_of(office("[Content_Types].xml", folder), Media.DOCUMENT).ending == ending


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (PDF, Media.IMAGE),
        (JPEG, Media.VOICE),
        (silent_voice_note(), Media.IMAGE),
        (PROGRAM, Media.DOCUMENT),
        (PAGE, Media.DOCUMENT),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">', Media.IMAGE),
        (b'<?xml version="1.0"?><!DOCTYPE svg>', Media.DOCUMENT),
        (office("notes.txt"), Media.DOCUMENT),
        (office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), Media.DOCUMENT),
        (b"PK\x03\x04" + bytes(50), Media.DOCUMENT),
        (b"\x00\x01\x02\x03", Media.DOCUMENT),
        (b"BEGIN:VCARD\n", Media.DOCUMENT),
        (PDF, Media.LOCATION),
    ],
)
def test_anything_else_is_refused(content: bytes, media: Media) -> None:
    with pytest.raises(FileRefused):
        kind_of(content, media)


def test_the_length_is_read_from_the_container() -> None:
    assert sound_seconds(silent_voice_note(7)) == 7.0
    assert sound_seconds(AMR) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "content",
    [b"", PDF, b"OggS" + bytes(30), silent_voice_note()[:40], b"#!AMR\n", b"#!AMR\n\x48" + bytes(9)],
)
def test_what_does_not_tell_its_length_has_none(content: bytes) -> None:
    assert sound_seconds(content) is None
