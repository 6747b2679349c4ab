"""Words before and behind a number that say what it is: limits, prices, wants, counts, names.

Arabic is written folded (no hamza, ه for ة, ي for ى). Every list is alternatives of regular
expressions without anchors; `text.contexts` and `text.ranges` say where it has to stand.
"""

from __future__ import annotations

from text.alternatives import either
from text.bound_words import NO_LESS, NO_MORE

MAXIMUM_CUES = f"{NO_MORE}|" + either(
    r"""
    not (?:more|higher|greater|dearer|costlier|pricier|more expensive) than
    no (?:more|higher|dearer|costlier|pricier) than
    nothing (?:over|above|(?:more|dearer|more expensive) than)
    not (?:over|above|exceed(?:ing)?)
    (?:don'?t|doesn'?t|does not|do not|must not|can'?t|cannot|without) exceed(?:ing)?
    (?:don'?t|can'?t|cannot|won'?t) (?:pay|spend|go|do) (?:more than|over|above)
    (?:no|less|less(?:er)?|lower|cheaper|fewer) (?:then|than) ; under(?: than)? ; below ; beneath
    bellow ; undr ; up ?to ; upto ; at (?:the )?most ; max(?:imum)? ; maximm ; within
    cap(?:ped)? (?:is|at|of) ; ceiling (?:is|of) ; limit(?:ed)? (?:is|to|of)
    (?:can|could|will|i'll|to) (?:pay|spend|afford) ; afford ; budget(?: is| of|'s)? ; budgt ; bujet
    keep it (?:to|at) ; <=?
    (?:ma|la) ?(?:a?bi|a?ba|a?bgh?a|nabi|nabgh?a)(?: shay)? (?:a[ck][tk]h?ar|agh?la|a8la|fo+[2qg]|
        foug)(?: min| men| mn| 3an)?
    (?:don'?t|do not|doesn'?t|not) (?:want|need|like|looking for)(?: to (?:pay|spend|
        go))?(?: anything| something)? (?:more than|over|above|higher than)
    t[ae]?7[ae]?t ; t[ae]h[ae]?t ; a?[q2g8]al+ (?:min|men|mn|mini?) ; a[qg]el (?:min|men|mn)
    ar5as (?:min|men|mn) ; ar?[kg]has (?:min|men|mn)
    (?:m[ou]h?[ou]?b?|mah?[ou]?b|mb|m[ieou]*sh|moo|ma|la) ?(?:(?:more|dearer|higher|over) than|
        fo+[2qg]|foug|fouq|a[ck][tk]h?ar (?:min|men|mn)|
        akthar (?:min|men|mn)|aktar (?:min|men|mn)|agh?la (?:min|men|mn))
    (?:ma|la) (?:[yt]e?ta?3add?[aei]+|t3add?a|[yt]a?z(?:ee|i|ii)d|[yt]e?(?:ta?)?jaw[aei]z|[yt]e?3add?i|
        [yt]foo?[gqt])(?: (?:3an|3ala|3n|3la|3al))? ; la7ad
    l7ad ; le7ad ; lain ; lein ; leen ; 7a[td]+i? ; a[q8g]sa (?:shay|7ad|had|si3r|se3r) ; miza?niy?ti
    m[ei]+za+n[eiy]+t[iy] ; (?:el |al )?m[ei]+za+n[iy]+ah?
    (?:مو|مب|مش|مهب|ما|لا|مهوب|موب|مابي|ما ابي|ما ابغي|ما يكون|ما تكون) ?(?:فوق|(?:اكثر|اكتر|اغلي|
        ازيد|اعلي) (?:من|عن))
    (?:ما|لا|ما ?(?:ا?بي|ا?بغي|ا?بيه|ا?بيها|ا?بغاه|ا?بغاها|نبي|نبغي|نبيه|نبيها)(?: شي| سعر| حاجه)?) ?(?:يزيد|
        تزيد|يتعدي|تتعدي|يتعدا|تتعدا|يتجاوز|تتجاوز|يجاوز|يعدي|تعدي|يطوف|تطوف|يفوق|تفوق)(?: ?(?:عن|
        علي|ال))?
    (?:ما|لا) ?(?:ا?بي|ا?با|ا?بغي|نبي|نبا|نبغي)(?: شي| سعر)? (?:اكثر|اكتر|ازيد|اغلي|اعلي|فوق)(?: من| عن)?
    (?:اكثر|اكبر|اغلي) شي ; تحت ; اقل من ; اقل عن ; ارخص من ; ادني من ; انزل من ; دون ; لين ; لحد
    الي حد ; لغايه ; حتي ; لسقف ; بسقف ; السقف ; (?:ب|ك|ال)?حد(?:ي|نا|ه|ها)? (?:ال)?(?:اقصي|اعلي)
    (?:ال)?حد الاعلي ; (?:ال)?ماكسيموم ; ماكس ; اقصي (?:شي|حد|سعر) ; اعلي (?:شي|حد|سعر) ; حدي ; حدنا
    (?:ال)?ميزاني(?:تي|تنا|ته|ه) ; (?:ال)?بجت ; (?:ال)?بدجت ; (?:ال)?بادجت ; اقدر ادفع ; بدفع
    """
)
MINIMUM_CUES = f"{NO_LESS}|" + either(
    r"""
    not (?:less|lower|cheaper) than ; no (?:less|lower|cheaper) than ; nothing (?:under|below|less than)
    not (?:under|below)
    (?:more|greater|higher|bigger|dearer|costlier|pricier|more expensive) (?:then|than)
    over ; above ; exceeding ; upwards? of ; north of ; at (?:the )?least ; atleast ; min(?:imum)?
    start(?:s|ing|ed)? (?:from|at|with) ; start(?:s|ing) ; beginning (?:at|from) ; >=? ; fo+[2qg] ; foug
    fouq ; a[ck][tk]h?ar (?:min|men|mn) ; aktar (?:min|men|mn) ; agh?la (?:min|men|mn)
    a8la (?:min|men|mn) ; 3al a[qg2]al
    (?:m[ou]h?[ou]?b?|mah?[ou]?b|mb|m[ieou]*sh) ?(?:t[ae]?7[ae]?t|t[ae]h[ae]?t|a[qg2]al (?:min|men|mn))
    (?:مو|مب|مش|مهب|مهوب|موب|ما يكون|ما تكون) ?(?:تحت|اقل من|اقل عن|ارخص من)
    (?:ما|لا) ?(?:يقل|تقل|ينقص|تنقص|ينزل|تنزل) ?عن ; (?:ي|ت)(?:زيد|تعدي|تجاوز) ?(?:عن|علي) ; فوق
    (?:اكثر|اكتر|اغلي|ازيد|اعلي) (?:من|عن) ; علي الاقل ; عالاقل ; ع الاقل ; ابتداء من
    (?:تبدا|يبدا|يبدي|تبدي|يبدون|بدايه) ?من ; (?:ب|ك|ال)?حد (?:ال)?ادني ; اقل (?:شي|حد|سعر)
    """
)
MAXIMUM_TAILS = either(
    r"""
    max(?:imum)? ; or (?:less|below|under|cheaper|lower) ; and (?:below|under|less|lower)
    at (?:the )?most ; tops ; is my (?:max(?:imum)?|limit|budget) ; (?:is )?the (?:max(?:imum)?|limit)
    or so max ; budget ; w t[ae]?7[ae]?t ; w t[ae]h[ae]?t ; w a[qg2]al ; bel ?kathir ; bilkatheer
    (?:و|او) ?(?:تحت|اقل|ارخص|انزل|نازل|دون) ; كحد اقصي ; حد اقصي ; بالكثير ; بالاكثر ; ماكس ; كحد اعلي
    اقصي شي ; اقصي حد ; ميزانيتي ; الميزانيه
    """
)
MINIMUM_TAILS = either(
    r"""
    or (?:more|above|over|higher|up) ; and (?:above|over|up|more|higher) ; up ?wards? ; onwards?
    min(?:imum)?(?! (?:el|al|il|hal|hatha|hay)(?!\w)) ; at (?:the )?least ; w fo[gq2] ; w foug
    w ak[tk]?h?ar ; \+
    (?:و|او) ?(?:فوق|اكثر|اعلي|ازيد|طالع|انت طالع) ; كحد ادني ; حد ادني ; فما فوق ; فاكثر ; علي الاقل
    عالاقل
    """
)
ABOUT_CUES = either(
    r"""
    (?:somewhere |some ?where )?(?:around|arround|arnd|about|approx(?:imately|\.)?|roughly|circa|~|
        near(?:ly)?|close to|almost)
    in the (?:range|region|area|neighbou?rhood) of ; more or less ; let'?s say ; [7h]a?wal[iy]+
    b?[7h][ou]+d[ou]+d ; taq?g?reeban ; taqriban ; tqreeban
    حوالي ; حواليه ; حوالين ; حول ; تقريبا ; بحدود ; فحدود ; في حدود ; حدود ; قرابه ; قريب من ; يعني
    نحو ; بنطاق
    """
)
ABOUT_TAILS = either(
    r"""
    or so ; ish ; approx(?:imately)? ; roughly ; more or less ; give or take ; around ; taq?g?reeban
    taqriban
    تقريبا ; او قريب ; زايد ناقص ; او حواليه
    """
)
PRICE_CUES = either(
    r"""
    (?:prices?|costs?|rate) (?:per|for (?:one|each|a|every)) \w+ ; per (?:piece|unit|chair|desk|set|pc)
    each ; saves? ; saving ; prices?(?: (?:is|was|of|at|now|each|are))? ; priced? at ; costs? ; costing
    cost (?:is|of) ; sells? (?:for|at) ; rates?(?: is| of)? ; quoted?(?: me)?(?: at)? ; @ ; now only
    only for ; just for
    (?:go|going|have it|take it|yours|sold|offered|offer(?: it)?|do it|charge|pay|paying) (?:for|at)
    charge ; deal at ; total(?: is| of| price)? ; sum(?: is)? ; amount(?: is)? ; comes? to ; worth
    deposit(?: of| is)? ; fees?(?: is| are)? ; discount(?: of)? ; invoice (?:for|of) ; pay
    (?:el |al )?(?:se3r|si3r|s3r|as3ar|asaar|thaman|taman|kalam|7sab|mablagh|majmoo?3)(?:oh|ah|ha|
        a|hom|o|u)?(?: huwa| howa)?
    a5er (?:se3r|si3r|shay|kalam) ; akher (?:se3r|si3r|shay) ; b ; bi ; kalam(?: el)? ?a(?:kh|5)[ie]+r
    b ?s[ei]?3r
    خصم(?: خاص)?
    (?:ال)?(?:سعر|اسعار|تسعير|تكلف|كلف|قيم|مبلغ|اجمالي|مجموع|حساب|دفع|عربون|ثمن|رسوم)(?:ها|هم|هن|
        نا|كم|ته|تها|ه|ات|ة)?(?: (?:هو|هي|صار|صارت|الحين|كان|حق|كله|النهايي|الكامل|النهائي))?
    (?:ي|ت|ب)?(?:كلف|سوي|كلفك|طلعلك|يطلع)(?:ه|ها|ك|كم)? ?(?:لك|عليك)? ; اخر سعر ; اخر شي ; اخر كلام
    خليه ; خذه ; خذها ; بخليه لك ; عطيتك اياه ; ب ; اخر (?:سعر|شي|كلام)(?: معاك| معك| لك| عندي)?
    """
)
# Nouns that make a number money even with the name of a thing between: "se3r el korsi 275".
PRICE_NOUNS = either(
    r"""
    prices? ; costs? ; rate ; offer ; total ; quoted ; rent ; fees? ; balance ; vat ; tax ; se3r ; si3r
    s3r ; thaman ; mablagh
    (?:ال)?(?:سعر|اسعار|تكلفه|قيمه|مبلغ|اجمالي|مجموع)(?:ه|ها|هم)? ; حساب(?:ك|كم|ه)? ; عليك ; عليكم
    تدفع ; ندفع ; ادفع ; الباقي ; عربون ; ضريبه
    """
)
# "the desk is 745", "they sell it for 560": money when the number is too large for anything else.
STATING = either(
    r"""
    (?:can|could|will|i'll|we'll) do ; is ; now ; should be ; would be ; will be ; it's ; its ; are
    was ; for ; at ; than ; as ; huwa ; hiya
    بيصير ; يطلع ; تطلع ; هو ; هي ; صار ; يصير ; تصير ; و?الحين ; كان
    """
)
PRICE_TAILS = either(
    r"""
    (?:price )?range ; bracket ; mark ; w ?tam+am ; w ?tam ; /[-=] ; each ; apiece ; a piece
    per (?!cent|day|week|month|year|hour|person)\w+
    / ?(?:pcs?|piece|unit|each|chair|desk|set|month|year|m2|sqm|met(?:er|re)) ; upfront ; in advance
    all in ; all inclusive ; incl(?:uding|\.)?(?: vat)? ; excl(?:uding|\.)?(?: vat)?
    (?:plus|\+|with|without|before|after|inc) (?:vat|tax) ; net ; cash ; only (?:for|final) ; final
    last price ; last ; and (?:it'?s|its|it is) yours ; and (?:you )?take it ; and (?:it'?s a )?deal
    and done ; for (?:the|one|all|each|a|both) (?:set|pair|lot|one|piece|whole|all|package|unit)
    for (?:one|each|all|both|everything|it|them) ; is (?:the )?(?:price|total|final|last)
    lil ?(?:7aba|7abba|wa7ed|wa7da|qit3a|gi6?3a|kul|kull) ; lel ?(?:7aba|7abba|wa7ed|wa7da|kul)
    lal ?(?:7aba|7abba|wa7ed|wa7da) ; w ?(?:5etha|5ethah|khethah|5idha|5outh|shelah|sheelah)
    a5er (?:se3r|si3r|shay|kalam) ; akh[ie]r (?:se3r|si3r|shay|kalam) ; el wa7ed ; el wa7da ; el 7aba
    kash
    وتم(?:ام)? ; وخلصنا
    لل?(?:حبه|قطعه|وحده|واحد|واحده|كرسي|طاوله|مكتب|طقم|كل|كله|جميع|زوج|اثنين|متر)(?!\w)
    (?:ل|علي) ?(?:كل|الكل) ; لكل ; الحبه ; القطعه ; الواحد ; الواحده ; الحبه الواحده
    و(?:اخذه|خذه|خذها|خذهم|شله|شيله|شيلها|شلها|توكل|خلاص|حلال|تو?كل\w*|هو لك|هي لك|يصير لك) ; كاش ; نقدا
    نت ; صافي ; شامل ; غير شامل ; بدون ضريبه ; مع الضريبه ; قبل الضريبه ; بعد الضريبه ; بعد الخصم
    اخر سعر ; اخر شي ; اخر كلام ; نهايي ; اجمالي ; المجموع
    """
)
# Between a cue and its number.
BETWEEN = (
    r"[ :=?]*(?:(?:around|about|approx|roughly|say|like|the|a|an|only|just|is|of|at|be|it's|for|my|price"
    r"|budget|sum|to|max|سعر|السعر|السعر يكون|سعره|سعرها|يكون|تكون|بس|مبلغ|ميزانيه|حوالي|تقريبا|هو|هي|عن"
    r"|من|ب|في|حدود|بحدود|الحبه|b|bs|bas|el|al) ?){0,3}"
)
RANGE_CUES = either(
    r"""
    between ; btwn ; from ; anywhere from ; (?:ma ?)?b(?:ei|ee|ai)n ; min ; men ; mn ; prices? ; budget
    range
    (?:ما )?بين ; مابين ; من ; (?:ال)?سعر ; (?:ال)?اسعار ; ميزانيتي ; ميزانيتنا ; الميزانيه ; ميزانيه
    """
)
BETWEEN_CUES = either(
    r"""
    between ; btwn ; (?:ma ?)?b(?:ei|ee|ai)n
    (?:ما )?بين ; مابين
    """
)
RANGE_LINKS = (
    r" ?[-~] ?| (?:to|le|li|till|til|until|upto|up to|ila|ela|ilaa|elaa|la|lain|lein|leen|la7ad"
    r"|الي|لين|لحد|لحدود|ل|حتي|لعند"
    r"|لغايه) ?| ?ل ?"
)
AND_LINKS = r" (?:and|&|w|wa|و) ?| ?و ?"
# "qty 20", "العدد 40"
COUNT_WORDS = either(
    r"""
    x ; × ; qty ; quantity ; quantities ; count ; pcs ; 3adad ; kam+i?yy?a
    (?:(?:ال)?عدد(?:هم|ها|هن)?|(?:ال)?كميه)(?: المطلوب| المطلوبه| الكلي)?
    """
)
WANTS = either(
    r"""
    want ; need ; needs ; take ; get ; order ; orders ; ordering ; add ; buy ; buying ; like ; give me
    send(?: me)? ; (?:will|i'll|we'll|can i|let me) have ; require ; requires ; looking for
    make (?:it|them|that|this) ; change (?:it |them |that )?to
    (?:reduce|increase|lower|raise|cut)(?: it| them| that)? to ; reduce
    (?:put|sign) (?:me|us|it) down for ; put ; book ; reserve ; supply ; quote (?:me )?(?:for )?
    do you have ; only ; just ; minn?[ah]h? ; minh[ou]?m ; (?:b|n|bn|na|bna)?a?(?:kh|5)[ei]?th ; abi
    abe+ ; aba ; abgh?[aei] ; nabi ; nabgh?[aei] ; naba ; areed ; nareed ; bghai?t ; be8ait ; a5i?th
    ba5i?th ; akhith ; zeed ; zid ; zeedi ; 7[eoiu]?[6t]+(?:[ei]?l[iy]+)? ; h[ou]?6+(?:l[iy]+)?
    (?:kh|5)o?u?th ; saj+[ei]l(?:l[iy]+)? ; a3?6ini ; a?3[aei]?[6t][iey]*n[aiy]+ ; m[ei]7taj(?:een)? ; a7taj
    na7taj ; (?:5|kh)al+[aiey]*(?:hu?o?m|ha|h) ; saww?[iey]*(?:hu?o?m|ha|h) ; abee?(?:hu?o?m|ha|h)
    (?:[بن])?(?:ابي|ابغي|ابغا|ابا|نبي|نبغي|نبا|ابيلي|سجل|سجلي|خذ|اريد|نريد|بغيت|بغينا|ودي|ودنا|اخذ|باخذ|بناخذ|
        ناخذ|بشتري|نشتري|اشتري|زيد|زيدوا|زود|زودها|ضيف|اضف|ضيفوا|حط|حطوا|حطلي|عطني|عطنا|اعطني|
        اعطنا|محتاج|محتاجين|احتاج|نحتاج|اطلب|بطلب|نطلب|يلزمنا|يبيلنا|عندكم|ارسل|طرش|منه|منها|منهم|
        خذيت|خذت|خذينا|اخذنا|اخذت|طلبت|طلبنا|بنطلب|بناخذ|توفرون)(?: لي| لنا)?
    (?:خل|سو|سوي|خلي|خليها|نقص|قلل|نزل|رفع|غير)(?:هم|ها|ه|هن|و|وه|وها|وهم)?(?: (?:ل|الي|الكميه|
        العدد|يصير|تصير))?
    """
)
WANT_LINKS = (
    r"(?: (?:about|around|approx|roughly|at least|only|just|another|more|like|another|maybe|حوالي|تقريبا"
    r"|بس|بعد|يمكن|مثلا|علي الاقل|bs|bas|7awali|to|for|me|us|of|the|total|يا))*[ :]*"
)
# "change the quantity to 30", "زيد الكراسي الى ٢٥": what follows is how many; not when it is about money.
CHANGES = either(
    r"""
    (?:'?gh?ay+er|zeed|zid|nazz?el|nagg?e?[s9]|5al+i?|khal+i?)\w{0,3}(?: (?!miza|se3r|si3r|
        \d+ )\S+){0,3} (?:le|la|lain|lein|ila)
    (?:change|increase|raise|reduce|lower|cut|set|update|bring|make|modify|adjust|edit|
        put)(?:(?! (?:budget|price|limit|max\w*)) [^\s\d]+){0,5} (?:to|down to|up to|الي|لين|ل)
    (?:غير|زيد|زود|ارفع|رفع|نزل|نقص|قلل|خل|خلي|عدل|سو)\w{0,4}(?:(?! (?:ال)?(?:ميزاني|سعر|حد|
        لك)) [^\s\d]+){0,3} (?:الي|ل|لين|تصير|يصير|يصيرون)
    (?:خل|خلي) ال\S+
    """
)
# "back to 3", "رجعها ٣": the number of pieces that was said before.
RETURNS = either(
    r"""
    (?:(?:go|going|put|bring|set|change|make) )?(?:(?:it|them|that) )?back (?:(?:it|them) )?(?:to|at)
    (?:revert|return)(?: (?:it|them))? to ; ra(?:gg?|jj?)[ei]?3\w{0,4}(?: (?:la|le|lain|ila|ela))?
    (?:و|ف)?(?:رجع|ارجع|نرجع)(?:ها|هم|ه|هن|وها|وهم|وه)?(?: (?:الي|ل|لين|علي))?
    """
)
# Around a number that is the whole of an answer: "just one", "wa7da bas", "واحد يكفي".
ONLY = either(
    r"""
    only ; just ; alone ; (?:is |are |will be )?enough ; will do ; is all ; bas+ ; bs ; fa[gq]a?t
    t?[ye]?kf[iy]
    kaf[iy](?:ya)?
    بس ; فقط ; [يت]?كفي ; [يت]كفيني ; كافي ; كافيه
    """
)
AROUND_AN_ANSWER = either(
    r"""
    please ; pls ; plz ; ok(?:ay)? ; yes ; yeah ; no ; sorry ; thanks ; thank you ; is (?:fine|ok(?:ay)?|good)
    i need ; i want ; for now ; law sama7t ; min fa[dt]h?l[ai]k ; tamam ; zain ; la ; ee ; aywa ; na3am
    لو سمحت ; من فضلك ; شكرا ; تمام ; زين ; اوكي ; اوك ; لا ; نعم ; هيه ; ايوه ; اي ; الحين
    """
)
# "20 not 12": behind the number that counts, and before the one that is taken back.
INSTEAD_TAILS = either(
    r"""
    instead ; rather ; not(?= ?$) ; badal ; bdal ; (?:mo|mu|mb|mub|mob|mish)(?= ?$)
    بدل ; بدال ; (?:مو|مب|مش|مهب|مهوب|موب|ليس|وليس)(?= ?$) ; عوض
    """
)
TAKEN_BACK_CUES = either(
    r"""
    not ; instead of ; rather than ; mo ; mu ; mb ; mub ; mob ; mish ; badal ; bdal
    مو ; مب ; مش ; مهب ; مهوب ; موب ; ليس ; بدل ; بدال ; عوضا? عن
    """
)
SEAT_CUES = either(
    r"""
    seats? ; seating(?: for)? ; fits? ; accommodates? ; capacity(?: of| is| for)? ; team of ; group of
    for a (?:team|group|family) of
    (?:table|sofa|room|desk|set|meeting|office|area|boardroom|space) (?:for|of) ; we are ; we're
    (?<!\w)for ; y[ei]kf[iy]+ ; t[ei]kf[iy]+ ; 7ag ; haq
    [يت]كفي(?: ل)? ; [يت]شيل ; [يت]اخذ ; [يت]سع ; سعه ; [يت]جلس ; يقعد ; تقعد ; حق ; يكفي حق ; فريق من
    نحن ; احنا ; حنا ; نحنا
    """
)
# The number behind one of these names something; nothing is counted or paid.
CODE_CUES = either(
    r"""
    (?:order|orders|invoice|quote|quotation|proforma|po|p\.o|lpo|rfq|ticket|request|booking|
        tracking|shipment|delivery note|account|acct|ref(?:erence)?|trn|(?:vat|tax) (?:no|number|
        reg\w*|id)|license|licence|serial|passport|id|iban|card)(?: (?:id|code|ref))?
    sku ; model ; code ; item code ; article ; part ; version ; ver ; series ; p\.? ?o\.? ?box ; pobox
    box ; postal ; zip ; pin ; otp ; extension ; ext ; room ; floor ; level ; building ; bldg ; villa
    tower ; street ; st ; road ; rd ; gate ; shop ; flat ; apartment ; apt ; plot ; block ; sector
    exit ; warehouse ; office ; suite ; unit ; bay ; zone ; phase ; terminal ; parking ; interchange
    phone ; mobile ; mob ; tel(?:ephone)? ; whatsapp ; cell ; contact ; call(?: me)? on ; reach me on
    my ; fax ; rated? ; rating ; score ; windows ; wifi ; wi-fi ; bluetooth ; usb ; iphone ; android
    ios ; core i ; expo ; form ; section ; page ; chapter
    ra[q8g]a?m(?:i| el| al)? (?:6alab|talab|tala?b|talabi|6alabi|fatoor[ah]+|telefoon|jawwal)
    ra[q8g]a?mi ; 6alab(?:i|iyya)? ; el? ?code ; el? ?model ; 6abe[q8g] ; dor ; burj ; share3
    (?:رقم |نمره )?(?:ال)?(?:طلب|طلبيه|فاتوره|عرض|حساب|هاتف|تلفون|جوال|موبايل|واتساب|كود|موديل|
        ضريبي|ضريبيه|تسجيل|رخصه|هويه|بطاقه|سيريال|مرجع|شحنه|معامله|تذكره|حجز)(?:ي|ه|نا|تي|كم|يه)?
    الرقم الضريبي ; رقمي ; رقمنا ; جوالي ; موبايلي ; تلفوني
    (?:ال)?(?:طابق|دور|برج|شارع|غرفه|فيلا|مبني|بنايه|عماره|شقه|محل|بوابه|مخرج|قطعه|منطقه|مستودع|
        معرض|صندوق بريد|ص\.ب|ص ب|تقاطع|الدوار|كيلو|باركن|رصيف|ممر)
    """
)
CODE_LINKS = r"(?: (?:no|nr|num|number|nos|is|id|code|رقم|رقمه|رقمها|هو|هي|raqm|raqam))*\.?[ :.#\-]*"
# "at 5", "الساعه 5": a time when the number is small enough.
TIME_CUES = either(
    r"""
    at ; by ; till ; until ; before ; after ; (?:el |al )?sa3a
    (?:ال)?ساعه
    """
)
YEAR_CUES = either(
    r"""
    in ; year ; since ; from ; model ; of ; by ; until ; sanat ; 3am ; expo ; ramadan ; gitex
    سنه ; عام ; من ; موديل ; في
    """
)
YEAR_TAILS = either(
    r"""
    catalog(?:ue)?s? ; model ; edition ; collection ; version ; range ; price ?list
    كتالوج ; موديل ; اصدار
    """
)
OPTION_CUES = either(
    r"""
    number ; numbr ; num ; nmbr ; no\.? ; nr\.? ; option ; opt ; item ; choice ; product ; #
    pic(?:ture)? ; photo ; image ; ra[q8g]a?m ; raqem ; 5iyar ; khiyar ; el ?5iyar
    رقم ; نمره ; خيار ; الخيار ; اختيار ; الاختيار ; منتج ; المنتج ; صوره ; الصوره ; اوبشن
    """
)
# "compare 1 and 3"
COMPARING = either(
    r"""
    compare ; comparison ; differences? ; different ; better ; between ; vs ; garen ; qaren ; el far[gq]
    قارن ; مقارنه ; الفرق ; فرق ; احسن ; افضل
    """
)

