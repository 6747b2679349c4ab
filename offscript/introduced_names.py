"""Names of people and companies that nobody knew before, behind the words that introduce them (pure).

Reads what `sales.names` reads for the forms, and more: a form may ask again, but a name that went to the
model cannot be called back, so a name counts here on less than it does there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from offscript.vault import canonical_name
from sales.addresses import is_city
from sales.fact_text import Line, Token, is_ordinary, parts, read_line
from sales.fact_words import GIVEN_NAMES, LEGAL_FORMS, SMALL_TALK, STOP, TITLES, TRADES, WISHES
from sales.names import LONGEST_PERSON, begins_given, company_at, find_company, find_person, is_marked
from text.alternatives import either
from text.personal_data import Found, PersonalKind
from text.personal_data_reading import Reading

Span = tuple[PersonalKind, int, int]

_TITLES = either(
    r"""
    mrs?\.? ; ms\.? ; miss ; dr\.? ; eng\.? ; engr\.? ; engineer ; prof\.? ; sh[ae]i?kha? ; usta[zd]h?
    osta[zd]h?
    (?:ال)?(?:استاذ|مهندس|دكتور|سيد|شيخ)ه? ; ل?الاخت? ; للاخت? ; اخوي ; الوالد
    """
)
# Behind these a given name is a person's.
_MENTIONS = either(
    r"""
    (?:ask|call|contact|tell|email|inform|meet|cc|attn\.?:?|attention:?|dear|hi|hello)(?: for| to| with)?
    (?:regards|thanks|best)(?: from|,)? ; (?:speak|spoke|talk|talked|speaking) (?:to|with) ; it'?s ; signed
    (?:deliver|hand|send|give|address|addressed)(?: it| this| them)? to ; for ; to ; with ; from ; by
    and ; under
    (?:my|our|his|her) (?:manager|boss|colleague|partner|brother|sister|assistant|driver|engineer)(?: is|,)?
    (?:the )?(?:receiver|recipient|contact person|customer|client)(?: is|:)? ; (?:his |her )?name(?: is)?
    كلم ; كلموا ; كلمي ; بلغ ; بلغوا ; خبر ; خبروا ; اسال ; اسالوا ; عطوا ; عطوها ; سلموا ; سلموه
    سلموها ; سلمه
    اتصل علي ; اتصلوا علي ; تواصلوا مع ; تواصل مع ; باسم ; مع ; من ; حق ; المستلم ; المسوول ; مدير(?:ي|نا)
    زميل(?:ي|نا) ; المحاسب ; الموظف ; تحياتي ; تحيات ; اخوكم? ; اختكم? ; اسمه ; اسمها ; اسم المستلم
    kal+im ; kal+mo ; khab+ir ; ma3 ; 7ag ; wiya ; [ie]sm(?:ah?|aha|ha) ; akhooy ; akhoo?k ; a5oo?[ky]
    """
)
_TITLED = re.compile(rf"(?<![^\W_])(?:{_TITLES})\.? (?=[^\W\d_])")
_MENTIONED = re.compile(rf"(?<![^\W_])[وف]?(?:{_MENTIONS})[ ,:=\-\n]{{1,3}}(?=[^\W\d_])")
# Behind these a word with a capital, or any that is no ordinary one, is somebody's name.
_PRESENTS = re.compile(
    r"(?<![^\W_])(?:this is|it'?s me|i'?m|i am|you have|here is|ana|m3a?k|ma3a?[ck]h?|wiyak|معا?كم?|ويا[كج]"
    r"|(?:my|our|his|her) (?:assistant|boss|colleague|manager|driver|brother|sister|partner|engineer"
    r"|accountant|secretary|director|supervisor|buyer|father|wife|husband|son)"
    r"(?: is)?|انا(?= (?:[a-z]|ام |بو |ابو ))),? (?=[^\W\d_])"
)
_NAME_FROM = re.compile(r"(?:^|(?<=[,.!\n] )|(?<=\n))(?=(?:[^\W\d_]+ ){2,3}(?:from|here|speaking)(?!\w))")
_SHARIKA = "sh[ae]r[ie]?ka?t"
_FIRM_BEFORE = re.compile(rf"(?<![^\W_])(?:شركه|موسسه|مجموعه|{_SHARIKA}) $")
_COMPANY_CUES = either(
    rf"""
    (?:company|firm|organi[sz]ation|employer|account name|trade name|billing name)(?: name)?(?: is|:|=| -)
    (?:company |trade )?name (?:for|on) the (?:invoice|quote|quotation|order)(?: is|:)
    (?:bill|invoice|sold|ship|quote|quotation) (?:it )?(?:to|for) ; on behalf of ; represent(?:ing)?
    (?:i |we )?work(?:ing)? (?:for|at|with)
    (?:i'?m|we'?re|i am|we are|this is|calling|writing|here|team) from
    (?:ا|ن)?شتغل في ; اعمل في ; شغال في ; موظف في ; (?:[ae]|n)sht[ae](?:gh|8|')[ae]?l fi
    (?:men |min )?{_SHARIKA} ; شركت(?:نا|ي) ; موسست(?:نا|ي)
    """
)
_CALLED = re.compile("اسمها|اسمه|هي|ismha|esmha|ismaha")
# "We're Pearl Coast Real Estate": nothing but capitals says that it is a name.
_WE_ARE = re.compile(r"(?<![^\W_])(?:we'?re|we are|e?7na) (?=[^\W\d_])")
_COMPANY_CUE = re.compile(rf"(?<![^\W_])(?:{_COMPANY_CUES}) (?=[^\W_])")
# "من مدرسة النور": what it is, and a name that is definite or in Latin letters.
_INSTITUTION = re.compile(
    r"(?<![^\W_])(?:من|نحن|احنا|حنا|باسم|معك|معاك|حق|في) (?P<name>(?:مدرسه|مستشفي|عياده|فندق|مطعم|جامعه|بنك"
    r"|صيدليه|روضه|اكاديميه|مركز|مكتب|مصنع|معرض|كليه|معهد) "
    r"(?:ال[^\W\d_]{2,}|[a-z]{2,})(?: (?:ال|لل)[^\W\d_]{2,}){0,3})(?![^\W_])"
)
# "شباب شركة الوركاء للخيام": whoever stands before it, what is behind it is a firm's name if it is definite
# or in Latin letters, and no service that any firm does.
_FIRM = re.compile(
    r"(?<![^\W_])(?:شركه|موسسه|مجموعه) (?!ال(?:توصيل|شحن|نقل|تامين|تركيب|صيانه)(?![^\W_]))"
    r"(?P<name>(?:ال[^\W\d_]{2,}|[a-z][a-z&]+(?: [a-z][a-z&]+){0,2})(?: (?:ال|لل)[^\W\d_]{2,}){0,3})"
    r"(?![^\W_])"
)
_FAMILY_WORDS = frozenset("al el bin bint ibn abu bu um umm ال بن بنت ابو بو ام".split())
# "بيمر", "كلمتكم", "رقمه": what is done, and what has an owner, is no family's name.
_VERB = re.compile(r"ب[يتن].{2,}|.{2,}(?:كم|هم|ني|ته|ها)|رقمه|تلفونه|ايميله")
_KIN = frozenset("اخوك اختك اخوكم اختكم اخوي اختي akhook akhooy".split())
_DEPARTMENTS = frozenset(
    "المشتريات المبيعات المحاسبه الاداره الماليه الموارد التسويق الصيانه المستودع المخزن البيت الشركه".split()
)
_NO_NAMES = STOP | SMALL_TALK | WISHES
_MOST_PARTS = 8


def find_names(reading: Reading) -> list[Found]:
    """Names that the words around them introduce; positions are of `reading.folded`."""
    line = Line(reading.shown, reading.folded)
    found = []
    for kind, start, end in [*_as_forms_read(line), *_titled_or_mentioned(line), *_companies(line)]:
        # The full stop of a sentence is not the name's; that of "L.L.C." is.
        name = reading.folded[start:end].rstrip(" ,-'&")
        name = name if "." in name[:-1].rpartition(" ")[2] else name.rstrip(".")
        found.append(Found(start, start + len(name), kind, canonical_name(kind, name)))
    return found


def _as_forms_read(line: Line) -> Iterator[Span]:
    """In the line, and in each part of it: a second person is in another part."""
    at = 0
    pieces = [(line, 0)]
    for part in parts(line)[:_MOST_PARTS]:
        at = line.shown.find(part.shown, at)
        pieces.append((part, at))
        at += len(part.shown)
    for part, offset in pieces:
        person, origin = find_person(part)
        if person:
            yield from _person_spans(line, offset + part.shown.replace("\n", " ").find(person), len(person))
        for name in (origin, find_company(part)):
            if name:
                start = offset + part.shown.replace("\n", " ").find(name)
                yield from _company_span(line, start, start + len(name))


def _titled_or_mentioned(line: Line) -> Iterator[Span]:
    for match in _TITLED.finditer(line.folded):
        words = _person_at(line, match.end())
        if words and (begins_given(words) or words[0].is_capitalised):
            yield PersonalKind.PERSON, words[0].start, words[-1].end
    for match in _MENTIONED.finditer(line.folded):
        # "سلموها لمحمد"
        for start in (match.end(), match.end() + 1):
            words = _person_at(line, start)
            if _is_given(words) and (start == match.end() or line.folded[start - 1] in "لب"):
                yield PersonalKind.PERSON, words[0].start, words[-1].end
    for match in [*_PRESENTS.finditer(line.folded), *_NAME_FROM.finditer(line.folded)]:
        words = _person_at(line, match.end())
        if words and _looks_like_name(words) and (match.group() or len(words) > 1):
            yield PersonalKind.PERSON, words[0].start, words[-1].end
    yield from _full_names(line)


def _is_given(words: Sequence[Token]) -> bool:
    return begins_given(words) or (bool(words) and words[0].folded.removesuffix("'s") in GIVEN_NAMES)


def _looks_like_name(words: Sequence[Token]) -> bool:
    """A capital in Latin letters; in Arabic, which has none, a word that is not in everybody's mouth."""
    if words[0].folded in _FAMILY_WORDS:
        return len(words) > 1 and words[1].folded in GIVEN_NAMES
    if words[0].folded.isascii() and not words[0].is_capitalised:
        return False
    return not any(is_ordinary([word]) for word in words[:2]) and not is_city(_line_of(words))


def _line_of(words: Sequence[Token]) -> Line:
    return read_line(" ".join(word.shown for word in words))


def _full_names(line: Line) -> Iterator[Span]:
    """Given names with a family's behind them, without any introduction: "Khalid Al Dhaheri will pay"."""
    for token in line.tokens():
        if token.folded not in GIVEN_NAMES:
            continue
        words = _person_at(line, token.start)
        if len(words) < 2 or not _is_family(words[0], words[1]):
            continue
        if words[0].is_capitalised or not words[0].folded.isascii() or len(words) > 2:
            yield PersonalKind.PERSON, words[0].start, words[-1].end


def _is_family(given: Token, word: Token) -> bool:
    if word.folded in _FAMILY_WORDS or word.folded in GIVEN_NAMES:
        return True
    both = given.is_capitalised and word.is_capitalised
    return both and not is_ordinary([word]) and word.folded not in TRADES | LEGAL_FORMS


def _companies(line: Line) -> Iterator[Span]:
    for match in _COMPANY_CUE.finditer(line.folded):
        words = company_at(line, match.end())
        if words and _CALLED.fullmatch(words[0].folded):
            words = words[1:]
        if words and (is_marked(words) or all(word.is_capitalised for word in words)):
            yield from _company_span(line, words[0].start, _marked_end(words))
    for match in _WE_ARE.finditer(line.folded):
        words = [word for word in company_at(line, match.end()) if word.is_capitalised]
        if len(words) > 1 and not all(is_ordinary([word]) for word in words):
            yield from _company_span(line, words[0].start, words[-1].end)
    for match in [*_INSTITUTION.finditer(line.folded), *_FIRM.finditer(line.folded)]:
        yield PersonalKind.COMPANY, *match.span("name")


def _marked_end(words: Sequence[Token]) -> int:
    """Where a name in Arabic ends: with what the company does; behind it the sentence goes on."""
    if words[0].folded.isascii():
        return words[-1].end
    return max((word.end for word in words if is_marked([word, word])), default=words[-1].end)


def _person_spans(line: Line, start: int, length: int) -> Iterator[Span]:
    words = _person_at(line, start)
    while words and words[-1].end > start + length:
        words.pop()
    # What the forms read stays found where this reading sees no name.
    end = words[-1].end if words else start + length
    yield PersonalKind.PERSON, start, end


def _person_at(line: Line, start: int) -> list[Token]:
    """The words of a person's name from `start` on, up to where the sentence goes on: "Ahmed will come"."""
    words: list[Token] = []
    for token in line.tokens(start):
        bare = token.folded.rstrip(".").removesuffix("'s")
        if not words and (bare in TITLES or bare in _KIN):
            continue
        joined = words and (line.folded[words[-1].end : token.start] != " " or len(words) == LONGEST_PERSON)
        # "على" is a word, "علي" a name.
        is_given = (
            bare in GIVEN_NAMES and (token.is_capitalised or not bare.isascii()) and token.shown != "على"
        )
        if joined or not token.is_plain_word or (bare in _NO_NAMES and not is_given):
            break
        if words and not _goes_on(words, token):
            break
        words.append(token)
        if bare != token.folded and token.folded.endswith("'s"):
            break
        if token.folded.endswith(".") and len(bare) > 1:
            break
    while words and words[-1].folded in _FAMILY_WORDS:
        words.pop()
    return words


def _goes_on(words: Sequence[Token], token: Token) -> bool:
    if token.folded in _FAMILY_WORDS or token.folded in GIVEN_NAMES:
        return True
    if token.folded.isascii():
        # Who begins a name with a capital begins all of it with capitals.
        behind_article = words[-1].folded in _FAMILY_WORDS
        return token.is_capitalised or behind_article or token.folded.startswith(("al-", "el-"))
    if (token.folded[0] == "و" and token.folded[1:] in _NO_NAMES) or _VERB.fullmatch(token.folded):
        return False
    is_family = token.folded.startswith("ال") or (len(words) == 1 and not words[0].folded.isascii())
    return words[-1].folded in _FAMILY_WORDS or (is_family and not is_ordinary([token]))


def _company_span(line: Line, start: int, end: int) -> Iterator[Span]:
    """With the word for a company before it, without what only stands before a name: "bill BLUEWAVE LLC"."""
    name = line.part(start, end)
    words = [token for token in line.tokens(start) if token.end <= end]
    if is_city(read_line(name.shown)) or name.folded in _DEPARTMENTS:
        return
    if len(words) == 1 and not words[0].is_capitalised and words[0].folded.isascii() and is_ordinary(words):
        return
    sentence = next(
        (word for word in reversed(words[:-1]) if word.folded.endswith(".") and len(word.folded) > 4), None
    )
    if sentence:
        words = words[words.index(sentence) + 1 :]
        start = words[0].start
    capital = next((index for index, word in enumerate(words) if word.is_capitalised), 0)
    named = [word for word in words[:capital] if word.folded not in _FAMILY_WORDS | TRADES | LEGAL_FORMS]
    if capital and len(named) == capital and words[0].folded.isascii():
        start = words[capital].start
    before = _FIRM_BEFORE.search(line.folded, 0, start)
    yield PersonalKind.COMPANY, before.start() if before else start, end
