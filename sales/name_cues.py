"""The words that introduce a company's or a person's name, in the four ways of writing, as patterns (pure).

They are matched against folded lines (`sales.fact_text`); `sales.names` reads the name behind them.
"""

from __future__ import annotations

import re

from text.alternatives import either

_SEPARATOR = r"(?:'?s|(?: (?:is|hi|huwa|هو|هي|تكون))(?!\w))?(?: (?:called|named))? ?[:=-]? ?(?<!\w)"
_FIRM = "(?:company|firm|organi[sz]ation|business|establishment|school|hospital|clinic|hotel|restaurant|shop)"
# "شركة X" in Latin letters; "sharika" alone is a company without its name.
_SHARIKA = "sh[ae]r[ie]?ka?t"
_THE_COMPANY = "(?:شركتنا|شركتي|الشركه|شركه|المنشاه|الموسسه|المحل)"
_CHANGE = "(?:change|update|correct) (?:the |my |our )?"
_NAMED_COMPANIES = either(
    rf"""
    (?:(?:my|our|the) )?{_FIRM}(?:'s)? name{_SEPARATOR} ; (?:my|our) {_FIRM}(?:'s name)? is (?:called )?\b
    the {_FIRM} is (?:called |named )?\b ; {_FIRM} ?[:=] ? ; {_FIRM} (?:is )?(?:called|named|اسمها|اسمنا) \b
    {_CHANGE}{_FIRM}(?: name)? to \b
    (?:اسم )?(?:ال)?(?:شركه|موسسه)(?:نا|تنا|تي)? ?(?:اسمها \b|هي \b|هو \b|[:=-] ?)
    (?:شركتي|شركتنا|موسستنا) ?(?:اسمها \b|هي \b|[:=-] ?) ; اسم {_THE_COMPANY} ?(?:هو \b|هي \b|[:=-] ?)
    (?:ism|esm) (?:el |al )?(?:{_SHARIKA}|sharika)?(?:na|i|ti|tna)? ?[:=]? ?
    {_SHARIKA}(?:na|ti|i|tna) (?:esmha |ismha |ismaha )?
    """
)
NAMED_COMPANY = re.compile(rf"(?<!\w)(?:{_NAMED_COMPANIES})")
# "تكتبون اسم الشركة عليه": without a sign between, it has to begin what is said.
ARABIC_NAMED_COMPANY = re.compile(
    r"(?:^|(?<=[,.\n:])|(?<=[,.\n:] )|(?<=غلط )|(?<=عدل )|(?<=عدلوا )|(?<=صح )|(?<!\w)و)"
    rf"اسم {_THE_COMPANY} (?:شركه )?"
)
# "company is Palm Clinic", "شركتنا Gulf Horizon": no word says "name", so what follows must look like one.
_OF_A_COMPANY = "names?|address|e-?mail|location|details?|type|size|website|licen[cs]e"
BARE_COMPANY = re.compile(
    r"(?:^|(?<=[,.\n:!;])|(?<=[,.\n:!;] ))(?:and |w |و ?)?"
    rf"(?:(?:(?:my|our|the|ال) ?)?company (?:is )?(?:called )?(?!(?:{_OF_A_COMPANY})(?!\w))"
    r"|(?:el |al |il )?sharikah? |الشركه (?=[a-z])"
    r"|(?:شركتنا|شركتي|موسستنا) )(?P<kind>(?:شركه|موسسه|مجموعه) )?"
)
_WRONG = either(
    r"""
    (?:is |was )?(?:written |spelled |spelt )?(?:wrong|incorrect|not (?:right|correct|true)|a typo)
    (?:is not|isn'?t|was not|wasn'?t) [^,.\n]{1,60} ; (?:هو |هي )?(?:غلط|خطا) ; (?:مب|مو|مش) [^,.\n]{1,60}
    (?:mb|mu|mo|mub|mob|mish) [^,.\n]{1,60} ; (?:ghala[t6]|8ala6|'3ala6)
    """
)
_RIGHT = either(
    r"""
    it'?s ; it is ; (?:it )?should be ; use ; write ; put ; make it ; sorry
    (?:the )?(?:right|correct) (?:one |name |company )?is ; الصح(?:يح|يحه)?(?: هو| هي)? ; هو ; هي ; اسمها
    اكتبوا? ; (?:el |al )?(?:sa7|9a7|sah)(?:ee7|i7|eeh)? ; hiya ; huwa ; esmha
    """
)
_RIGHT_ONE = rf" ?(?:{_WRONG})[ ,.!;\n-]*(?:(?:and|but|no|و)[ ,]*)?(?:{_RIGHT}) ?[:=-]? ?(?<!\w)"
_COMPANY_CORRECTED = either(
    rf"""
    {_FIRM}(?:'?s)? name ; company ; firm ; (?:اسم )?(?:ال ?)?(?:{_THE_COMPANY}|company)(?: name)?
    (?:(?:ism|esm) )?(?:el |al )?(?:{_SHARIKA}|sharika)(?:na|ti|tna)?
    """
)
# What was wrong, then the right one: "the company name is wrong, it's Gulf Star".
CORRECTED_COMPANY = re.compile(
    rf"(?<!\w)(?P<what>{_COMPANY_CORRECTED}){_RIGHT_ONE}(?P<kind>(?:شركه|موسسه|مجموعه|{_SHARIKA}) )?"
)
CORRECTED_PERSON = re.compile(rf"(?<!\w)(?:(?:my|the|contact) name|اسمي|الاسم|[ei]sm[iy]){_RIGHT_ONE}")
_FROM_COMPANIES = either(
    r"""
    (?:calling|writing|messaging|texting|contacting you|here) from ; (?:on )?behalf of ; representing
    i work (?:for|at|with|in) ; (?:we'?re|we are|i'?m|i am) (?:with|from|at) ; we are ; we're
    (?:quotation|quote|invoice|offer|proforma)(?: should be| must be)? (?:for|to|under)
    (?:in|under) the name(?: of)? ; a7na ; 7na ; m[ei]n(?! fa[dz]h?l) ; من طرف ; احنا ; نحن ; حنا ; باسم ; من
    """
)
FROM_COMPANY = re.compile(rf"(?<!\w)(?:{_FROM_COMPANIES})(?!\w) ?")
_BEFORE_SHARIKA = "(?:من|انا|معك|معاك|نحن|احنا|حنا|باسم|اسم|وياك|men|min|mn|ana|from|of|for)"
ARABIC_COMPANY = re.compile(
    rf"(?:(?:^|(?<=[\n,.])|(?<!\w){_BEFORE_SHARIKA}) ?)(?:شركه|موسسه|مجموعه|{_SHARIKA}) "
)
_NAMED_PERSONS = either(
    rf"""
    my (?:full |first )?name{_SEPARATOR} ; my name changed to \b ; (?:contact(?: person| name)?|name) ?[:=] ?
    (?:attn\.?|attention) ?[:=] ? ; contact (?:person|name){_SEPARATOR} ; call me \b
    (?:change|update|correct) (?:the |my )?(?:contact )?name to \b ; (?:انا )?اسمي(?: الكامل)?{_SEPARATOR}
    الاسم(?: هو \b| ?[:=-] ?) ; اسم (?:المسوول|الشخص المسوول|جهه الاتصال){_SEPARATOR}
    معا?ك اخوك \b ; اخوك \b ; اختك \b ; (?:ana )?[ei]sm[iy] \b
    """
)
NAMED_PERSON = re.compile(rf"(?<!\w)(?:{_NAMED_PERSONS})")
_OTHER_NAMES = either(
    rf"""
    {_FIRM} ; product ; item ; brand ; meaning of ; user ; file ; model ; change ; remove ; delete ; your
    what'?s ; معني ; شيلوا ; احذفوا ; امسحوا ; رمز
    """
)
NOT_THEIR_NAME = re.compile(rf"(?:{_OTHER_NAMES})(?: the| my)? ?$")
WEAK_PERSON = re.compile(
    r"(?<!\w)(?:(?:this|it)(?: is|'s)|i am|i'?m|its|انا|معا?[كج]|معا?كم|ويا[كج]|ana|m3a?k|ma3a?[ck]h?|wiyak"
    r"|weyak|hatha|هذا) "
)
# "quote pls. Tariq from Oryx Hub": a name that nothing introduces begins what is said.
SENTENCE_START = re.compile(r"^|(?<=[.,!;\n]) ?(?=[^\W\d_])")
PERSON_BEHIND = re.compile(
    r"(?:^|(?<=[,.\n!]) ?|hi |hello )(?P<name>[^\W\d_]+(?: [^\W\d_]+)?) (?:here|speaking)(?!\w)"
)
ORIGIN = re.compile(
    rf",? ?(?:from|of|at|with|representing|men|min|mn|من)(?: the)?(?: (?:company|شركه|موسسه|{_SHARIKA}))? "
)
_I_WORK = r"و(?:انا )?(?:اشتغل|شغال|شغاله|اعمل) (?:في|مع|حق|عند|لدي)|wa? (?:ana )?[ae]shte?ghe?l fi"
AND_OF = re.compile(
    r",? ?(?:(?:شركه|موسسه|and (?:my|our|the) company is|(?:and )?i work (?:for|at|with)"
    rf"|w ?{_SHARIKA})|(?:{_I_WORK})(?: شركه| موسسه| {_SHARIKA})?) "
)
