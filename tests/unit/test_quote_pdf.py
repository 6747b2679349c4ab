"""A quote's PDF: what it says in each language, how it looks, and that nobody's text can change it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typst
from PIL import Image

from app.settings import PROJECT_ROOT
from sales import quote_pdf
from sales.quote import QuoteCustomer, QuoteLanguage, format_amount
from sales.quote_pdf import QuoteUnprintable, render, render_in_thread
from sales.quote_words import WORDS, format_date
from tests import quote_samples as samples
from tests.golden import quote_pictures as golden
from tests.pdf_reading import Box, character_boxes, metadata, page_count, page_picture, page_words

LANGUAGES = golden.LANGUAGES
# What would do something in a language of markup.
MARKUP = "#pagebreak() *x* `code` </w> $y^2$ @ref <label> #eval(1) \\ = head // gone /* too */"


def text_of(pdf: bytes) -> str:
    return " ".join(page_words(pdf))


def squeezed(words: str) -> str:
    """Without blanks: extraction may put one between two letters that stand far apart."""
    return re.sub(r"\s", "", words)


# --- what it says ---


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", golden.DOCUMENTS)
def test_every_amount_can_be_read_by_a_machine(name: str, language: QuoteLanguage) -> None:
    document = golden.DOCUMENTS[name]
    words = text_of(render(document, language)).split()
    totals = document.totals
    expected = [each for line in document.lines for each in (line.rate, line.line_total)]
    expected += [totals.subtotal, totals.vat, totals.total]
    for amount in expected:
        assert words.count(format_amount(amount)) >= expected.count(amount), amount
    discount = f"−{format_amount(totals.discount)}"
    assert (discount in words) == bool(document.discount_percent)


@pytest.mark.parametrize("language", LANGUAGES)
def test_percentages_stand_at_their_names_in_each_language(language: QuoteLanguage) -> None:
    words = text_of(render(golden.DOCUMENTS["wrapped"], language)).replace("7.5%", "discount%")
    expected = 2 if language == "both" else 1
    assert (words.count("5%"), words.count("discount%")) == (expected, expected)


@pytest.mark.parametrize("language", ["en", "both"])
def test_english_words_and_codes_are_read_as_written(language: QuoteLanguage) -> None:
    words = text_of(render(golden.DOCUMENTS["one"], language))
    for expected in (
        "Quotation", "Q-2026-00042", "23 November 2026", "7 December 2026", "Falcon Bay Consulting (L.L.C.)",
        "Mariam Al Suwaidi", "mariam@falconbay.example", "Abu Dhabi", "100234567800003", "CH-1005",
        "Nova task chair, black mesh", "VAT", "5%", "AED 11,733.75", "+971 4 000 0142", "100000000000003",
        "AE07 0331 2345 6789 0123 456", "SMPLAEAD", "Half with the order, half before delivery.", "1 / 1",
    ):  # fmt: skip
        assert expected in words, expected


def test_arabic_words_are_read_as_written() -> None:
    document = golden.DOCUMENTS["wrapped"]
    words = squeezed(text_of(render(document, "ar")))
    expected = [term.ar for term in document.seller.quote.terms]
    expected += [document.customer.company, document.customer.contact, document.seller.name.ar]
    expected += [
        WORDS[word][1] for word in ("quotation", "prepared_for", "subtotal", "vat", "total", "terms")
    ]
    expected += ["23 نوفمبر 2026", "7 ديسمبر 2026", "كرسي مكتب نوفا، شبك أسود"]
    # A wrapped name, in the order in which it is read.
    expected += ["طاولة اجتماعات ديون، جوز،", "مع مجرى للأسلاك وعلبتين كهرباء على الجانبين وسطح زجاج"]
    for each in expected:
        assert squeezed(each) in words, each


def test_a_bilingual_quote_names_every_product_twice() -> None:
    words = squeezed(text_of(render(samples.document([samples.CHAIR]), "both")))
    assert squeezed(samples.CHAIR.name_en) in words
    assert squeezed(samples.CHAIR.name_ar) in words


def test_a_product_without_an_arabic_name_keeps_its_english_one() -> None:
    nameless = replace(samples.CHAIR, name_ar="")
    assert text_of(render(samples.document([nameless]), "both")).count("Nova task chair, black mesh") == 1
    # Extraction turns the order of Latin words in an Arabic line around.
    arabic = text_of(render(samples.document([nameless]), "ar"))
    assert [word for word in samples.CHAIR.name_en.replace(",", "").split() if word not in arabic] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_known_of_the_customer_leaves_no_trace(language: QuoteLanguage) -> None:
    unknown = replace(samples.CUSTOMER, city=None, trn=None)
    words = text_of(render(samples.document([samples.CHAIR], customer=unknown), language))
    assert "None" not in words
    assert "100234567800003" not in words
    assert words.count("100000000000003") == (3 if language == "both" else 2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_sixty_lines_take_several_pages_with_a_head_and_a_number_on_each(language: QuoteLanguage) -> None:
    pdf = render(golden.DOCUMENTS["sixty"], language)
    pages = page_words(pdf)
    assert len(pages) == (4 if language == "both" else 3)
    head = squeezed(WORDS["unit_price"][1 if language == "ar" else 0].split(" (")[0])
    for number, words in enumerate(pages, start=1):
        assert page_number(pdf, number - 1, at_left=language == "ar") == f"{number}/{len(pages)}"
        assert head in squeezed(words)


@pytest.mark.parametrize("count", range(8, 24))
def test_no_product_is_torn_apart_by_the_end_of_a_page(count: int) -> None:
    # Chairs of one line push the tables over every place of the page's end.
    lines = [samples.CHAIR] * (count % 8) + [samples.TABLE] * count
    first, last = "Meeting table Dune", squeezed("الجانبين وسطح زجاج")
    for words in page_words(render(samples.document(lines), "both")):
        assert words.count(first) == squeezed(words).count(last)


def page_number(pdf: bytes, page: int, *, at_left: bool) -> str:
    """What stands in the corner of the foot, as the eye reads it."""
    corner = [
        (box[0], character)
        for character, box in character_boxes(pdf, page)
        if box[3] < 60 and (box[2] < 100 if at_left else box[0] > 495)
    ]
    return "".join(character for _, character in sorted(corner))


# --- nobody's text changes it ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_markup_stays_plain_text(language: QuoteLanguage) -> None:
    line = replace(samples.CHAIR, name_en=f"Chair {MARKUP}", name_ar=f"كرسي {MARKUP}", sku="#x*1*")
    customer = QuoteCustomer(company=MARKUP, contact=MARKUP, email="`a`@x.example", city=MARKUP, trn=MARKUP)
    pdf = render(samples.document([line], customer=customer, number="Q-2026-00001 #v(9cm)"), language)
    assert page_count(pdf) == 1
    words = text_of(pdf)
    for part in ("pagebreak", "code", "label", "eval", "head", "gone", "too", "*"):
        assert part in words, part
    if language != "ar":
        assert MARKUP in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_marks_that_reorder_or_hide_text_are_dropped(language: QuoteLanguage) -> None:
    # Shown with the override, "AED 001" would read "100 DEA" backwards.
    hidden = "Fal\u202econ\u202c Bay\u200b \u2066Con\u2069sult\u200fing\x00 \ud800(L.L.C.)\n\ufeff"
    customer = replace(samples.CUSTOMER, company=hidden)
    clean = replace(samples.CUSTOMER, company="Falcon Bay Consulting (L.L.C.)")
    line = replace(samples.CHAIR, name_en="Nova\u202e task chair,\tblack mesh 😀")
    assert render(samples.document([line], customer=customer), language) == render(
        samples.document([samples.CHAIR], customer=clean), language
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sku", "8" * 80),
        ("sku", "80-08-" * 12),
        ("name_en", "x" * 400),
        ("name_ar", "ك" * 200),
        ("name_en", "long name " * 400),
        ("name_ar", "اسم طويل " * 400),
    ],
)
def test_nothing_leaves_its_column_however_long_it_is(
    language: QuoteLanguage, field: str, value: str
) -> None:
    changes: dict[str, Any] = {field: value}
    pdf = render(samples.document([replace(samples.CHAIR, **changes)]), language)
    for page in range(page_count(pdf)):
        picture = page_picture(pdf, page)
        assert is_white(picture, (0, 0, 45, picture.height))
        assert is_white(picture, (picture.width - 45, 0, picture.width, picture.height))
        # Codes and amounts are digits here, and names are letters.
        digits = [box for character, box in character_boxes(pdf, page) if character.isdigit()]
        letters = [box for character, box in character_boxes(pdf, page) if character.isalpha()]
        assert not [(one, other) for one in digits for other in letters if overlap(one, other)]


def overlap(one: Box, other: Box) -> bool:
    """Whether they share more than the point by which letters of a word may touch."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return width > 1 and height > 1


