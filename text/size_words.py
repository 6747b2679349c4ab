"""Words around a measure that make it a limit, and the side that it limits.

Arabic is written folded (no hamza, ه for ة, ي for ى). Every list is alternatives of regular
expressions without anchors; `text.size_limits` says where it has to stand.
"""

from __future__ import annotations

from text.alternatives import either
from text.roles import Side

# "desk wider than 140": what is compared is a length, whether or not its unit is said.
_THAN = r"(?: (?:then|than)| ?(?:من|عن)| (?:min|men|mn|mini?))"
MORE = (
    r"(?:(?:taller|wider|broader|longer|deeper|اطول|اعرض|اعمق|a(?:6|t)(?:wal|ool)|a3ra'?[d9]h?|a3mag)"
    rf"(?: شوي)?{_THAN})"
)
LESS = r"(?:(?:narrower|shorter|shallower|اقصر|اضيق|a[gq][s9]ar|a[dz9]h?ya[qg])" + f"{_THAN})"
# With these it is one only if a unit or the name of a side is there: "higher than 500" may be a price.
MORE_OF_ANYTHING = r"(?:(?:higher|bigger|larger|greater|more|over|above)(?: than| then)?" + (
    rf"|(?:اعلي|اكبر|اكثر|ازيد|a[ck]bar|a3la|a[ck][tk]h?ar|azyad){_THAN}|فوق|fo+[2qg]|foug)"
)
LESS_OF_ANYTHING = r"(?:(?:lower|smaller|less|under|below)(?: than| then)?" + (
    rf"|(?:اوطي|اصغر|اقل|a[s9]gh?ar|a98ar|a[8gq]al+|aw6a){_THAN}|تحت|t[ae]?7[ae]?t|t[ae]h[ae]?t)"
)
# "not taller than", "shouldn't be wider than", "ما ابيه يكون اعرض من"
NOT = (
    r"(?:(?:not|no|nothing|never|none|cannot|(?:is|are|do|does|should|must|can|could|would|will|may)"
    r"(?:n'?t| not)|won'?t|can'?t|m[aou]|m[aou]?b|m[ou]h[ou]?b|m[eiou]*sh|la|مو|مب|مش|مهب|مهوب|موب|ما|لا)"
    r"(?: ?(?:be|to|get|go|want|need|have|it|them|one|ones|any|anything|something|much|too"
    r"|ا?بي(?:ه|ها|هم)?|ا?بغ(?:ي|اه|اها|اهم)|ا?با(?:ه|ها|هم)?|نبي(?:ه|ها)?|نبغي|شي|[يت]كون(?:ون)?|[يت]صير"
    # "ما ياخذ مكان اكثر من", "can't take up more than"
    r"|take|occupy|cover|up|space|room|[يت][^\W\d]{2,7}|[yt][a-z'\d]{2,8}|مكان|مساحه|mak[ae]n|masa7a"
    r"|width|height|depth|عرض|عرضه|طول|طوله|ارتفاع|ارتفاعه|عمق|عمقه|3ar[d9]h?[ae]?h?|6oo?la?h?"
    r"|a?bi|a?bee?h?a?|a?ba|a?bgh?[ai]|nabi|[yt]e?koo?n|shay|shi))*)"
)
# Beside the limits of `text.amount_words`, which hold for prices as well.
AT_MOST = either(
    r"""
    (?:should|must|may|can|could|would|will|do|does|is)(?:n'?t| not) (?:be )?(?:exceed(?:ing)?|go over)
    not to (?:exceed|go over) ; not exceed ; (?:fits?|fitting|goes?) (?:in|into|within|under)
    (?:ما|لا) ?[يت](?:تجاوز|جاوز|زيد|تعدي|تعدا|عدي|طوف|فوت|كون اكثر)(?:ون|وا)?(?: ?(?:عن|من|علي))?
    (?:ma|la) [yt][ae]?(?:ta?3add?[aei]+|zeed|zid|ziid|ta?jaw[aei]z|3addi)(?: (?:3an|3ala|3n|3la|min|men|mn))?
    (?:ال)?(?:اقصي|اعلي|اكبر)(?! من) ; a[gq8][s9]a
    """
)
AT_LEAST = either(
    r"""
    (?:ما|لا) ?[يت](?:قل|نقص|نزل)(?:ون)?(?: ?(?:عن|من))?
    (?:ma|la) [yt]e?(?:gil|qil|nga?[s9]|2il)(?: (?:3an|min|men))?
    (?:ال)?(?:ادني|اقل)(?! من)
    3al+ ?a[gq28]al ; 3ala ?(?:el |al )?a[gq28]al
    """
)
AT_MOST_BEHIND = either(
    r"""
    max(?:imum)? ; at (?:the )?most ; tops ; (?:or|and) (?:less|smaller|shorter|narrower|lower|under|below)
    (?:و|او) ?(?:تحت|اقل|اصغر|اقصر|اضيق) ; (?:ك?حد )?(?:ال)?(?:اقصي|اعلي)(?! من) ; بالكثير ; بالاكثر
    علي الاكثر ; ماكس(?:يموم)? ; bel ?kath?ee?r ; bilkath?ee?r ; w ?(?:t[ae]?7[ae]?t|t[ae]h[ae]?t|a[gq28]al)
    """
)
AT_LEAST_BEHIND = either(
    r"""
    min(?:imum)?(?! (?:el|al|il|hal|hatha|hay)(?!\w)) ; at (?:the )?least
    (?:or|and) (?:more|bigger|larger|longer|wider|taller|higher|above|over|up) ; \+ ; up ?wards?
    (?:و|او) ?(?:فوق|اكثر|اكبر|اطول|اعرض) ; (?:ك?حد )?(?:ال)?ادني ; علي الاقل ; عالاقل ; ع الاقل
    ف?ما فوق ; فاكثر ; 3al+ ?a[gq28]al ; w ?(?:fo+[2qg]|foug|ak[tk]h?ar)
    """
)
# The names of sides, which win over what is compared: "width not higher than 120". The Arabic "طول" is the
# height of a cupboard as well as the length of a table, so it names no side.
SIDES: dict[Side, str] = {
    "width": r"width|wide|(?:(?:[بو]|وب)?(?:ال|لل|ل)?عرض)(?:ه|ها|هم)?|(?:el |al )?3ar'?[d9]h?(?:ah|ha|a|oh)?",
    "height": (
        r"heigh?th?|high|tall|(?:(?:[بو]|وب)?(?:ال|لل|ل)?ارتفاع)(?:ه|ها|هم)?"
        r"|(?:el |al )?irtifa3(?:ah|ha|a|oh)?"
    ),
    "depth": r"depth|deep|(?:(?:[بو]|وب)?(?:ال|لل|ل)?عمق)(?:ه|ها|هم)?|(?:el |al )?3um[qg](?:ah|ha|a|oh)?",
    "length": r"length|lenght|long",
}
COMPARED_SIDES: dict[Side, str] = {
    "width": r"wider|broader|narrower|اعرض|اضيق|a3ra'?[d9]h?|a[dz9]h?ya[qg]",
    "height": r"taller|higher|lower|اعلي (?:من|عن)|اوطي (?:من|عن)|a3la",
    "depth": r"deeper|shallower|اعمق|a3mag",
    "length": r"longer",
}
# Of people, not of things: "for staff taller than 190 cm".
PEOPLE_BEFORE = r"(?:people|persons?|someone|somebody|staff|guys?|users?|i'?m|i am|he'?s|he is|she is)"
