"""Words for bounds that nothing may pass, for stock, and for several positions of a list.

Arabic is written folded (no hamza, ه for ة, ي for ى). All are alternatives of regular expressions without
anchors; `text.amount_words` and `text.contexts` say where they have to stand.
"""

from __future__ import annotations

from text.alternatives import either

# "none of them over 1600", "not one that costs more than 900", "ولا واحد فوق ٥٠٠"
_NONE = (
    r"(?:(?:none|nothing|not (?:a single )?(?:one|any(?:thing)?))(?: of (?:them|these|those|the \w+))?"
    r"(?: (?:that|which|is|are|be|should|must|to|cost(?:s|ing)?|priced|goes|going|for|at))*"
    r"|(?:ولا|و لا|wa? ?la) (?:واحد|وحده|شي|wa[7h]e?da?h?|shay)"
    r"(?: (?:منهم|فيهم|منها|فيها|menhu?o?m|min ?hu?o?m|feehu?o?m|[يت]كون|[يت]كلف|سعره|سعرها|y?koo?n))*)"
)
# "ما يكلف اكثر من", "ma yakhith akthar min", "shouldn't cost more than"
_NEVER = (
    r"(?:(?:ما|لا) ?[يت][^\W\d]{2,7}(?: (?:شي|سعره|سعرها|سعر|علي|علينا))?"
    r"|(?:ma|la) ?[yt][a-z'\d]{2,8}(?: shay)?"
    r"|(?:(?:do|does|should|must|would|could)(?:n'?t| not)|can'?t|cannot|won'?t)"
    r" (?:cost|be|come|go|run|take)(?: (?:to|up|up to|for|me|us))?)"
)
_BEYOND = (
    r"(?:over|above|beyond|exceeding|(?:more|higher|greater|dearer|costlier|pricier|more expensive) th[ae]n"
    r"|فوق|(?:اكثر|اكتر|اغلي|ازيد|اعلي) (?:من|عن)"
    r"|fo+[2qg]|foug|fouq|(?:a[ck][tk]h?ar|agh?la|a8la) (?:min|men|mn))"
)
_SHORT_OF = (
    r"(?:under|below|beneath|(?:less|lower|cheaper) th[ae]n|تحت|(?:اقل|ارخص|ادني) (?:من|عن)"
    r"|t[ae]?7[ae]?t|t[ae]h[ae]?t|(?:a?[q2g8]al+|ar(?:5|kh)as) (?:min|men|mn))"
)
NO_MORE, NO_LESS = (f"(?:{_NONE}|{_NEVER}) {bound}" for bound in (_BEYOND, _SHORT_OF))
# "lines 1, 3 and 7": the word stands before the first of them only.
OPTIONS_CUES = either(
    r"""
    numbers ; nos ; options ; items ; lines? ; choices ; products ; pic(?:ture)?s ; photos ; images
    ar[qg]a+m ; (?:ال)?(?:ارقام|خيارات|اختيارات|منتجات|صور|بنود|بند|سطور|سطر|اسطر)
    """
)
_AT_HAND = either(
    r"""
    mawjoo?d(?:a|een)? ; m[ei]?t[ea]?waf+[ei]?r(?:a|een)? ; [يم]توفر(?:ه|ات|ين)?
    موجود(?:ه|ات|ين)? ; جاهز(?:ه|ات|ين)?
    """
)
# How many there are to be had: "at least 10 in stock", "متوفر منه ١٠ على الاقل".
STOCK_TAILS = f"{_AT_HAND}|" + either(
    r"""
    (?:(?:are|is|be|or more|and more|still) )?(?:(?:in|on|from) (?:the )?(?:stock|hand)|available)
    ready ; left ; (?:في|ب)? ?(?:ال)?(?:ستوك|مخزن|مخزون)
    """
)
STOCK_CUES = f"{_AT_HAND}|" + either(
    r"""
    (?:in )?stock(?: (?:of|is|be|level|with))* ; available ; (?:ال)?(?:ستوك|مخزون)
    """
)
