"""What a file is, by its bytes: the name and the type that came with it are a stranger's words."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass

import puremagic

from turns.ports import FileRefused, Media

_TYPES = {
    "ogg": "audio/ogg",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "amr": "audio/amr",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "mp4": "video/mp4",
    "3gp": "video/3gpp",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "doc": "application/x-ole-storage",
    "vcf": "text/vcard",
    "txt": "text/plain",
}
_SOUNDS = frozenset({"ogg", "mp3", "m4a", "amr"})
_PICTURES = frozenset({"jpg", "png", "webp"})
_FILMS = frozenset({"mp4", "3gp"})
_PAPERS = frozenset({"pdf", "docx", "xlsx", "pptx", "doc", "txt"})
_ALLOWED = {
    # Some phones record voice notes into an MP4 that does not say that it holds sound only.
    Media.VOICE: _SOUNDS | {"mp4"},
    Media.IMAGE: _PICTURES,
    Media.VIDEO: _FILMS,
    # People send photos and recordings as documents, to keep their quality.
    Media.DOCUMENT: _PAPERS | _PICTURES | _SOUNDS | _FILMS,
    Media.CONTACT: frozenset({"vcf"}),
    Media.LOCATION: frozenset(),
}
# Other names by which the same kinds are found.
_SAME = {
    "jpeg": "jpg", "jfif": "jpg", "oga": "ogg", "opus": "ogg", "3gpp": "3gp", "3ga": "3gp", "mp1": "mp3",
    "gcrd": "vcf", "f4a": "m4a",
}  # fmt: skip
_OFFICE_FOLDERS = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
_MACROS = "vbaProject.bin"
_MARKUP = re.compile(rb"<\s*(?:!doctype|html|script|svg|\?xml|head|body)", re.IGNORECASE)


@dataclass(frozen=True)
class Kind:
    """A kind of file that Majlis keeps: its usual ending, and its type."""

    ending: str
    content_type: str


def kind_of(content: bytes, media: Media) -> Kind:
    """What the bytes are.

    Raises:
        FileRefused: when they are nothing that a message of this kind may bring.
    """
    ending = _ending(content)
    if ending is None or ending not in _ALLOWED.get(media, frozenset()):
        shape = f"a .{ending} file" if ending else f"of no kind that is kept ({len(content)} bytes)"
        raise FileRefused(f"a message with {media.value} brought {shape}")
    return Kind(ending, "audio/mp4" if (media, ending) == (Media.VOICE, "mp4") else _TYPES[ending])


def _ending(content: bytes) -> str | None:
    if content.startswith(b"PK"):
        return _office(content)
    if content.startswith((b"\xff\xd8\xff",)):
        return "jpg"
    if _MARKUP.search(content[:1024]) is not None and not content.startswith(b"%PDF"):
        # A page that acts in a browser, whatever else its first bytes can be taken for.
        return None
    try:
        matches = puremagic.magic_string(content)
    except (puremagic.PureError, ValueError):
        return "txt" if _is_text(content) else None
    for match in matches:
        ending = str(match.extension).lstrip(".").lower()
        if (known := _SAME.get(ending, ending)) in _TYPES and known != "txt":
            return known
    return "txt" if _is_text(content) else None


def _office(content: bytes) -> str | None:
    """Which office document a zip is; only its list of names is read, nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if "[Content_Types].xml" not in names or any(name.endswith(_MACROS) for name in names):
        return None
    return next(
        (
            ending
            for folder, ending in _OFFICE_FOLDERS.items()
            if any(name.startswith(folder) for name in names)
        ),
        None,
    )


def _is_text(content: bytes) -> bool:
    if b"\x00" in content:
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
