"""Why a person is needed, as it is kept (in English) and as a manager reads it (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Reason(StrEnum):
    """Why a chat is a person's, or why a manager's decision is waited for."""

    ASKED = "the customer asked"
    STUCK = "the customer was not understood three times in a row"
    FAILED = "the turn could not be answered"
    MODEL = "the model found that a person should answer"
    LOW_TRUST = "two answers in a row could not be trusted and were held back"
    MISHEARD = "the customer's voice was heard wrong twice"
    BIG_ORDER = "the quote is a big one"
    CANCEL_ORDER = "the customer wants to cancel an order"
    MANAGER_WROTE = "a manager wrote"
    TAKEN = "a manager took it"
    GIVEN_BACK = "a manager gave it back"
    MANAGER_SILENT = "the manager was silent"
    DISCOUNT = "the customer asks for a discount"
    PRICES = "prices could not be confirmed, the customer waits for a quote"
    PRICE = "a price has to be checked for the customer"
    ORDER = "an order has to be checked"


_ARABIC: Mapping[Reason, str] = {
    Reason.ASKED: "الزبون طلب حد من الفريق",
    Reason.STUCK: "ما انفهم كلام الزبون ثلاث مرات ورا بعض",
    Reason.FAILED: "صار خلل وما قدرنا نرد على الرسالة",
    Reason.MODEL: "السؤال يحتاج رد من شخص",
    Reason.LOW_TRUST: "ردين ورا بعض ما كانوا مضمونين وما انرسلوا",
    Reason.MISHEARD: "الرسايل الصوتية انفهمت غلط مرتين",
    Reason.BIG_ORDER: "عرض السعر كبير",
    Reason.CANCEL_ORDER: "الزبون يبي يلغي طلب",
    Reason.MANAGER_WROTE: "المدير كتب في المحادثة",
    Reason.TAKEN: "المدير استلمها",
    Reason.GIVEN_BACK: "المدير رجعها",
    Reason.MANAGER_SILENT: "المدير ما رد من فترة",
    Reason.DISCOUNT: "الزبون يبي خصم",
    Reason.PRICES: "الأسعار ما تأكدت والزبون ينتظر عرض السعر",
    Reason.PRICE: "في سعر لازم يتأكد للزبون",
    Reason.ORDER: "في طلب لازم حد يراجعه",
}


def in_words(reason: str, language: str) -> str:
    """The reason for a manager who reads `language`; one that is none of ours stays as it is written."""
    if language != "ar":
        return reason
    known = next((one for one in Reason if one.value == reason), None)
    return reason if known is None else _ARABIC[known]