def is_white(picture: Image.Image, box: tuple[int, int, int, int]) -> bool:
    # In grey there is one band, whatever the signature allows.
    darkest: Any = picture.crop(box).getextrema()[0]
    return bool(darkest > 250)


@pytest.mark.parametrize("language", LANGUAGES)
def test_sizes_codes_and_phones_are_guarded_from_the_direction_of_their_line(
    language: QuoteLanguage, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, str] = {}
    compile_: Any = typst.compile

    def listening(*arguments: Any, sys_inputs: dict[str, str], **options: Any) -> Any:
        seen.update(sys_inputs)
        return compile_(*arguments, sys_inputs=sys_inputs, **options)

    monkeypatch.setattr(typst, "compile", listening)
    render(samples.document([samples.DESK]), language)
    data = json.loads(seen["data"])
    assert data["skus"] == ["\u2068DSK-1260\u2069"]
    for said in data["in"].values():
        assert said["number"] == "\u2066Q-2026-00042\u2069"
        assert said["seller"]["phone"] == "\u2066+971 4 000 0142\u2069"
        assert said["bank"]["iban"] == "\u2066AE07 0331 2345 6789 0123 456\u2069"
    if "ar" in data["in"]:
        assert data["in"]["ar"]["names"] == ["\u2068مكتب بلوط \u2066120×60\u2069 مع أدراج\u2069"]


