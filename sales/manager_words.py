"""What a manager reads in his own chat, in English and Gulf Arabic (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sales.case_summary import Case
from sales.discount_storage import ApprovalState
from sales.hand_over_reason import in_words
from sales.manager_commands import Language, Mistake
from sales.ownership import Owner
from sales.quote import QuoteState, format_amount, format_percent
from sales.stages import Stage
from text.bidi import isolate

_STAGES: Mapping[Stage, tuple[str, str]] = {
    Stage.GREETING: ("greeting", "بداية الكلام"),
    Stage.QUALIFYING: ("finding out the need", "نعرف شو يحتاج"),
    Stage.SELECTING: ("choosing products", "يختار المنتجات"),
    Stage.QUOTING: ("has a quote", "عنده عرض سعر"),
    Stage.NEGOTIATING: ("talking about the price", "يتفاوض على السعر"),
    Stage.CLOSING: ("confirming the order", "يأكد الطلب"),
    Stage.FOLLOW_UP: ("has ordered", "طلب وخلص"),
}
_QUOTES: Mapping[QuoteState, tuple[str, str]] = {
    QuoteState.DRAFT: ("not sent yet", "ما انرسل بعد"),
    QuoteState.SENT: ("sent", "مرسل"),
    QuoteState.SUPERSEDED: ("replaced", "تبدل"),
    QuoteState.ACCEPTED: ("ordered", "انطلب"),
    QuoteState.EXPIRED: ("expired", "انتهت مدته"),
    QuoteState.WITHDRAWN: ("withdrawn", "انسحب"),
}
_WORDS: Mapping[str, tuple[str, str]] = {
    "help": (
        "What you can write here, with a chat's code (for example A7K2):\n"
        "take A7K2 – the chat is yours, Majlis is silent in it\n"
        "back A7K2 – Majlis answers again, from the customer's next message\n"
        "approve A7K2 5 – 5 % off the customer's quote\n"
        "status A7K2 – how the chat stands\n"
        "status – what is open",
        "اللي تقدر تكتبه هني، ويا رمز المحادثة (مثلا A7K2):\n"
        "استلم A7K2 – المحادثة لك ومجلس يسكت فيها\n"
        "رجع A7K2 – مجلس يرد مرة ثانية من رسالة الزبون الياية\n"
        "وافق A7K2 5 – خصم 5% على عرض سعر الزبون\n"
        "وضع A7K2 – شو وضع المحادثة\n"
        "وضع – شو المفتوح",
    ),
    "only_text": (
        "I only read commands in text here, no voice, pictures or files. Write help to see them.",
        "هني أقرا الأوامر المكتوبة بس، لا صوت ولا صور ولا ملفات. اكتب مساعدة عشان تشوفها.",
    ),
    "gave_up": (
        "Something went wrong and this was not done: {line}. Please try again, or tell the operator.",
        "صار خلل وما تم هالشي: {line}. جرب مرة ثانية أو خبر المسؤول عن النظام.",
    ),
    "too_many": (
        "Only the first {read} lines were read, {left} more were not: nothing was done for those. Please send"
        " them again.",
        "قريت أول {read} سطور بس، و{left} بعدها ما قريتها وما سويت لها شي. طرشها مرة ثانية لو سمحت.",
    ),
    "no_command": (
        "I don't know what to do with that. You can write take, back, approve or status with a chat's code,"
        " or help.",
        "ما عرفت شو المطلوب. تقدر تكتب استلم أو رجع أو وافق أو وضع ويا رمز المحادثة، أو مساعدة.",
    ),
    "several_commands": (
        "That is more than one command; nothing was done. Write each on a line of its own, for example:"
        " take {code}",
        "هذا أكثر من أمر وما سويت شي. اكتب كل أمر في سطر بروحه، مثلا: استلم {code}",
    ),
    "not_meant": (
        "Nothing was done: that reads like a question or a no. To do it write, for example: {example}",
        "ما سويت شي، الكلام كأنه سؤال أو رفض. إذا تبيها اكتب مثلا: {example}",
    ),
    "no_code": ("Which chat? Add its code, for example: {example}", "أي محادثة؟ زيد رمزها، مثلا: {example}"),
    "several_codes": (
        "One chat at a time please; nothing was done. Write each on a line of its own.",
        "محادثة وحدة كل مرة لو سمحت، وما سويت شي. اكتب كل وحدة في سطر بروحها.",
    ),
    "no_percent": (
        "How many per cent? For example: approve {code} 5",
        "كم بالمية؟ مثلا: وافق {code} 5",
    ),
    "several_percents": (
        "That has more than one number; nothing was approved. Write for example: approve {code} 5",
        "فيها أكثر من رقم وما اعتمدت شي. اكتب مثلا: وافق {code} 5",
    ),
    "out_of_range": (
        "The discount has to be above 0 and below 100 per cent; nothing was approved. For example:"
        " approve {code} 5. To take one back, empty the discount field of the deal in Zoho.",
        "الخصم لازم يكون فوق 0 وتحت 100 بالمية، وما اعتمدت شي. مثلا: وافق {code} 5. وإذا تبي تلغي خصم فضي"
        " خانة الخصم في الصفقة في Zoho.",
    ),
    "too_fine": (
        "At most two decimals please, for example: approve {code} 7.25. Nothing was approved.",
        "رقمين بعد الفاصلة بالكثير، مثلا: وافق {code} 7.25. ما اعتمدت شي.",
    ),
    "unknown_code": ("No chat has the code {code}. {open}", "ما في محادثة رمزها {code}. {open}"),
    "did_you_mean": ("Did you mean {codes}?", "تقصد {codes}؟"),
    "open_are": ("Open now: {codes}.", "المفتوح الحين: {codes}."),
    "none_open": ("No chat is open now.", "ما في شي مفتوح الحين."),
    "taken": (
        "{code} is yours: Majlis is silent there. Answer the customer in the chat, and write back {code} when"
        " you are done.",
        "{code} صارت عندك ومجلس ساكت فيها. رد على الزبون في المحادثة، ويوم تخلص اكتب رجع {code}.",
    ),
    "taken_already": (
        "{code} is a person's already, since {since}. Write back {code} to have Majlis answer again.",
        "{code} عند الفريق من قبل، من {since}. اكتب رجع {code} إذا تبي مجلس يرد.",
    ),
    "given_back": (
        "{code} is back with Majlis: the customer's next message is answered. What was written until now is"
        " left to you.",
        "{code} رجعت لمجلس، وبيرد على رسالة الزبون الياية. اللي انكتب قبل متروك لك.",
    ),
    "given_back_already": (
        "{code} is with Majlis already: the customer's next message is answered.",
        "{code} عند مجلس من قبل، وبيرد على رسالة الزبون الياية.",
    ),
    "but_paused": (
        "All of Majlis is paused, though: nothing is answered until the operator resumes.",
        "بس مجلس كله موقف الحين، وما يرد لين المسؤول يشغله.",
    ),
    "no_quote": (
        "{code} has no quote yet, so there is nothing to approve. The customer gets one first.",
        "{code} ما عنده عرض سعر بعد، فما في شي تعتمده. أول شي يوصله عرض السعر.",
    ),
    "quote_over": (
        "Quote {quote} of {code} is {state}: nothing to approve any more.",
        "عرض السعر {quote} مال {code} {state}، ما في شي تعتمده.",
    ),
    "approved": (
        "Noted: {percent} % on quote {quote} of {code}. It goes into the deal in Zoho; then Majlis tells the"
        " customer, unless the chat is a person's, and sends the revised quote for the asking.",
        "تم: خصم {percent}% على عرض السعر {quote} مال {code}. يتسجل في الصفقة في Zoho، وبعدها مجلس يخبر"
        " الزبون إلا إذا المحادثة عند الفريق، ويطرش له العرض الجديد أول ما يطلبه.",
    ),
    "approved_already": (
        "{percent} % for {code} was approved before; nothing more to do.",
        "خصم {percent}% لـ {code} معتمد من قبل، ما يحتاج شي.",
    ),
    "no_zoho": (
        "I cannot enter a discount: no Zoho is connected (ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET,"
        " ZOHO_REFRESH_TOKEN and ZOHO_ORGANIZATION_ID). Nothing was approved.",
        "ما أقدر أسجل الخصم، Zoho مب مربوط (ZOHO_CLIENT_ID و ZOHO_CLIENT_SECRET و ZOHO_REFRESH_TOKEN"
        " و ZOHO_ORGANIZATION_ID). ما اعتمدت شي.",
    ),
    "paused": (
        "Majlis is paused since {since} (by {who}): all chats are with people.",
        "مجلس موقف من {since} (وقفه {who})، كل المحادثات عند الفريق.",
    ),
    "running": ("Majlis is running.", "مجلس شغال."),
    "persons_are": ("With people ({count}):", "عند الفريق ({count}):"),
    "no_persons": ("With people: none.", "عند الفريق: ولا وحدة."),
    "unanswered_are": ("Waiting for an answer ({count}):", "ينتظرون رد ({count}):"),
    "no_unanswered": ("Waiting for an answer: nobody.", "ينتظرون رد: ولا واحد."),
    "line_unanswered": ("{code} – since {since}", "{code} – من {since}"),
    "waiting_are": ("Waiting for your decision ({count}):", "تنتظر قرارك ({count}):"),
    "no_waiting": ("Waiting for your decision: none.", "تنتظر قرارك: ولا وحدة."),
    "on_the_way": ("On the way to Zoho ({count}):", "في الطريق لـ Zoho ({count}):"),
    "and_more": ("… and {count} more", "… و{count} بعد"),
    "line_person": ("{code} – {reason}, since {since}", "{code} – {reason}، من {since}"),
    "line_discount": ("{code} – a discount on quote {quote}", "{code} – خصم على عرض السعر {quote}"),
    "line_entry": ("{code} – {percent} %", "{code} – خصم {percent}%"),
    "customer": ("Customer: {who}", "الزبون: {who}"),
    "stage": ("Stage: {stage}", "المرحلة: {stage}"),
    "quote": (
        "Quote {quote}: AED {total} with VAT, {state}",
        "عرض السعر {quote}: AED {total} مع الضريبة، {state}",
    ),
    "basket": ("Chosen: {products} products, {pieces} pieces", "اختار: {products} منتجات، {pieces} حبة"),
    "of_bot": ("Majlis answers.", "مجلس يرد."),
    "of_person": ("With a person since {since}: {reason}", "عند الفريق من {since}: {reason}"),
    "discount": ("Discount in force: {percent} %", "خصم معتمد: {percent}%"),
    "entering": ("{percent} % is on its way to Zoho.", "خصم {percent}% في الطريق لـ Zoho."),
    "refused": (
        "{percent} % could not be entered: that sale was over.",
        "خصم {percent}% ما انسجل: هالبيعة خلصت.",
    ),
    "to_answer": ("Answer: take {code} · back {code}", "رد: استلم {code} · رجع {code}"),
    "to_approve": (" · approve {code} 5", " · وافق {code} 5"),
}
_EXAMPLES: Mapping[str, tuple[str, str]] = {
    "take": ("take {code}", "استلم {code}"),
    "back": ("back {code}", "رجع {code}"),
    "approve": ("approve {code} 5", "وافق {code} 5"),
    "status": ("status {code}", "وضع {code}"),
    "help": ("help", "مساعدة"),
}
SAMPLE_CODE = "A7K2"


def say(name: str, language: Language, **values: object) -> str:
    """One of the sentences, filled."""
    return _WORDS[name][language == "ar"].format(**values)


def ready(lines: Sequence[str]) -> str:
    """Lines as one message whose numbers and codes stand right in Arabic lines."""
    return isolate("\n".join(line for line in lines if line))


def mistaken(mistake: Mistake, verb: str | None, code: str | None, language: Language) -> str:
    """What is wrong with a line, and how it is written."""
    shown = code or SAMPLE_CODE
    example = _EXAMPLES[verb or "take"][language == "ar"].format(code=shown)
    return say(mistake.value, language, code=shown, example=example)


def notice(case: Case, reason: str, link: str | None, language: Language) -> str:
    """Why a person is needed in this chat, at most eight lines."""
    head = f"{case.code}: {in_words(reason, language)}"
    answer = say("to_answer", language, code=case.code)
    if case.quote is not None and case.quote.state is QuoteState.SENT:
        answer += say("to_approve", language, code=case.code)
    return ready([head, *_glance(case, language), link or "", answer])


def standing(case: Case, link: str | None, zone: str, language: Language) -> str:
    """How a chat stands."""
    lines = [case.code, *_glance(case, language)]
    if case.owner is Owner.PERSON:
        reason = in_words(case.reason or "", language)
        lines.append(say("of_person", language, since=moment(case.since, zone), reason=reason))
    else:
        lines.append(say("of_bot", language))
    if case.discount:
        lines.append(say("discount", language, percent=format_percent(case.discount)))
    if case.approval is not None and case.approval.state is ApprovalState.WAITING:
        lines.append(say("entering", language, percent=format_percent(case.approval.percent)))
    if case.approval is not None and case.approval.state is ApprovalState.REFUSED:
        lines.append(say("refused", language, percent=format_percent(case.approval.percent)))
    return ready([*lines, link or ""])


def moment(at: datetime | None, zone: str) -> str:
    """A time where the seller is."""
    return "?" if at is None else f"{at.astimezone(ZoneInfo(zone)):%d/%m %H:%M}"


def per_cent(percent: Decimal) -> str:
    """Without idle zeros."""
    return format_percent(percent)


def state_of(state: QuoteState, language: Language) -> str:
    """How a quote stands."""
    return _QUOTES[state][language == "ar"]


def _glance(case: Case, language: Language) -> list[str]:
    who = ", ".join(part for part in (case.company, case.contact, case.phone) if part)
    lines = [
        say("customer", language, who=who or "?"),
        say("stage", language, stage=_STAGES[case.stage][language == "ar"]),
    ]
    if case.quote is not None:
        lines.append(
            say(
                "quote",
                language,
                quote=case.quote.number,
                total=format_amount(case.quote.total),
                state=state_of(case.quote.state, language),
            )
        )
    elif case.products:
        lines.append(say("basket", language, products=case.products, pieces=case.pieces))
    return lines
