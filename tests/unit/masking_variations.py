"""Ways in which people type one and the same name, number or address."""

from __future__ import annotations

from hypothesis import strategies as st

_SCRIPTS = [
    str.maketrans("0123456789", digits)
    for digits in ("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９", "०१२३४५६७८९")
]
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_GAPS = [" ", "  ", "\u00a0", "\n", "\t", "-", ".", "_", " - ", "", "\u200b", "\u2009", "/"]
_INVISIBLE = ["", "\u200b", "\u200f", "\u2066", "\ufeff", "\u00ad"]
_MARKS = ["", "", "", "\u064e", "\u0651", "ـ", "\u0650"]
_ALEFS = {"ا": "اأإآٱ", "ي": "يى", "ه": "هة", "ك": "كک"}


@st.composite
def _letters(draw: st.DrawFn, word: str) -> str:
    """A word in another case, stretched, with vowel marks or marks that nobody sees."""
    typed = ""
    for place, character in enumerate(word):
        if place and character.isalpha() and "\u0600" < character < "\u06ff":
            typed += draw(st.sampled_from(_MARKS))
        elif place:
            typed += draw(st.sampled_from(_INVISIBLE))
        options = _ALEFS.get(character, character)
        times = draw(st.sampled_from([1, 1, 1, 1, 4])) if character.isalpha() else 1
        typed += draw(st.sampled_from(options)) * times
    typed = draw(st.sampled_from([typed, typed.lower(), typed.upper(), typed.title()]))
    return typed.translate(_WIDE) if draw(st.integers(0, 5)) == 0 else typed


@st.composite
def names(draw: st.DrawFn, name: str) -> str:
    """A name in any spacing and spelling of one script; an article may be missing or joined."""
    words = name.split()
    article = draw(st.sampled_from(["al ", "al-", "Al", "EL ", "", "al "]))
    gap = draw(st.sampled_from(_GAPS))
    typed: list[str] = []
    for word in words:
        if word in ("Al", "al"):
            continue
        with_article = bool(typed) and "Al" in words and word == words[-1]
        typed.append((article if with_article else "") + draw(_letters(word)))
    prefix = draw(st.sampled_from(["", "و", "ل", "ب", "ف"])) if "\u0600" < name[0] < "\u06ff" else ""
    return prefix + gap.join(typed)


@st.composite
def spaced_out(draw: st.DrawFn, name: str) -> str:
    """A name with a sign between all of its letters: "A h m e d"."""
    gap = draw(st.sampled_from([" ", ".", "-", "_", " . ", "\n"]))
    return gap.join(character for character in name if not character.isspace())


@st.composite
def numbers(draw: st.DrawFn, digits: str) -> str:
    """Digits of any script in any groups."""
    typed = ""
    for place, digit in enumerate(digits):
        if place and draw(st.integers(0, 3)) == 0:
            typed += draw(st.sampled_from([" ", "-", ".", "\u200b", "\u2009", "\u00a0"]))
        typed += digit
    return typed.translate(draw(st.sampled_from(_SCRIPTS)))


@st.composite
def phones(draw: st.DrawFn, national: str) -> str:
    """A number of the UAE with its country or without."""
    front = draw(st.sampled_from(["0", "+971", "00971", "971", "+971 (0)", ""]))
    return draw(numbers(front.replace(" (0)", "") + national))


@st.composite
def mails(draw: st.DrawFn, address: str) -> str:
    """An address in any case, with blanks around its signs."""
    blank = draw(st.sampled_from(["", " ", "  ", "\u00a0"]))
    local, domain = address.split("@")
    typed = f"{local}{blank}@{blank}{f'{blank}.{blank}'.join(domain.split('.'))}"
    typed = draw(st.sampled_from([typed.lower(), typed.upper(), typed.title()]))
    return typed.translate(_WIDE) if draw(st.booleans()) else typed
