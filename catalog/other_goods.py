"""What shops of every other kind sell: a product means what the customer means only if none of it is nearer.

Similarities of short texts lie close together, and how high they lie depends on the language and on the
length of the question: no fixed limit parts "something to keep files in" from "coffee machine". What the
question would fit elsewhere does. Whatever the catalog itself sells does not count: the lexicon says so.
"""

from __future__ import annotations

# One thing each, English and Gulf Arabic; broad rather than complete, since neighbours stand for the rest.
OTHER_GOODS = tuple(
    name.strip()
    for name in """
    food and groceries | pizza and burgers | restaurant meals | coffee beans | tea and juice
    coffee machine | chocolate cake | sweets and ice cream | cars for sale | car parts and tyres
    engine oil | mobile phones | phone charger | laptop computer | video games | printer
    printer ink and toner | television | headphones | dress and clothes | shoes | wedding and party
    jewellery | watch | perfume and cosmetics | carpet and rugs | floor tiles | curtains and blinds
    lamp | ceiling lights | chandelier | air conditioner | heater and fan | fridge
    oven and kitchen appliances | washing machine | bed and mattress | bathroom and plumbing | paint
    building materials | power tools | garden plants | swimming pool | toys for children
    sports and fitness | flight tickets | hotel and travel | medicine and pharmacy | doctor and headache
    cats and dogs | weather | news and politics | jobs and salary | bank cards and loans
    apartment for rent | software and websites | music and films | insurance | school homework
    flowers and gifts | repair service | sunglasses | مواد غذائية وبقالة | بيتزا وبرجر | وجبات مطعم
    قهوة وشاي | ماكينة قهوة | كيك وشوكولاته | حلويات | سيارات للبيع | قطع غيار وتواير | زيت محرك
    جوالات | شاحن جوال | كمبيوتر ولابتوب | ألعاب فيديو | طابعات | حبر طابعة | تلفزيون | سماعات
    ملابس وفساتين | أحذية | عرس وحفلات | ذهب ومجوهرات | ساعات | عطور ومكياج | سجاد وموكيت | بلاط أرضيات
    ستائر | لمبات وإضاءة | ثريات | مكيفات | ثلاجات | فرن وأجهزة مطبخ | غسالة | سرير ومرتبة
    حمامات وسباكة | دهان | مواد بناء | عدد ومكائن | زرع وحديقة | مسبح | ألعاب أطفال | رياضة ولياقة
    تذاكر طيران | فنادق وسفر | أدوية وصيدلية | قطط وكلاب | الطقس | أخبار وسياسة | وظائف ورواتب
    بنوك وقروض | شقق للإيجار | برامج ومواقع | أغاني وأفلام | تأمين | دروس ومدارس | ورود وهدايا
    تصليح وصيانة
    """.replace("\n", "|").split("|")
    if name.strip()
)
