"""Units behind a number, and idioms that hold a number word and mean none.

Arabic is written folded (no hamza, ه for ة, ي for ى). Every list is alternatives of regular
expressions without anchors; `text.figures` and `text.sizes` say where it has to stand.
"""

from __future__ import annotations

from text.alternatives import either

# How many centimetres one of them is.
LENGTH_UNITS = {
    "1": r"cms?|centi(?:meters?|metres?)?|سم|سنتي(?:متر(?:ات)?)?|سانتي|sm|santi",
    "0.1": r"mms?|millimet(?:er|re)s?|ملم|مم|ملي(?:متر)?",
    "100": r"m|mtrs?|met(?:er|re)s?|متر|امتار|م|mit[ei]r|amtar",
    "2.54": r"inch(?:es)?|in|\"|''|انش|بوصه|بوصات",
    "30.48": r"ft|feet|foot|قدم|اقدام",
}
PEOPLE = either(
    r"""
    people ; peoples ; persons? ; pax ; ppl ; seats? ; seaters? ; attendees
    (?:staff|employee|user|guest|member|student|visitor|colleague|patient|worker|
        kid)s?(?: members)?(?! (?:[a-z]+ )?[a-z]{3,}s(?!\w))
    ash5a[s9] ; ashkha[s9] ; sha5[s9] ; shakh[s9] ; nafa?r ; anfar ; m[ou]wa(?:th|dh|z)+af(?:een|in)?
    m8a3d ; maqa3id
    شخص ; اشخاص ; نفر ; انفار ; انفر ; موظفين ; موظف ; موظفه ; موظفات ; مقعد ; مقاعد ; ضيوف ; ضيف ; طلاب
    طالب ; عمال ; زباين ; مراجعين ; افراد ; فرد ; ناس
    """
)
PIECES = either(
    r"""
    pcs? ; peices? ; pieces? ; units? ; nos?\.?(?! (?:sorry|wait|i mean|actually)) ; sets? ; items? ; ea
    boxe?s? ; cartons? ; rolls? ; pairs? ; copies ; samples? ; 7ab+a[ht]? ; 7ab+at ; hab+at
    qi?[6t]3?a[ht]? ; gi?[6t]3?a[ht]?
    ge6a3
    حبه ; حبات ; حبايب ; قطعه ; قطع ; وحدات ; طقم ; اطقم ; كرتون ; كراتين ; عينه ; عينات ; زوج
    """
)
PERCENT = either(
    r"""
    % ; per ?cents? ; percents? ; pct ; (?:bi?l?|be?l|fi?l?) ?m[iey]+y?[ae]h?
    ٪ ; (?:ب|ف|في ?)?(?:ال)?(?:ميه|مايه)(?! ?(?:درهم|الف))
    """
)
# Measures that are none of ours: time, weight, area, power, storage, parts of a thing, months.
OTHER_UNITS = either(
    r"""
    m[²2] ; sqm ; sq\.? ?(?:m|ft|feet|meters?|metres?) ; square (?:m|ft|feet|meters?|metres?) ; m3 ; cbm
    km ; kms ; kilomet(?:er|re)s? ; kgs? ; kilos? ; kilograms? ; gm ; grams? ; tons? ; tonnes? ; lbs
    litres? ; liters? ; ml ; watts? ; kw ; volts? ; amps? ; mah ; hz ; gb ; tb ; mp ; px ; kelvin ; lm
    lumens? ; drawers? ; doors? ; shelves ; shelfs? ; tiers? ; layers? ; legs? ; wheels? ; keys?
    ports? ; levels? ; floors? ; stor(?:e?y|ies) ; stars? ; points? ; degrees? ; times ; trips?
    branches ; rooms? ; bedrooms? ; offices ; cores?
    (?:working |business |calendar )?(?:days?|weeks?|months?|years?|yrs?|yr|hours?|hrs?|hr|
        minutes?|mins?(?! (?:el|al|il|hal|hatha|hay|hadha|kil))|seconds?|secs?|moments?|decades?|
        nights?)
    am ; pm ; a\.m\.? ; p\.m\.? ; o'?clock ; yo[uo]?m ; ayyam ; ayam ; isboo3 ; asabee3 ; shahar
    sh-hoor ; shhoor ; ashhur ; sana ; snee?n ; sanawat ; sa3a ; sa3at ; dagay[ei]g ; daqay[ei]q
    adraj ; draj ; drooj ; durj ; abwab ; rfoo?f ; rufoof ; d[ie]raf ; derfa[ht]? ; dirfa[ht]?
    d[ae]gee?[gq]a ; kilo ; el 3a9er ; el sob[7h] ; el 9ob7 ; 3ala ; out of ; / ?\d ; jan(?:uary)?
    feb(?:ruary)? ; mar(?:ch)? ; apr(?:il)? ; may ; june? ; july? ; aug(?:ust)? ; sept?(?:ember)?
    oct(?:ober)? ; nov(?:ember)? ; dec(?:ember)?
    متر مربع ; (?:ال)?متر (?:ال)?مربع ; كم(?= (?:من|عن)) ; كيلومتر ; كيلو ; كيلوات ; كجم ; كغ ; جرام
    غرام ; طن ; كيلوغرام ; لتر ; وات ; واط ; فولت ; جيجا ; جيجابايت ; تيرا ; ميجا ; كلفن ; لومن ; درج
    ادراج ; درف ; درفه ; ضلفه ; باب ; ابواب ; رف ; رفوف ; طابق ; طوابق ; ادوار ; دور ; طبقه ; طبقات
    مره(?! (?:ثاني|اخري|تاني))
    عجلات ; ارجل ; مرات ; نجوم ; نجمه ; درجه ; درجات ; غرف ; غرفه ; فرع ; فروع ; منافذ ; مخارج
    يوم ; يومين ; ايام ; اسبوع ; اسابيع ; شهر ; اشهر ; شهور ; سنه ; سنين ; سنوات ; عام ; اعوام ; ساعه
    ساعات ; دقيقه ; دقايق ; دقيقتين ; ثانيه ; ثواني ; لحظه ; صباحا ; مساء ; الصبح ; العصر ; الظهر
    المغرب ; العشا ; بالليل ; عصر ; ظهر ; ليل ; مسا ; صبح ; يناير ; فبراير ; مارس ; ابريل ; مايو ; يونيو
    يوليو ; اغسطس ; سبتمبر ; اكتوبر ; نوفمبر ; ديسمبر ; رمضان ; شوال ; محرم
    """
)
# Short units stand at their number: "12w", but not "300 w 600" or "20 mb 12" (not 12).
OTHER_GLUED_UNITS = r"(?:[aglkvw]|mb)"
# "width 120": a length without its unit.
LENGTH_WORDS = either(
    r"""
    width ; wide ; height ; high ; tall ; depth ; deep ; length ; long ; size ; sizes ; diameter
    dimensions? ; measures? ; measuring ; radius ; 6ool(?:ah|ha|a|oh)? ; tool ; 3ar'?[d9]h?(?:ah|ha|a|oh)?
    irtifa3(?:ah|ha|a|oh)? ; 3um[qg](?:ah|ha|a|oh)?
    m[ae]?[qg]as ; 8yas
    (?:ب|و)?(?:ال)?(?:عرض|طول|ارتفاع|عمق|مقاس|حجم|قطر|قياس|ابعاد|مقاسات|قياسات)(?:ه|ها|هم|ات)?
    """
)
LENGTH_TAILS = either(
    r"""
    wide ; high ; tall ; deep ; long ; width ; height ; depth ; length
    in (?:width|height|length|depth) ; 6ool ; 3ar'?[d9]h? ; irtifa3 ; 3um[qg]
    عرض ; طول ; ارتفاع ; عمق
    """
)
# The width of the text must stay as it is, so these are blanked out before anything is read.
IDIOMS = either(
    r"""
    one (?:moment|sec(?:ond)?|minute|min|question|more (?:thing|time|question)|last|thing|by one|
        day|of|at a time|stop|time|way)
    (?:a|just a|one) second ; second (?:thoughts?|opinion|hand)
    (?:every|no|any|some|each|which|that|this|another)(?: ?|-)one
    (?:alf|2alf|milyoo?n|malyoo?n) (?:sh[uo]k[uo]?r\w*|mashkoor|mabrook|mabruk|3afya|ta7i?ya|hala|
        marra|salama)
    m[iey]+ya? ?(?:b|bi|be|fi)(?:l|el|al)? ?m[iey]+ya? ; kam b[ei]l ?m[iey]+y?[ae]h? ; 24 ?/ ?7
    7 ?/ ?24 ; 24 hours ; 50[ -]50 ; fifty[- ]fifty ; nine to five
    a (?:thousand|million|hundred) (?:thanks|times|thank\w*|apologies|percent) ; thanks a million
    one hundred percent ; hundred percent ; half (?:an hour|a day|day|hour)
    (?:الف|مليون|ميه) (?:الف )?(?:شكر|مشكور|مبروك|عافيه|تحيه|سلامه|هلا|اهلا|مرحبا|حياك|ورده|الحمد|
        رحمه|الف|سلام|مره|قبله|بركه)\w*(?: (?:لك|لكم))?
    ميه ?(?:ب|ف|في )?ال?(?:ميه|مايه) ; ميه ميه
    100 ?[%٪] (?:sure|agreed?|ok(?:ay)?|correct|right|yes|confirmed|true|satisfied|fine|happy|
        certain|positive|approved|done|اكيد|متاكد|تمام|موافق|صح|معاك|معك)
    (?:sure|agreed?|certain|correct|100|satisfied|اكيد|متاكد|متاكده|موافق|صح|معاك|معك|
        واثق) (?:مليون |ميه )?(?:100 ?[%٪]|ب ?ال?ميه)
    في ثانيه ; ثانيه (?:وحده )?و ; بعد ثانيه ; ثواني ; كل واحد\w*
    واحد من(?! ال(?:اول|ثان|ثالث|رابع|خامس|اخير))
    ولا (?:وحده|واحد)(?! (?:منهم|فيهم|فوق|تحت|اكثر|اكتر|اغلي|ازيد|اعلي|اقل|ارخص|
        [يت]كون|[يت]كلف|سعر)) ; نص (?:ساعه|يوم|شغل)
    """
)
