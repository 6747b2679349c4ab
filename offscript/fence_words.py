"""What a draft may not say about prices outside of placeholders, and the closed list of what it may (G6).

Folded text: Arabic without hamza, ه for ة, ي for ى. Each list is data with a test for each entry; it grows
from what reviewers find in rejected and in sent drafts.
"""

from __future__ import annotations

import re

from offscript.placeholders import PLACEHOLDER_MARK
from text.alternatives import either
from text.claims import RELATIVE_PRICE

_SERVICES = (
    r"(?:deliver\w*|shipping|install\w*|assembl\w*|fitting|set ?up|removal|maintenance|service|visit"
    r"|everything|packag\w*)"
)
_SERVICES_ARABIC = "(?:و?ال)?(?:توصيل|تركيب|شحن|نقل|تغليف|صيانه|خدمه|فك|رفع)(?:ه|ها|هم)?"
_PRICE = r"(?:prices?|cost|rates?|amount|total|bill|invoice|quote|offer|deal|figure)"
_PRICE_ARABIC = r"(?:ب|ال|بال|و|وال)?(?:سعر|اسعار|قيمه|ثمن|تكلفه|مبلغ|عرض)(?:ه|ها|هم|نا|ك)?"

PER_CENT = re.compile(
    r"[%‰‱]|(?<!\w)(?:per ?cents?|percents?|percentages?|pct|p\.c\.)(?!\w)"
    r"|(?<!\w)(?:ب|في |ف|عال|بال|فال)? ?(?:ال)(?:ميه|مايه)(?!\w)"
    r"|(?<!\w)(?:bil|fil|bel|fel) ?m[iey]+y?[ae]h?(?!\w)"
    r"|(?<!\w)نسبه (?:ال)?خصم"
)
# Money without a currency's name.
MONEY = re.compile(
    r"(?<!\w)(?:\w*dhs|fils|fulus|floo?s|cents?|halalas?|pence|penny|pennies|quid|bucks?|usdt|btc"
    r"|bitcoins?|crypto|dirha\w*|derha\w*|d[aeiou]*r[aeiou]*h[aeiou]+m\w*|di?r?hams"
    r"|dihram\w*|dollar\w*|rupi\w*|lira|liras|francs?"
    r"|yen|bahts?|roubles?|rubles?|pesos?|shekels?|toman|rials?|riyals?|reals|euros?|yuan|rmb"
    r"|cash ?back|peanuts"
    r"|[وبلفك]?(?:ال)?(?:فلس|فلوس|فلسين|هلله|هلالات|قرش|قروش|ليره|فرنك|روبل|بيزه|كاش ?باك|بيتكوين)(?:ك|كم|ي)?"
    r"|\w*(?:درهم|دراهم|دراهيم|ريال|دولار|دنانير|دينار|جنيه|روبيه|ربيه|روبيات|ربيات)\w*|[وب]?يورو)(?!\w)"
)
# Nothing to pay, less to pay, or something with it: nobody may write this, people who write responses
# neither.
_GIVEN_AWAY = either(
    rf"""
    free ; freebies? ; rebates? ; vouchers? ; coupons? ; promos? ; promo(?:tion|tional)s? ; promocode
    clearance ; on sale ; (?:flash|summer|winter|big|hot) sale ; bargains? ; gratis ; complimentary
    waiv\w+ ; gifts? ; giveaways? ; bonus ; cashback ; savings? ; foc ; f\.o\.c ; bogo ; b1g1 ; markdown
    marked down ; a steal ; saves? (?:you |u |up |even |extra |some |big|money|more|on |half|a lot|lots)
    knock\w* (?:\w+ )?off ; money off ; (?:half|something|some|bit|lot|more|extra|further)[ -]off
    off the {_PRICE} ; next to nothing ; for a song
    (?:pay|pays|cost|costs|charge|charges|charged|worth|for) (?:you |us )?nothing
    (?:no|zero|without|any|nil|0|not|never|won'?t|don'?t|doesn'?t|isn'?t|aren'?t|null)[ -](?:(?:be|been|
        have|has|there|is|extra|additional|further|any|a|the|delivery|shipping|installation|assembly|
        service|hidden|more|you|it|for) ){{0,3}}(?:charges?|charged|charging|fees?|costs?|surcharge)(?! of)
    nothing (?:to pay|extra|more to pay|else to pay|at all to pay) ; at (?:no|cost|zero) ; cost price
    (?:don'?t|doesn'?t|won'?t|not|never) (?:have to |need to |gonna )?pay ; no payment
    pay (?:only|just|half) ; on (?:us|me|the house) ; (?:our|my) treat ; tax[ -]?free ; vat[ -]?free
    no (?:vat|tax) ; zero[ -]rated
    {_SERVICES}(?: \w+){{0,4}} (?:is |are |comes? |was |all |also |both )*(?:included|inclusive|incl|
        covered)
    (?:includ(?:es?|ing|ed)|inclusive|incl\.?|covers?|covering)(?: of| the| our| full| all)* (?:free |
        {_SERVICES})
    (?:we|i|us|the (?:shop|company|boss))(?:'ll| will| can| would)? (?:pay|cover|absorb|
        bear) (?:for )?(?:the |your )?(?:{_SERVICES}|vat|tax|costs?|fees?|charges?)
    (?:remove|drop|skip|take care of|forget) (?:the |your )?(?:\w+ )?(?:vat|tax|costs?|fees?|charges?)
    without paying ; on our (?:side|account|expense|bill|tab) ; من جيبنا
    [بن]?شيل (?:عنك |عليك |لك )?(?:ال)?ضريبه ; half now ; for less ; for the price ; two for
    (?:buy|take|order|get) (?:one|two|three|a|any)(?: \w+){{0,3}} get
    (?:second|third|other|2nd|next) (?:one )?(?:half|free|on us)
    gets? (?:one|the second|another) (?:free|with) ; half of ; a fraction of ; owes? (?:us |me )?nothing
    store credit ; as a (?:present|treat) ; (?:tax|vat)[ -]?exempt ; exempt(?:ed)? from (?:the )?(?:tax|vat)
    (?:معفي|معفيه|معفيين|اعفاء|نعفيك|اعفيناك)(?:م)? (?:من )?(?:ال)?ضريبه
    [وفبكل]?(?:ال)?(?:كوبون|كوبونات|قسيمه|قسايم|مجاني|مجانيه|مجانا|مجان|بلاش|بلوشي|هديه|هدايا|هديتك|لقطه|
        فري)
    [وف]?ببلاش ; عروض خاصه ; (?:ال)?عرض (?:خاص|اليوم|الاسبوع|الشهر|محدود)
    (?:بدون|من غير|بلا|ما عليه|ما عليها|ما فيه|ما فيها|مافي|ما في|دون|لا توجد|ماكو|بغير) (?:اي )?(?:رسوم|
        مقابل|تكلفه|ثمن|فلوس|مصاريف|دفع|زياده|شي زياده)
    {_SERVICES_ARABIC} (?:كله |هم |بعد |كلها )?(?:علينا|مشمول|مشموله|شامل|شامله|ضمن|من عندنا|محسوب|محسوبه|
        داخل|داخله|مع|ببلاش|هديه|واصل)(?! ?(?:ال)?فريق)
    (?<!ما )(?<!غير )(?:شامل|شامله|يشمل|تشمل|مشمول|متضمن|متضمنه|ويشمل) (?:كل شي|{_SERVICES_ARABIC})
    علي حساب(?:نا|ي) ; علي المحل ; خل(?:ه|يها) علينا ; ما ?تدفع ; ما بتدفع ; ولا تدفع ; ما ندفعك
    ما [يت]كلف\w* ; ما ب?نحسب\w* ; ولا (?:شي|درهم|فلس) زياده ; اشتر\w* \w+ و(?:خذ|احصل)\w* ; علينا
    الثاني (?:بنص|هديه) ; نصه ; نصها ; بنصه ; b?b?bal+a+sh ; b?lash ; majan\w* ; majj?an\w*
    h[ae]d[iy]+y?[ae]h? ; bidoon f[ul]\w+ ; 3alaina ; 3al[ae]yna
    """
)
# What compares prices or moves them: designers may offer to look for it, a model may not promise it.
_COMPARED = either(
    rf"""
    (?:a|one|two) (?:third|fifth|tenth|sixth|eighth)s? ; round(?:ed|ing)? (?:it |that )?(?:down|off|up)
    split the difference ; (?:today|now) (?:it's |its )?(?:lower|less) ; lower (?:today|now)
    (?:ب)?سعر رمزي ; [بن]نزل لك(?:م)? ; discount\w* ; cheap\w* ; mark ?ups? ; wholesale
    (?:more|less|too|not|least|most) (?:expensive|costly|pricey) ; dearer ; pricier ; costlier ; negotiab\w+
    go (?:any )?lower ; come down ; (?:lower|reduce|slash|halve|cut) it
    (?:price|cost|total|rate)s? (?:already )?(?:includ\w+|cover\w+|drop\w*|cut\w*|reduc\w+|match\w*|fell|
        fall\w*)
    (?:lower|reduce|reduced|reducing|drop|cut|cutting|slash\w*|beat|match|halve|double|round|raise|increase|
        bring down|adjust|improve|decrease|negotiat\w+)(?: down)? (?:it|that|this|the|your|our|my|on the|
        for you)(?: \w+)? ?{_PRICE}
    (?:lower|reduced|better|special|best|good|great|new|old|final|last|lowest|same|half|similar|friendly|
        sharp|competitive|identical|equal) (?:prices?|costs?|rates?|deals?|total|offers?(?! for delivery))
    same as ; as much as ; {_PRICE} of (?:one|a|two) ; double the ; triple the ; twice (?:the|as|that)
    [وفبكل]?(?:ال)?(?:خصم|خصوم|خصومات|خصميات|تخفيض|تخفيضات|تخفيضي|تنزيل|تنزيلات|ارخص|ارخصها|ارخصهم|رخيص|
        رخيصه|رخاص|اغلي|ديسكاونت|اوفر)
    [بن]?خصم(?:نا|ت|لك|لكم|ها|ه)\w* ; [يتبنا]{{1,2}}خصم\w* ; [يتبنا]{{1,2}}(?:خفض|رخص|راعي)\w* ; عروض
    (?:خفضنا|نزلنا|رخصنا|راعينا\w*|مخفض|مخفضه) ; [يتبنا]{{1,2}}نزل(?: لك| لكم)?(?: في| من)? ?{_PRICE_ARABIC}
    [يتبنا]{{1,2}}نزل(?:ه|ها|لك|لكم|هم) ; [تبني]{{1,2}}وفر (?:لك|لكم|عليك|فلوس|مبلغ|اكثر) ; توفير في
    {_PRICE_ARABIC} (?:خاص|خاصه|مميز|احسن|افضل|اقل|نهايي|اخير|حلو|زين|مخفض|الجمله|المصنع|التكلفه)
    (?:احسن|افضل|اقل|نفس|ادني|اخر|بنفس|بنص|نص|ضعف|بضعف|ضعفين|اعلي|اكثر من|اقل من|ربع|ثلث) {_PRICE_ARABIC}
    (?:includ(?:es?|ing|ed)|inclusive|incl\.?)(?: of)?(?: the)? (?:vat|tax)
    (?:vat|tax)[ -](?:included|inclusive|incl)
    (?<!ما )(?<!غير )(?:شامل|شامله|يشمل|تشمل|مع|متضمن) (?:ال)?ضريبه ; (?:بدون|من غير|بلا|دون) (?:ال)?ضريبه
    ضعف ; ضعفين ; اضعاف ; قابل للتفاوض ; نتفاهم علي (?:ال)?سعر ; (?:5|kh)a?[s9]i?m\w* ; ta(?:5|kh)fee\w*
    tanzeel\w* ; ar(?:5|kh)a[s9] ; r(?:5|kh)ee?[s9]\w* ; 3ar9 (?:5|kh)a[s9]
    """
)
# Arabic "and" and "so" are written onto the word.
_GIVEN_AWAY_WORDS = re.compile(rf"(?<!\w)[وف]?(?:{_GIVEN_AWAY})(?!\w)")
_COMPARED_WORDS = re.compile(rf"(?<!\w)[وف]?(?:{_COMPARED})(?!\w)")
# Claims that a reader still sees when they are cut in pieces ("dis count") or written with digits ("fr33").
CLAIM_WORDS = frozenset(
    """free discount discounts discounted cheap cheaper cheapest complimentary gratis rebate voucher coupon
    waived gift bonus cashback percent dirham dirhams dollar dollars wholesale promo promotion خصم خصومات
    تخفيض تخفيضات مجانا مجاني مجانيه ببلاش بلاش هديه ارخص درهم دراهم دولار ريال""".split()
)

