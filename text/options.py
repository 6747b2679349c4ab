"""Which of the listed things does a customer point at? "the second one", "2nd", "الثانية", "thani wa7ed"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from text.alternatives import either

LAST = -1
ALL = 0


@dataclass(frozen=True)
class Option:
    """A position in a list that was shown, from 1, `LAST` or `ALL`; `start` and `end` cover its phrase."""

    position: int
    start: int
    end: int


# One entry for each position from 1 on.
_ENGLISH = (
    "first|1st", "second|2nd", "third|3rd", "fourth|4th", "fifth|5th",
    "sixth|6th", "seventh|7th", "eighth|8th", "ninth|9th", "tenth|10th",
)  # fmt: skip
_ARABIC = (
    "اول|اولي|اولاني|اولانيه", "ثاني|ثانيه|تاني|تانيه", "ثالث|ثالثه|تالت|تالته", "رابع|رابعه", "خامس|خامسه",
    "سادس|سادسه", "سابع|سابعه", "ثامن|ثامنه", "تاسع|تاسعه", "عاشر|عاشره",
)  # fmt: skip
_ARABIZI = (
    "aw+al|aw+il|oola|ula", "th?ani|th?an[iy]+ah?", "th?al[ei]?th?|th?al[ei]?th?ah?", "rab[ei]?3|rab3a",
    "(?:5|kh)ami?s|(?:5|kh)amsa", "sadi?s", "sabi?3", "th?amin", "tasi?3", "3ashi?r",
)  # fmt: skip
_LAST_ARABIZI = "a(?:kh|5)[ei]?[iy]?r(?:a|ah)?"
_ONE_ARABIZI = "w(?:a[7h]|7)[ei]?d[ah]*"

# Beside one of these an ordinal is a place in time, in a building or among people, not in a list.
_NO_LIST = either(
    """
    floor ; level ; time ; week ; month ; day ; year ; quarter ; hand ; things? ; interchange ; street ; st
    avenue ; class ; call ; order ; visit ; minute ; half ; opinion ; thoughts? ; name ; delivery ; batch
    invoice ; payment ; quote ; quotation ; message ; branch ; party ; person ; round ; reason ; step ; phase
    aid ; price ; of (?!them|these|those|the (?:list|two|three|ones)|all)
    jan(?:uary)? ; feb(?:ruary)? ; mar(?:ch)? ; apr(?:il)? ; may ; june? ; july? ; aug(?:ust)?
    sep(?:tember)? ; oct(?:ober)? ; nov(?:ember)? ; dec(?:ember)?
    """
)
_ARABIC_NO_LIST = either(
    """
    ساعه ; دور ; طابق ; مره ; يوم ; اسبوع ; شهر ; سنه ; دفعه ; شارع ; فرع ; وقت ; مبني ; بنايه ; برج ; مدخل
    نص ; صفحه ; محل ; شركه ; معرض ; متجر ; مورد ; شخص ; غرفه ; صف ; لون ; الوان ; colou?rs? ; ربيع ; جمادي
    كانون ; تشرين
    """
)
_ARABIZI_NO_LIST = either(
    """
    door? ; 6abe[qg] ; taba[qg] ; yom ; yoom ; youm ; marra ; mara ; sa3a ; daf3a ; esboo3 ; shahar ; sana
    share3 ; far3 ; ma7al ; lon ; loon ; alwan ; shareka ; sharika
    """
)
_NAMED_ENGLISH = "one|ones|option|item|product|choice|pic(?:ture)?|photo|model|1"
_NAMED_ARABIC = "واحد|وحده|خيار|اختيار|منتج|صوره|موديل|اوبشن|حبه|قطعه"


def _positions(letter: str, names: tuple[str, ...]) -> str:
    """A pattern whose group `letter` and number says which of `names` matched."""
    return "|".join(f"(?P<{letter}{position}>{name})" for position, name in enumerate(names, start=1))


_ENGLISH_ORDINAL = re.compile(
    rf"(?<![\w\-])(?P<the>the |that |this )?(?:(?P<last>last|latest)|{_positions('e', _ENGLISH)})(?![\w\-])"
    rf"(?! (?:{_NO_LIST})(?!\w))(?P<one> (?:{_NAMED_ENGLISH})(?!\w))?"
)
_ARABIC_ORDINAL = re.compile(
    rf"(?<!\w)(?:[وف]?(?:ال|بال|لل|عال|هال)(?:(?P<last>اخير|اخيره|اخراني)|{_positions('a', _ARABIC)})"
    rf"(?: (?:واحد|وحده))?|[وفبل]?(?:(?P<last2>اخر)|{_positions('b', _ARABIC)}) (?:{_NAMED_ARABIC}))(?!\w)"
)
_ARABIZI_ORDINAL = re.compile(
    rf"(?<![\w'\-])(?:(?:(?:w ?|b ?|wa ?)?(?:el|al|il|la|l)[ \-]?|ath?|eth?|ith?)"
    rf"(?:(?P<last>{_LAST_ARABIZI})|{_positions('x', _ARABIZI)})(?: {_ONE_ARABIZI})?"
    rf"|(?:(?P<last2>{_LAST_ARABIZI})|{_positions('y', _ARABIZI)}) {_ONE_ARABIZI})(?![\w'])"
)
_BEFORE_NO_LIST = re.compile(rf"(?:(?:ال)?(?:{_ARABIC_NO_LIST})|{_ARABIZI_NO_LIST}) ?$")
_FIRST_FEW = re.compile(
    r"(?<!\w)(?:the )?first (?P<few>two|2|three|3)(?! ?\w*(?:floor|week|month|year|day))(?!\w)"
)
_ALL_OF_THEM = re.compile(
    r"(?<!\w)(?<!\d{3} )(?:"
    r"(?:for |take |add |note )?(?:all of (?:them|these|those)|them all|all three|both of them)"
    r"|(?:for|take|add|note|book) (?:all|everything|each)(?: (?:lines|items))?(?= ?(?:$|[.,!?\n]|pls|please))"
    r"|(?:خذ|سجل|اضف|ضيف|حط|زيد|نبي|ابي|ابا|نبا|ابغي|نبغي)(?: ?لي)? (?:كلهم|كلها|كلهن|الكل)"
    r"|(?:خذهم|سجلهم|حطهم|ضيفهم) كلهم"
    r"|(?:5i?th|khi?th?|sajj?el|7o?6|abi|nabi|abgh?a|aba) (?:ki|ke|ku)l(?:hum|hom|ha|hin)|el ?k[iue]l)(?!\w)"
)
# Before an ordinal without an article: words that make it a choice.
_CHOOSING = re.compile(
    r"(?<!\w)(?:take|want|like|choose|pick|prefer|compare|about|of|with|for|is|and|or|vs|versus|between"
    r"|go with|,|&|/|yes|ok|yeah|confirm) ?$"
)
_AND_ANOTHER = re.compile(
    r" ?(?:and|or|&|vs|versus|,) (?:the )?(?:second|third|fourth|fifth|last|2nd|3rd)(?!\w)"
)
# "the first and the last"
_AFTER_ANOTHER = re.compile(
    r"(?<!\w)(?:first|second|third|fourth|fifth|1st|2nd|3rd|\dth)(?: one)? (?:and|&|or) $"
)
# "not the first": taken back, and "why not the second?" is not.
_TAKEN_BACK = re.compile(
    r"(?<!\w)(?:(?<!why )not|instead of|rather than|مو|مب|مش|مهب|بدل|بدال|mo|mu|mub|mob|mish|badal|bdal) ?$"
)
# "second please": nothing else is in the message.
_LONGEST_COURTESY = 40
_POLITE = re.compile(r"(?:please|pls|plz|ok|okay|yes|yeah|thanks|[ .,!?])+")
# How far back a word still stands beside an ordinal.
_NEAR = 16


def _position(match: re.Match[str]) -> int:
    for name, group in match.groupdict().items():
        if group is not None and name.startswith("last"):
            return LAST
        if group is not None and name[1:].isdigit():
            return int(name[1:])
    raise AssertionError("an ordinal pattern matched without an ordinal")


def _is_choice(text: str, match: re.Match[str]) -> bool:
    """Whether an English ordinal points at a list: "the second", "2nd", "second one", "first and third"."""
    if match["last"]:
        return bool(match["one"] or _AFTER_ANOTHER.search(text, max(match.start() - _NEAR, 0), match.start()))
    if match["one"] or match["the"] or match.group()[0].isdigit():
        return True
    before = text[max(match.start() - _NEAR, 0) : match.start()]
    if _CHOOSING.search(before) or _AND_ANOTHER.match(text, match.end()):
        return True
    is_short = len(text) - len(match.group()) <= _LONGEST_COURTESY
    return is_short and not _POLITE.sub("", text[: match.start()] + text[match.end() :])


def find_options(text: str) -> list[Option]:
    """The positions a folded text points at by ordinals, in its order; "number 2" is read elsewhere."""
    found = [Option(ALL, match.start(), match.end()) for match in _ALL_OF_THEM.finditer(text)]
    for match in _FIRST_FEW.finditer(text):
        few = 2 if match["few"] in ("two", "2") else 3
        found.extend(Option(position, match.start(), match.end()) for position in range(1, few + 1))
    for match in _ENGLISH_ORDINAL.finditer(text):
        if _is_choice(text, match) and not _FIRST_FEW.match(text, match.start()):
            found.append(Option(_position(match), match.start(), match.end()))
    for pattern in (_ARABIC_ORDINAL, _ARABIZI_ORDINAL):
        for match in pattern.finditer(text):
            if not _BEFORE_NO_LIST.search(text, max(match.start() - _NEAR, 0), match.start()):
                found.append(Option(_position(match), match.start(), match.end()))
    kept = [
        option for option in found if not _TAKEN_BACK.search(text, max(option.start - _NEAR, 0), option.start)
    ]
    return sorted(kept, key=lambda option: option.start)
