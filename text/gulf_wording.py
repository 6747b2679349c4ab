"""Words of Modern Standard Arabic that nobody in the Gulf writes to a customer."""

from __future__ import annotations

import re

_MODERN_STANDARD = re.compile(
    r"(?<!\w)[وف]?(?:سوف|ماذا|لماذا|هل|يرجى|نرجو|الرجاء|عزيزي|عزيزتي|لدينا|لديكم|لديك|ليس|ليست|ليسوا|الآن|أيضا"
    r"|أيضاً|نود|يسعدنا|بإمكانك|بإمكانكم|يمكنك|يمكنكم|يمكنني|تريد|تريدون|ترغب|ترغبون|أين|كيف يمكنني"
    r"|نحن هنا لخدمتكم|سنقوم|قم ب|لقد|إن كنت|الذي|التي|الذين|هذه|هؤلاء|نحن نقدم|حيث|كما أن|لكي|إذاً|عبر|فقط"
    r"|ثم|لم|لن|جداً|جدا|مرحباً بك|تفضلوا بقبول|المزيد)(?!\w)"
)


def modern_standard_word(text: str) -> str | None:
    """The first marker of Modern Standard Arabic in `text`, as customers would read it; None without one."""
    found = _MODERN_STANDARD.search(text)
    return found.group() if found else None
