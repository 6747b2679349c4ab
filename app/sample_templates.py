"""The sample seller's WhatsApp templates, as Wazzup would list them: what the sandbox's account holds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sales.seller import Seller
from sales.seller_words import InBothLanguages, Language
from sales.templates import TemplatePurpose

_LANGUAGES: tuple[Language, ...] = ("en", "ar")
_PLACE = re.compile(r"\{(\w+)\}")

# Names in braces are the values of the purpose; one that seller.yml does not use is left as a word.
_TEXTS = {
    TemplatePurpose.FOLLOW_UP_DAY_3: InBothLanguages(
        en="Hello {contact}, your quote {quote} is still with us. Shall we go ahead, or would you like to"
        " change something? Reply STOP and we will not write again.",
        ar="مرحبا {contact}، عرض السعر {quote} بعده عندنا. نمشي فيه ولا تبغي تغيّر شي؟ وإذا ما تبغينا نراسلك"
        " اكتب «وقف».",
    ),
    TemplatePurpose.FOLLOW_UP_DAY_7: InBothLanguages(
        en="Hello {contact}, this is our last message about the quote {quote}. If it is of use to you, just"
        " reply here. Reply STOP and we will not write again.",
        ar="مرحبا {contact}، هذي آخر رسالة منا عن عرض السعر {quote}. إذا بعدك محتاجه رد علينا هني. وإذا ما"
        " تبغينا نراسلك اكتب «وقف».",
    ),
    TemplatePurpose.QUOTE_READY: InBothLanguages(
        en="Hello {contact}, the quote {quote} that you asked for is ready. Reply here and we send it.",
        ar="مرحبا {contact}، عرض السعر {quote} اللي طلبته جاهز. رد علينا هني ونطرشه لك.",
    ),
    TemplatePurpose.ORDER_CONFIRMED: InBothLanguages(
        en="Your order is confirmed, its number is {number}. Thank you.",
        ar="طلبك تأكد ورقمه {number}، مشكور وما قصرت.",
    ),
    TemplatePurpose.HAND_OVER: InBothLanguages(
        en="A customer needs you, chat {code}: {reason}. Reply here to see more.",
        ar="في زبون محتاجنك، المحادثة {code}: {reason}. رد هني عشان تشوف التفاصيل.",
    ),
}
_UTILITY = frozenset(
    {TemplatePurpose.QUOTE_READY, TemplatePurpose.ORDER_CONFIRMED, TemplatePurpose.HAND_OVER}
)


def sample_templates(seller: Seller, channel_id: str) -> Sequence[dict[str, object]]:
    """A template for every purpose and language of `data/seller.yml`, with its guid and values in order."""
    return [
        _listed(seller, channel_id, purpose, language)
        for purpose in TemplatePurpose
        for language in _LANGUAGES
    ]


def _listed(
    seller: Seller, channel_id: str, purpose: TemplatePurpose, language: Language
) -> dict[str, object]:
    pair = seller.templates.of(purpose)
    places = {value: number for number, value in enumerate(pair.values, start=1)}
    body = _PLACE.sub(
        lambda place: f"{{{{{places[place[1]]}}}}}" if place[1] in places else f"({place[1]})",
        _TEXTS[purpose].in_language(language),
    )
    guid = pair.in_language(language)
    return {
        "templateGuid": guid,
        "accountId": 1,
        "title": f"{purpose.value}_{language}",
        "name": f"{purpose.value}_{language}",
        "waba": {"wabaId": "100000000000001", "wabaName": seller.name.en},
        "channels": [channel_id],
        "category": "UTILITY" if purpose in _UTILITY else "MARKETING",
        "language": language,
        "status": "approved",
        "rejected_reason": None,
        "namespace": "sandbox",
        "components": [
            {"type": "BODY", "text": body, "example": {"body_text": [list(pair.values)]}},
            {"type": "FOOTER", "text": seller.name.in_language(language)},
        ],
        "templateCode": _code(guid, pair.values),
    }


def _code(guid: str, values: Sequence[str]) -> str:
    return f"@template: {guid} {{ {'; '.join(f'[[{value}]]' for value in values)} }}"