# --- how it looks ---


@pytest.mark.parametrize(("name", "language", "page"), golden.cases())
def test_it_looks_as_it_did(name: str, language: QuoteLanguage, page: int) -> None:
    picture = page_picture(render(golden.DOCUMENTS[name], language), page)
    expected = Image.open(golden.path_of(name, language, page)).convert("L")
    assert golden.share_that_differs(picture, expected) <= golden.LARGEST_SHARE, (
        "it looks different; after a look at it, and only then: python -m tests.golden.quote_pictures"
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "changes",
    [
        {"customer": replace(samples.CUSTOMER, contact="Mariam")},
        {"lines": [replace(samples.CHAIR, name_en="Nova task chair, black", name_ar="كرسي مكتب نوفا أسود")]},
    ],
    ids=["contact", "name"],
)
def test_a_word_less_is_no_golden_picture(language: QuoteLanguage, changes: dict[str, Any]) -> None:
    picture = page_picture(render(replace(golden.DOCUMENTS["one"], **changes), language), 0)
    expected = Image.open(golden.path_of("one", language, 0)).convert("L")
    assert golden.share_that_differs(picture, expected) > golden.LARGEST_SHARE


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_dates_end_where_the_amounts_end(language: QuoteLanguage) -> None:
    boxes = character_boxes(render(golden.DOCUMENTS["one"], language), 0)
    letters = "".join(character for character, _ in boxes)

    def end_of(pattern: str) -> float:
        places = [place for match in re.finditer(pattern, letters) for place in range(*match.span())]
        edges = [boxes[place][1] for place in places]
        return min(box[0] for box in edges) if language == "ar" else max(box[2] for box in edges)

    assert end_of("(?:Q-)?2026(?:-00042)?") == pytest.approx(end_of("11,175.00"), abs=1)


