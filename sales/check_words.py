"""What the manager's chat hears of the hourly check: once when something begins, once when it ends."""

from __future__ import annotations

from text.bidi import isolate

# (check, whether it is mended) → English, Gulf Arabic.
_WORDS = {
    ("webhook", False): (
        "Majlis here: customers' messages may not be reaching me, because Wazzup no longer delivers them as"
        " it should. Please watch the chats yourself, and have whoever runs Majlis start `majlis doctor`.",
        "معاكم Majlis: يمكن رسايل العملاء ما توصلني، لأن Wazzup ما عاد يوصلها لنا مثل أول. تابعوا المحادثات"
        " بنفسكم، وخبروا اللي يشغل Majlis يسوي `majlis doctor`.",
    ),
    ("webhook", True): (
        "Majlis here: Wazzup delivers customers' messages to us again. Messages that came meanwhile may be"
        " missing: please look through the chats.",
        "معاكم Majlis: رسايل العملاء رجعت توصلنا من Wazzup. يمكن رسايل وصلت في هالوقت ما شفتها، فشيكوا على"
        " المحادثات.",
    ),
    ("silence", False): (
        "Majlis here: nothing has reached me for a while, at a time when customers usually write. Please look"
        " into the chats; if they are not quiet, have whoever runs Majlis start `majlis doctor`.",
        "معاكم Majlis: من فترة ما وصلني شي، وفي هالوقت العملاء بالعادة يكتبون. شيكوا على المحادثات، وإذا فيها"
        " رسايل خبروا اللي يشغل Majlis يسوي `majlis doctor`.",
    ),
    ("silence", True): (
        "Majlis here: messages are coming in again.",
        "معاكم Majlis: الرسايل رجعت توصل.",
    ),
}


def notice(check: str, *, mended: bool, language: str | None) -> str:
    """The words for a check by its name (`webhook` or `silence`), in Arabic where the chat is in Arabic."""
    english, arabic = _WORDS[check, mended]
    return isolate(arabic) if language == "ar" else english
