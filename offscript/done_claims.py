"""Does a text say that something was done which only the script does? (pure)

A model that says "your order is placed" places none, and the customer believes it. Patterns of folded text:
what is done (order, quote, booking, approval) beside a word that says it is done.
"""

from __future__ import annotations

import re

from text.alternatives import either
from text.fold import fold

_DEED = either(
    """
    orders? ; quotes? ; quotations? ; invoices? ; bookings? ; reservations? ; payments? ; discounts?
    delivery ; deliveries ; items? ; pieces ; deal
    (?:ال)?طلب(?:ك|كم|يتك|يه)? ; (?:ال)?طلبيه ; عرض (?:ال)?سعر(?:ك)? ; العرض ; (?:ال)?فاتوره
    (?:ال)?حجز(?:ك)? ; (?:ال)?خصم ; (?:ال)?توصيل ; (?:ال)?دفعه
    """
)
_DONE = either(
    """
    placed ; confirmed ; accepted ; approved ; booked ; reserved ; submitted ; processed ; shipped
    dispatched ; scheduled ; arranged ; applied ; granted ; issued ; sent ; done ; registered
    on its way ; on the way
    تسجل ; تسجلت ; انسجل ; سجلته ; سجلتها ; سجلنا(?:ه|ها)? ; سجلت ; مسجل
    تاكد ; تاكدت ; اكدنا(?:ه|ها)? ; اكدته ; موكد ; اعتمد ; اعتمدناه ; اعتمدته ; معتمد
    تم ; انحجز ; حجزنا(?:ه|ها)? ; حجزته ; طلع ; انرسل ; طرشته ; طرشناه ; طرشت
    ارسلناه ; جاهز ; وصل
    """
)
_APPROVER = either("managers? ; colleagues? ; boss ; team ; المدير ; مديرنا ; مدير ; زميلي ; الاداره")
_APPROVED = either(
    "approved ; agreed ; accepted ; confirmed ; وافق ; وافقوا ; موافق ; اعتمد ; اعتمدها ; مشاها ; تم"
)
# "Your order is placed", "تم تسجيل الطلب", "the manager has approved"; not across the end of a sentence.
_BETWEEN = r"[^.!?؟\n]{0,40}?"
_CLAIM = re.compile(
    rf"(?<!\w)(?:{_DEED}){_BETWEEN}(?<!\w)(?:{_DONE})(?!\w)"
    rf"|(?<!\w)(?:{_APPROVER}){_BETWEEN}(?<!\w)(?:{_APPROVED})(?!\w)"
    r"|(?<!\w)(?:i|we)(?:'ve| have)? (?:just )?(?:placed|confirmed|booked|reserved|approved|sent)(?!\w)"
    r"|(?<!\w)تم (?:تسجيل|تاكيد|اعتماد|حجز|ارسال|قبول)(?!\w)"
)
# "once your order is placed", "if the manager approved": what is not so yet is no claim. An approval that a
# record shows is a placeholder.
_NOT_YET = re.compile(
    r"\{discount:|(?<!\w)(?:once|when|after|if|until|before|can be|will be|to be|not|isn't|wasn't|hasn't|n't"
    r"|اذا|لما|لين|يوم|بعد ما|قبل|عشان|ما|مب|مو|ان)(?!\w)"
)
_SENTENCE = re.compile(r"[^.!?؟\n]+[.!?؟]?")


def claims_a_deed(text: str) -> bool:
    """Whether a sentence of the text says so, and is neither a question nor about what is still to come."""
    return any(
        _CLAIM.search(sentence) and not _NOT_YET.search(sentence) and sentence[-1] not in "?؟"
        for sentence in _SENTENCE.findall(fold(text))
    )