# What holds a number word, a per cent sign or "free", and says nothing about a price. Closed, and read only
# where no price word follows.
_IDIOMS = re.compile(
    r"(?<!\w)(?:"
    + either(
        r"""
        one (?:moment|sec(?:ond)?|minute|min|more (?:thing|question|detail|time)|last (?:thing|question)|
            of (?:our|the|my|us|them|these|those)|by one|at a time|stop)(?!\w)
        (?:in|just|give me|within)? ?(?:a|one|just a) (?:second|sec|minute|moment)(?! hand) ; feel free to
        feel free ; (?:are|when|if|once|whenever) you(?:'re| are)? free
        (?:hands|wrinkle|stain|scratch|lead|stress|worry|hassle|trouble|care|toxin|rust|noise|glare|smoke|
            chemical|maintenance|bpa|formaldehyde)[ -]free
        free[ -]?standing ; toll[ -]free ; free (?:of|from) (?:toxins|formaldehyde|lead|rust|scratches)
        a (?:thousand|million|hundred) (?:thanks|apologies|times thank\w*) ; thanks a million
        (?:100 ?%|hundred per ?cent|one hundred per ?cent) (?:sure|agreed?|ok(?:ay)?|correct|right|yes|
            confirmed|true|certain|positive|clear|understood)
        (?:sure|agreed|certain|correct|right) 100 ?% ; half an hour ; half past ; second to none ; 24/7
        (?:first|second) thoughts? ; (?:on|at) (?:the )?one hand ; no one ; not (?:a single )?one of
        gift (?:box|wrap)ping ; same as (?:above|before|last time)(?= (?:size|colou?r|address))
        half[ -]height
        (?:الف|مليون|ميه) (?:الف )?(?:شكر|مشكور|مبروك|عافيه|تحيه|سلامه|هلا|اهلا|مرحبا|ورده|الحمد|سلام|بركه|
            صباح|مسا)\w*(?: (?:لك|لكم))?
        ميه ?(?:ب|ف|في )?ال?(?:ميه|مايه)(?= ?(?:تمام|اكيد|صح|متاكد|واضح|موافق|زين|[.!؟?,]|$))
        (?:تمام|اكيد|متاكد|متاكده|صح|موافق|واضح) ?(?:100 ?%|ميه ?(?:ب|في )?ال?(?:ميه|مايه))
        100 ?% (?:اكيد|متاكد|تمام|موافق|صح|واضح)
        (?:في |بعد )?(?:ثانيه|لحظه|دقيقه)(?: (?:وحده|واحده))?(?= (?:و|بس|من فضلك|لو سمحت|اشيك|اتاكد|الحين|
            خل)|[.!,،]|$)
        لحظه (?:وحده|واحده) ; دقيقه (?:وحده|واحده) ; كل واحد(?:ه)?(?: منهم| منها)?
        واحد من (?:فريقنا|الفريق|زملا\w+|الشباب|المختصين|الموظفين) ; نص ساعه
        يوم (?:ال)?(?:احد|اثنين|ثلاثا?|اربعا?|خميس) ; من كل قلب\w* ; عرض (?:ال)?سعر ; عروض (?:ال)?اسعار
        اخر (?:السعر|عرض سعر) ; (?:ال)?ايدي العامله ; لو ما عليك امر
        (?:الف|ميه) (?:الف )?(?:هلا|مرحبا|اهلين)\w* ; علي راسي ; alf (?:sh[uo]k[uo]?r\w*|mabrook|3afya|hala)
        m[iey]+ya? ?(?:b|bi|be)(?:l|el|al)? ?m[iey]+ya?(?= ?(?:tamam|akeed|[.!]|$))
        نص (?:الرساله|العقد|الايميل|العرض) ; qr codes?
        (?:اعتمد|تعتمد|اعتمدوا|توكل|مر|مروا|تمر|تمرون|سلم|سهل|سهله|هين|مب صعب|طرشها|وصلت|عزيز|غالي) علينا
        (?:ما|ولا) [يت]شمل (?:ال)?ضريبه ; (?:do(?:es)? not|don't|doesn't) include (?:the )?(?:vat|tax)
        (?:غير شامل(?:ه)?) (?:ال)?ضريبه
        """
    )
    + r")(?!\w)"
)
# Directly behind an idiom these turn it into a claim: "hundred per cent discount", "one of our deals".
_AFTER_IDIOM = re.compile(
    r"\W{0,3}(?:off|discounts?|less|of the price|deals?|aed|dirhams?|dhs?|درهم|دراهم|ريال|خصم)(?!\w)"
)