def test_arabic_columns_run_from_right_to_left() -> None:
    def column_of(amount: str, language: QuoteLanguage) -> float:
        pdf = render(samples.document([samples.CHAIR]), language)
        boxes = character_boxes(pdf, 0)
        letters = "".join(character for character, _ in boxes)
        return boxes[letters.index(amount)][1][0]

    assert column_of("CH-1005", "en") < column_of("745.00", "en") < column_of("11,175.00", "en")
    assert column_of("1005", "ar") > column_of("745.00", "ar") > column_of("11,175.00", "ar")


def test_a_seller_without_a_logo_gets_a_quote_too() -> None:
    plain = samples.SELLER.model_copy(update={"logo": None})
    assert "Quotation" in text_of(render(samples.document([samples.CHAIR], seller=plain), "en"))


def test_a_logo_may_be_a_photograph(tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), "red").save(tmp_path / "logo.png")
    pictured = samples.SELLER.model_copy(update={"logo": tmp_path / "logo.png"})
    picture = page_picture(render(samples.document([samples.CHAIR], seller=pictured), "en"), 0)
    # A corner of where the logo stands: red is 76 of 255 in grey.
    assert picture.getpixel((56, 56)) == pytest.approx(76, abs=2)


# --- the file ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_quote_gives_the_same_bytes(language: QuoteLanguage) -> None:
    first = render(golden.DOCUMENTS["wrapped"], language)
    assert render(golden.DOCUMENTS["wrapped"], language) == first
    assert first != render(golden.DOCUMENTS["one"], language)
    # A process of its own: no order of a dictionary, no clock and no address of this one may matter.
    script = (
        "import hashlib; from sales.quote_pdf import render;"
        " from tests.golden.quote_pictures import DOCUMENTS;"
        f" print(hashlib.sha256(render(DOCUMENTS['wrapped'], {language!r})).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == hashlib.sha256(first).hexdigest()


def test_it_says_whose_it_is_and_not_when_it_was_made() -> None:
    told = metadata(render(golden.DOCUMENTS["one"], "en"))
    assert told["Title"] == "Q-2026-00042"
    assert told["Author"] == "Dar Al Maktab Office Furniture"
    assert not {"CreationDate", "ModDate"} & told.keys()


def test_every_font_has_its_licence_beside_it() -> None:
    fonts = Path(quote_pdf.__file__).parent / "fonts"
    families = {path.name.partition("-")[0] for path in fonts.glob("*.ttf")}
    assert families == {"Amiri", "SourceSans3"}
    for family in families:
        assert "SIL Open Font License, Version 1.1" in (fonts / f"{family}-OFL.txt").read_text(
            encoding="utf-8"
        )


def test_a_file_that_cannot_be_sent_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quote_pdf, "LARGEST_PDF_BYTES", 1_000)
    with pytest.raises(QuoteUnprintable, match=r"Q-2026-00042 has [\d,]+ bytes.*smaller logo"):
        render(golden.DOCUMENTS["one"], "en")


def test_a_logo_that_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text("<svg", encoding="utf-8")
    broken = samples.SELLER.model_copy(update={"logo": tmp_path / "logo.svg"})
    with pytest.raises(QuoteUnprintable, match="Q-2026-00042 cannot be set"):
        render(samples.document([samples.CHAIR], seller=broken), "en")


async def test_the_event_loop_goes_on_while_a_quote_is_set() -> None:
    setting = asyncio.create_task(render_in_thread(golden.DOCUMENTS["sixty"], "both"))
    turns = 0
    while not setting.done():
        await asyncio.sleep(0)
        turns += 1
    assert (await setting).startswith(b"%PDF")
    # On the loop itself it would be one turn or two.
    assert turns > 20


async def test_quotes_are_set_side_by_side() -> None:
    pdfs = await asyncio.gather(
        *(render_in_thread(document, each) for document in golden.DOCUMENTS.values() for each in LANGUAGES)
    )
    expected = [render(document, each) for document in golden.DOCUMENTS.values() for each in LANGUAGES]
    assert pdfs == expected


def test_dates_are_written_out() -> None:
    assert format_date(date(2026, 2, 3), "en") == "3 February 2026"
    assert format_date(date(2026, 8, 31), "ar") == "31 أغسطس 2026"
