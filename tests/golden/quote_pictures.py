"""The pictures that quotes are compared with: what each shows, how it is drawn, how far it may differ.

They are made anew by one command only, after a look at each:

    .venv-app/bin/python -m tests.golden.quote_pictures
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Literal

from PIL import Image, ImageChops

from sales.quote import QuoteLanguage
from sales.quote_pdf import QuoteDocument, render
from tests import quote_samples as samples
from tests.pdf_reading import page_picture

FOLDER = Path(__file__).parent / "quotes"
LANGUAGES: tuple[QuoteLanguage, ...] = ("en", "ar", "both")

DOCUMENTS: Mapping[str, QuoteDocument] = {
    "one": samples.document([samples.CHAIR]),
    "wrapped": samples.document(
        [samples.CHAIR, samples.DESK, samples.TABLE, samples.CABINET],
        discount_percent=Decimal("7.5"),
        number="Q-2026-00042 R2",
        customer=samples.ARABIC_CUSTOMER,
    ),
    "sixty": samples.document(samples.some_lines(60)),
}
# Of a long one the first page and the last: a repeated head, the totals, "3 / 3".
_PAGES: Mapping[str, tuple[int, ...]] = {"one": (0,), "wrapped": (0,), "sixty": (0, -1)}

_DIFFERS_FROM = 48
"""Of 255: other versions of the drawing library smooth edges otherwise, up to about here."""
LARGEST_SHARE = 0.0001
"""Of a page's pixels, which is fifty: a word that moves or goes is more. Single letters are for the tests of
what is extracted."""

Comparison = tuple[str, QuoteLanguage, int]


def cases() -> Iterator[Comparison]:
    """Name of the document, language and page (-1 is the last) of every golden picture."""
    for name, pages in _PAGES.items():
        for language in LANGUAGES:
            for page in pages:
                yield name, language, page


def path_of(name: str, language: QuoteLanguage, page: int) -> Path:
    """Where the golden picture is kept."""
    which: Literal["first", "last"] = "last" if page == -1 else "first"
    return FOLDER / f"{name}-{language}-{which}.png"


def share_that_differs(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels that a person would see as different; 1 for pictures of different sizes."""
    if one.size != other.size:
        return 1.0
    histogram = ImageChops.difference(one, other).histogram()
    return sum(histogram[_DIFFERS_FROM:]) / (one.width * one.height)


def main() -> None:
    """Draw every golden picture anew."""
    FOLDER.mkdir(exist_ok=True)
    for name, language, page in cases():
        picture = page_picture(render(DOCUMENTS[name], language), page)
        # 16 greys: half the size, and far finer than what is compared.
        picture.quantize(16).save(path_of(name, language, page), optimize=True)
        print(path_of(name, language, page).name)


if __name__ == "__main__":
    main()