# Behind a number these are no noun that would be counted.
NO_NOUN = frozenset(
    """
    depending according based حسب
    bracket ish le mark odd range
    s sa se si
    3ala 3ashan 3ndkom 3shan 5alas 8a9di a abgha abi about above aed after again al all also am an
    and any anything approx are around as asap at available away back badal bas bdal bdon be because
    becomes bel below best between bidoon bil box bs budget but buy by can cash celsius cheap
    cheaper check chk come cost could daily day deal deliver delivered delivery did discount divided
    do does don't done dont each el else ever exactly fee fi final fine first fo2 for foug from get
    give go goes good great had has have hello help her here hey hi him his hiya how huwa i i'm if
    im in instead inta into is isn't it it's its just kam kash khalas know la laa last later law lel
    less like lil lo ma ma3 make max maximum may maybe me men min mine minimum minus mn mo mob
    momken monthly most mu mub much mumkin must my need net never next no nope not nothing now of
    off offer ok okay on one only onwards or order our out over per perfect please pls plus plz
    price prices qa9di qasdi right roughly see send shall shay she should shu shukran so some
    something soon still sure ta7t taht take tamam than thank thanks that that's thats the their
    them then there these they this tho those though through till times to today together tomorrow
    tonight too total try under until up upwards us vat very via w wa wait walla want was we wela
    well were what whats when where which who why will with within without won't would x y3ni ya
    ya3ni yalla yawmiyan yeah yearly yep yes yet you your yours zain zayed ابا ابغي ابي اذا ارخص
    ازيد اصغر اقدر اقصد اقل اكبر اكثر الحين السعر الي اليوم ام ان انا انت او اوك اوكي اي ايضا ايه
    باجر باكر بالحد بالكثير بدال بدل بدون بس بعد بعدها بعدين بكره بكم تحت تقريبا تكفون تمام توصل حق
    حلو حوالي خلاص دراهم درهم ربع زايد زين سعر شامل شكرا شنو شو شي صار صح ضرب طال طيب عشان علي عليه
    عليها عند عندكم عندنا عندي غالي غير فقط فوق في فيه فيها قبل قصدي كاش كامل كاملات كاملين كان كثير
    كثيره كحد كذا كذي كله كلهم كم كمان لا لازم لان لانه لك لكل لكم لنا لو لي ليش لين ما مال مب متوفر
    متوفره متي مثل مره مش مشكور مع ممكن من منه منها منهم مو موب موجود موجوده ناقص نبغي نبي نص نعم
    نقدا هاذا هاي هذا هذي هذيل هل هلا هم هني هو هي والا وايد وبس ولا وين يا يعني يكون يلا يوم يوميا
    """.split()
)
# Between a number and the name of a thing: "3 white tables", "10 more chairs".
ADJECTIVES = frozenset(
    """
    additional beige big black blue brown extra good gray green grey large matching more new nice
    other red same similar small white yellow ابيض اسود بعد زود زياده نفس
    """.split()
)
# "one moment", "one question": counts nothing that is sold.
NO_ONE_NOUN = frozenset(
    """
    as by call colleague day favor favour final for from hand hour idea in is issue last message min
    minute moment month more of on person point problem question reason request sec second side stop
    that thing time way week who with word year
    """.split()
)
