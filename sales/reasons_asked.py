"""Does a customer ask what a detail is wanted for, instead of giving it? "why my e-mail?" (pure)."""

from __future__ import annotations

import re

from sales.fact_values import Fact
from text.alternatives import either
from text.fold import fold

_WHY = either(
    r"""
    why(?: is that)? ; what for ; for what ; what(?:'s| is) (?:(?:it|that|this) for|the reason) ; how come
    what (?:do|will|would) you (?:do|need|want) ; do you (?:really )?need
    is (?:it|that|this) (?:really )?(?:necessary|required|mandatory|a must)
    (?:do|must|should) i (?:really )?(?:have to|need to|give)
    ليش ; ليه ; لماذا ; شو (?:ال)?سبب ; شو (?:لازم|فايدته|تسوون) ; شحقه ; (?:هو )?(?:لازم|ضروري)
    (?:حق|عشان|علشان) ?(?:شو|ايش|وش|شنو)
    l[ae]+[iy]?sh ; leh ; shu (?:el |al )?sabab ; (?:7ag|hag|3ashan|3shan) (?:shu|sho|shno|eish)
    lazi?m ; '?[69]aroori ; (?:d|th)aroori
    """
)
_THINGS = {
    Fact.EMAIL: either(
        r"""
        (?:my |the |our |an? )?(?:e-?)?mail(?: ?(?:id|address))? ; (?:ال)?ايميل(?:ي|نا)?
        (?:ال)?بريد(?:ي)?(?: (?:ال)?الكتروني)? ; (?:el |al |il )?[ei]+mail[iy]?
        """
    ),
    Fact.COMPANY: either(
        r"""
        (?:my |the |our |a )?(?:company|business|firm)(?:'?s)?(?: name)?
        (?:اسم )?(?:(?:ال)?شركه|شركتنا|شركتي) ; (?:[ei]sm )?(?:el |al |il )?shari?ka(?:h|tna|ti)?
        """
    ),
    Fact.CONTACT_NAME: "(?:my |the |our |a )?name|(?:ال)?اسم(?:ي|نا)?|(?:el |al |il )?[ei]sm[iy]?",
}
# What may stand beside the two: who wants it of whom, and courtesies.
_BESIDE = either(
    r"""
    do ; does ; did ; you ; u ; ur ; your ; i ; we ; me ; us ; it ; this ; that ; these ; is ; are ; was ; be
    to ; the ; for ; of ; a ; an ; my ; our ; with ; here ; all ; on ; so ; and ; but ; now ; first ; even
    need(?:ed)? ; want(?:ed)? ; ask(?:ing)? ; required? ; give ; have ; know ; share ; must ; really ; can
    ok(?:ay)? ; sorry ; hm+ ; wait ; please ; pls ; quote ; quotation ; details? ; info(?:rmation)?
    (?:تبون|تبغون|تبي|تبغي|تحتاجون|تحتاج|تطلبون|محتاجين)(?:ه|ها)? ; تسالون ; تسال ; [انع]?عطيكم ; اعطيك
    ارسل ; اكتب ; طيب ; زين ; بس ; يعني ; اوكي ; لو سمحت ; عن ; في ; فيه ; فيها ; مني ; منا ; هذا ; هذي ; هاي
    عرض ; العرض ; السعر ; حق ; عشان ; (?:ال)?بيانات ; (?:ال)?معلومات ; انتو ; انت
    (?:tabo+n|tab[gq8]h?o+n|tabi|ta?[7h]taj(?:o+n)?)(?:ah|ha|oh)? ; t[ei]s[aei]*loon ; a?3[a6t]+ee?kum
    zain ; tayeb ; bas ; ya3ni ; 3an ; fe+h ; intu ; inta ; minn?[iy] ; hatha ; 7ag ; 3ashan ; el ; al
    """
)
_ASKED = re.compile(rf"(?<!\w)(?:{_WHY})(?!\w)")
_NAMED = {fact: re.compile(rf"(?<!\w)(?:{words})(?!\w)") for fact, words in _THINGS.items()}
_OTHERS = re.compile(rf"(?<!\w)(?:{_BESIDE})(?!\w)|[^\w]+")


def reason_asked_for(words: str, asked: Fact) -> Fact | None:
    """The detail whose purpose a message asks for: the one it names, or else the one that was `asked` last.

    None where the message says anything besides: "why is it so dear" is about something else.
    """
    folded = fold(words)
    if not _ASKED.search(folded):
        return None
    rest, named = _ASKED.sub(" ", folded), None
    for fact, pattern in _NAMED.items():
        rest, count = pattern.subn(" ", rest)
        named = named or (fact if count else None)
    return None if _OTHERS.sub("", rest) else named or asked