_MARK = PLACEHOLDER_MARK
# VAT comes on top of every catalog price, so these are true beside a placeholder of one.
VAT_ON_TOP = re.compile(
    rf"(?<={_MARK})(?:/-)?,? ?\(?(?:(?:plus|\+|before|excl(?:uding|usive of|\.)?|without|ex\.?) ?"
    r"(?:the )?(?:vat|tax)"
    r"|vat (?:is |comes )?(?:extra|on top|excluded|not included)"
    r"|(?:زايد|و|بدون|قبل|غير شامل(?:ه)?|\+|من غير) ?(?:ال)?ضريبه(?: المضافه)?"
    r"|(?:ال)?ضريبه (?:عليه|عليها|فوقه|زياده))\)?(?!\w)"
)
VAT_INSIDE = re.compile(
    rf"(?<={_MARK}),? ?\(?(?:(?:including|incl\.?|inclusive of|with) (?:the )?(?:vat|tax)"
    r"|(?:شامل|شامله|مع) (?:ال)?ضريبه(?: المضافه)?)\)?(?!\w)"
)
_JUST_BEFORE = either(
    r"""
    usually ; normally ; قريب ; عاده ; ما [يت]\w{2,5} ; minus ; plus ; times ; x ; half ; twice ; double
    triple ; less ; more ; under ; below ; over ; above ; about ; around ; nearly ; almost ; approximately
    approx\.? ; roughly ; circa ; up to ; upto ; down to ; at most ; at least ; max(?:imum)?(?: of)?
    min(?:imum)?(?: of)? ; between ; than ; from ; not ; never ; n't ; isn't ; off ; save ; saves ; without
    except ; divided by ; multiplied by ; within ; close to ; near ; starting(?: at)? ; starts at
    discount(?: of)? ; before ; after ; if not ; instead of ; pay only ; deposit(?: of)? ; every ; each
    per ; ناقص ; زايد ; اقل(?: من)? ; اكثر(?: من)? ; تحت ; فوق ; حوالي ; تقريبا ; حدود ; بحدود ; لين ; لحد
    من ; عن ; بين ; مو ; مب ; مش ; ليس ; مهب ; ضرب ; نص ; نصف ; ضعف ; ربع ; الا ; غير ; اعلي من ; قريب من
    خصم ; وفر ; توفر ; بدل ; بدال ; عربون ; مقدم ; كل ; ل ; لغايه
    """
)
_JUST_BEHIND = either(
    r"""
    a (?:pair|set|dozen) ; all ?together ; together ; delivered ; all[ -]in ; net
    with (?:delivery|installation)(?! (?:in|within)) ; minus ; plus ; times ; x ; less ; off ; more ; extra
    half ; or less ; or more ; or so ; and a (?:half|quarter|bit) ; and half ; to ; max(?:imum)?
    min(?:imum)? ; divided ; multiplied ; halved ; doubled ; approx\w* ; roughly ; around ; ish
    discount\w* ; monthly ; a month ; a year ; a week ; a day
    per (?:month|year|week|day|hour|set|pair|lot|order) ; upfront ; deposit ; now and
    (?:for|covers|is for) (?:all|both|everything|them|the (?:lot|pair|whole|set|order|rest|other))
    in (?:total|all) ; altogether ; cheaper ; lower ; higher ; only if ; instead
    and (?:under|below|above|up) ; ناقص ; زايد ; اقل ; اكثر ; الا ; تقريبا ; او (?:اقل|اكثر) ; وتحت ; وفوق
    خصم ; شهريا ; سنويا ; ب?الشهر ; في الشهر ; للكل ; للجميع ; كلهم ; مقدم ; عربون ; ضرب ; تقسيم ; قسمه
    ونص ; الي ; لين ; بعد الخصم ; حق الكل ; مع بعض
    """
)
JUST_BEFORE = re.compile(rf"(?<!\w)(?:{_JUST_BEFORE})(?: (?:the|just|only|a|بس|سعر|السعر|ال))?[ :]*$")
JUST_BEHIND = re.compile(rf"[ ,\-]*(?:{_JUST_BEHIND})(?!\w)")
# Directly before a number these make it money, whatever unit follows.
PRICE_CUE = re.compile(
    r"(?<!\w)(?:prices?|priced|costs?|costing|pay|paying|charges?|charged|fees?|rate|rates|worth|se3r\w*|si3r\w*"
    r"|[وب]?(?:ال)?(?:سعر|اسعار|تكلفه|قيمه|مبلغ|ثمن|رسوم)(?:ه|ها|هم|ك)?"
    r"|[يت]كلف\w*|تدفع|ندفع|يطلع|[بت]طلع)"
    r"(?: (?:is|are|was|now|just|only|about|at|around|will be|you|us"
    r"|هو|هي|بس|صار|يصير|حوالي|عليك|لك))*[ :=]*$"
)


def without_idioms(text: str) -> str:
    """The folded text with its idioms blanked out, at the same length; one that a claim follows is none."""

    def blank(match: re.Match[str]) -> str:
        return match.group() if _AFTER_IDIOM.match(text, match.end()) else " " * len(match.group())

    return _IDIOMS.sub(blank, text)


def gives_away(folded: str) -> bool:
    """Whether folded text without idioms says that something costs nothing, or half, or comes with a gift."""
    return bool(_GIVEN_AWAY_WORDS.search(folded) or RELATIVE_PRICE.search(folded))


def is_price_claim(folded: str) -> bool:
    """Whether folded text without idioms claims anything about prices in words."""
    return bool(
        _COMPARED_WORDS.search(folded)
        or PER_CENT.search(folded)
        or MONEY.search(folded)
        or gives_away(folded)
    )
