"""Looking into a PDF as a person and as a machine would: its pages as pictures and as words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image

# Left, bottom, right, top, in points.
Box = tuple[float, float, float, float]


@contextmanager
def _opened(pdf: bytes) -> Iterator[Any]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        yield document
    finally:
        document.close()


def page_count(pdf: bytes) -> int:
    """How many pages it has."""
    with _opened(pdf) as document:
        return len(document)


def page_picture(pdf: bytes, page: int, *, scale: float = 1.0) -> Image.Image:
    """One page (-1 is the last) in grey; at scale 1 a point is a pixel."""
    with _opened(pdf) as document:
        picture: Image.Image = document[page % len(document)].render(scale=scale).to_pil().convert("L")
        return picture


def page_words(pdf: bytes) -> list[str]:
    """The text of each page, one blank between words.

    Folded by NFKC and without invisible characters: how letters are drawn and guarded is not what they say.
    """
    with _opened(pdf) as document:
        texts = [page.get_textpage().get_text_bounded() for page in document]
    return [
        " ".join(
            "".join(
                character
                for character in unicodedata.normalize("NFKC", text)
                if unicodedata.category(character) != "Cf"
            ).split()
        )
        for text in texts
    ]


def character_boxes(pdf: bytes, page: int) -> list[tuple[str, Box]]:
    """Each character of a page and where it stands; blanks and invisible ones are left out."""
    with _opened(pdf) as document:
        text = document[page].get_textpage()
        # Not by slices of the whole text: what is no character of the page (line ends) is in it too.
        found = [
            (text.get_text_range(index, 1), text.get_charbox(index)) for index in range(text.count_chars())
        ]
    return [(character, box) for character, box in found if character.strip()]


def metadata(pdf: bytes) -> dict[str, str]:
    """Title, author and dates, as far as the file has them."""
    with _opened(pdf) as document:
        found: dict[str, str] = document.get_metadata_dict(skip_empty=True)
        return found
