"""In which language does a customer write, and in which is the answer due?

Arabic letters decide for Arabic; Latin words beside them make a line mixed. Latin letters alone are
English or Arabizi: Arabizi shows itself by digits that stand for letters (7abibi, 3ndkom) and by a
small set of words that everybody in the Gulf spells the same way.
"""

from __future__ import annotations

import re
from typing import Literal

from text.fold import fold

LanguageTag = Literal["en", "ar", "mixed", "arabizi"]
ReplyLanguage = Literal["en", "ar"]

_ARABIC_LETTER = re.compile(r"[\u0621-\u064a\u066e-\u06d3]")
_LATIN_TOKEN = re.compile(r"[a-z0-9'][a-z0-9'\-]*")
# 2 = ء, 3 = ع, 5 = خ, 6 = ط, 7 = ح, 8 = ق, 9 = ص: one of them inside or before lower-case letters.
_ARABIZI_DIGIT = re.compile(r"^(?=.*[a-z]{2})(?:[2356789]'?[a-z]+|[a-z]+[2356789]'?[a-z]*)[a-z2356789']*$")
# "5pcs", "3rd", "2kg": a number with its unit, not a letter in disguise.
_NUMBER_WITH_UNIT = re.compile(
    r"^\d+(?:st|nd|rd|th|pcs?|pieces?|cm|mm|kg|aed|dhs?|am|pm|days?|hrs?|mins?|seaters?|x\d+|k)$"
)
_CODE = re.compile(r"^(?=.*\d{2})[a-z0-9\-]+$|^[a-z]{1,5}-\d[a-z0-9\-]*$")

# Latin tokens that say nothing about the language of an Arabic line: units and currency.
_NEUTRAL = frozenset(["aed", "dhs", "dh", "cm", "mm", "kg", "pcs", "pc", "xl", "sku", "vat", "usd", "sar"])

_ARABIZI_WORDS = """
    abi abe abgha abgi abga aba abghi bghait nabi nabgha tabi tabgha areed arid ayez 3ayez abee
    shu sho shou shno shino shinu esh eish aish wesh wish shlonak shlonik shlon shloon shlonkum
    kam kem chem cham bkam bkm bikam kaif keif kef keefak kifak kefak leish lesh laish wain wayn wein wen
    fee fe fih feeh fi mafi mafee aku maku 3indkom andkom andkum indkom indkum endkom endkum 3ndkom
    el il al wel wil bel bil lel lil min men ila ela 3ala maal mal haq hag
    salam salaam assalam asalam alsalam aleikum alaikum alaykum wa3alaikum marhaba mar7aba hala halla
    ahlan ahlein sabah masa alkhair elkheir alkhaer alnoor
    shukran shokran mashkoor mashkur mashkoora tislam teslam tslm yatik yateek yaatik a3tik afya alafia
    habibi habeebi 7abibi akhi akhoy khoy okhti ya yalla yallah inshallah inshalla mashallah wallah
    zain zein zayn tamam tmam khalas khlas 5alas aiwa aywa ewa na3am naam la2 laa mub mob mu mo mish mesh
    korsi kursi kirsi karasi karasy karaasi kerasi maktab makatib makateb tawla tawlat tawila tawlah
    taawla kanab kanaba kanabat qanafa ganafa dolab dulab doolab kabat kabatat raf rfoof
    aswad iswid abyad abyadh ahmar azrag azraq akhdar ramadi rasasi bunni benni asfar
    dirham darahim se3r si3r s3r as3ar asaar ghali ghaly rkhis rikhis arkhas r5is tahat ta7t taht foug foog
    aqal aktar akthar tagreeban taqreeban
    mawjood mawjud mawjuda mawjooda mawjoud motawafer mutawafer
    abgha bas wayed wayid wajid hatha hadha hay hathi shay shi shai wa9alni ana anta enta inta
    inti enti ente ehna intu intum huwa hiya mnu meno dazli dazly 6arresh tarish lo law samaht samahti
    samahtu momken mumkin mumken arja argoo a3tini atini 3atni atni waraini warini urid uridu abeeh
    ma3 ma3a maa3 bidoon bdon gheir ghair lon loon loonha lonha kbeer kbir kabeer sagheer sgheer saghir
    jadid jdid alyoum elyoum bacher bokra bukra bukrah baaden ba3dain ma mahad kalam akalim akallim akalem
    mudeer modeer mowathaf mowadhaf insan
"""

_ENGLISH_WORDS = """
    a about above all also am an and any anyone are as at available be below best better between big black
    blue brown but buy by call can cheap cheaper chair chairs color colour colours colors come could day
    deliver delivery desk desks do does don't done each ergonomic executive find fine for from furniture
    get give go good great green grey gray hello help hey hi hours how human i i'd i'm i'll if in is it
    it's item just know large leather less like list location looking love make manager many maybe me mesh
    message minimum maximum more morning afternoon evening much my name need new next nice no not now of
    office on one only or order other our out over people person please pls price prices product products
    quote quotation red sales sample samples see send set share show showroom sir small sofa sofas some
    someone something soon sorry speak steel stock sure table tables talk team thank thanks thx that the
    them there these they this three to today tomorrow two under up us very visit wait want warranty was
    we welcome what what's when where which white who why will with wood wooden would yeah yes you your
    bye goodbye see later cabinet cabinets shelf shelves locker lockers stool stools meeting reception
    cancel confirm back again thing really than max min range budget cost costs free fast quick
"""

_ARABIZI = frozenset(_ARABIZI_WORDS.split())
_ENGLISH = frozenset(_ENGLISH_WORDS.split())


def _latin_score(token: str) -> int:
    """Positive for Arabizi, negative for English, 0 for a token that could be either."""
    if token in _ARABIZI and token not in _ENGLISH:
        return 2
    if token in _ENGLISH:
        return -2
    if _NUMBER_WITH_UNIT.match(token) or _CODE.match(token) or token.isdigit():
        return 0
    if _ARABIZI_DIGIT.match(token):
        return 3
    return 0


def language_tag(text: str) -> LanguageTag | None:
    """Say how `text` is written, or None when it holds no letters (a number, an emoji, a blank).

    `mixed` is Arabic letters beside at least one Latin word that is no unit, currency or code.
    """
    folded = fold(text)
    latin = [token.strip("'-") for token in _LATIN_TOKEN.findall(folded)]
    latin = [token for token in latin if any(character.isalpha() for character in token)]
    if _ARABIC_LETTER.search(folded):
        words = [
            token
            for token in latin
            if len(token) >= 2
            and token not in _NEUTRAL
            and not _NUMBER_WITH_UNIT.match(token)
            and not _CODE.match(token)
        ]
        return "mixed" if words else "ar"
    if not latin:
        return None
    return "arabizi" if sum(map(_latin_score, latin)) > 0 else "en"


def reply_language(tag: LanguageTag | None, previous: ReplyLanguage | None) -> ReplyLanguage:
    """Choose the language of the answer to a turn tagged `tag`.

    `previous` is the language of the chat's answer before, None at its beginning. Mixed and Arabizi
    are answered in Gulf Arabic unless the customer has been writing English; a turn without letters
    keeps the language of before, and English when there is none.
    """
    if tag in ("en", "ar"):
        return tag
    if tag is None:
        return previous or "en"
    return "en" if previous == "en" else "ar"
