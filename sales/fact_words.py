"""The words by which customers' lines about themselves are told from everything else they write.

All words are folded as `text.fold` folds them: lower case, no hamza, ه for ة, ي for ى.
"""

from __future__ import annotations

from collections.abc import Mapping

# The cities as they are kept, each with its Arabic name and other spellings.
CITIES: Mapping[str, tuple[str, str]] = {
    "Abu Dhabi": ("أبوظبي", "abu dhabi|abudhabi|abu dabi|abudabi|abu zabi|ابوظبي|ابو ظبي|بوظبي|ابوضبي|auh"),
    "Dubai": ("دبي", "dubai|dubay|dubia|dxb|dubaii|دبي"),
    "Sharjah": ("الشارقة", "sharjah|sharja|shj|al sharjah|shar8a|shar[gj]a|الشارقه|شارقه|الشارجه"),
    "Ajman": ("عجمان", "ajman|ajmaan|3ajman|عجمان"),
    "Umm Al Quwain": (
        "أم القيوين",
        "umm? al[ -]?quwain|umm? al[ -]?qaiwain|uaq|umm? el quwain|ام القيوين|ام القوين",
    ),
    "Ras Al Khaimah": (
        "رأس الخيمة",
        "ras al[ -]?khaimah?|ras el khaimah?|ras al[ -]?khaymah?|rak|ras alkhaima|راس الخيمه",
    ),
    "Fujairah": ("الفجيرة", "fujairah?|fujeirah?|fujera|al fujairah|الفجيره|فجيره"),
    "Al Ain": ("العين", "al[ -]ain|alain|el ain|العين"),
    "Khor Fakkan": ("خورفكان", "khor ?fak?kan|khawr fakkan|خور ?فكان"),
    "Kalba": ("كلباء", "kalba|كلبا[ءا]?"),
    "Dibba": ("دبا", "dibba|diba al fujairah|دبا الحصن|دبا الفجيره|دبا"),
    "Al Dhaid": ("الذيد", "al dhaid|dhaid|الذيد"),
    "Ruwais": ("الرويس", "(?:al )?ruwais|الرويس"),
    "Riyadh": ("الرياض", "riyadh|riyad|الرياض"),
    "Jeddah": ("جدة", "jeddah|jedda|jiddah|جده"),
    "Dammam": ("الدمام", "dammam|الدمام"),
    "Doha": ("الدوحة", "doha|الدوحه"),
    "Muscat": ("مسقط", "muscat|masqat|مسقط"),
    "Manama": ("المنامة", "manama|المنامه"),
    "Kuwait City": ("مدينة الكويت", "kuwait city|kuwait|مدينه الكويت|الكويت"),
}

# Parts of a company's name that say that it is one: legal forms, then trades and institutions.
LEGAL_FORMS = frozenset(
    """llc l.l.c l.l.c. fzco fz-co fze fzc fz-llc fzllc dmcc dwc-llc wll w.l.l w.l.l. pjsc pvt ltd ltd.
    limited inc inc. corp corp. plc gmbh est est. establishment
    ذ.م.م ذ.م.م. ذمم م.م.ح م.م.ح. ش.ذ.م.م ش.م.ع م.ح""".split()
)
TRADES = frozenset(
    """trading traders contracting contractors group holding holdings enterprises enterprise technologies
    technology tech solutions services consultants consultancy consulting engineering interiors designs
    studio properties developers hospital clinic school academy university college institute nursery
    hotel hotels restaurant restaurants cafe bank insurance logistics shipping industries industrial
    international global partners associates sons brothers bros media events marketing foundation
    authority ministry municipality electronics pharmacy motors realty investments investment company
    companies co co. corporation furnishing furnitures supplies embassy airlines exhibitions advocates
    lawyers developments construction cont
    للتجاره التجاريه تجاره للمقاولات مقاولات القابضه جروب قروب المحدوده الدوليه العالميه
    للاستشارات للعقارات العقاريه للتطوير للخدمات للتقنيه الهندسيه للاثاث وشركاه واولاده واخوانه
    مستشفي عياده مدرسه فندق جامعه وزاره بلديه هييه بنك موسسه مجموعه للمحاماه للاستيراد للديكور
    للتصميم للسياحه العامه القانونيه للهندسه للنقل للتسويق للتوريدات الطبي الطبيه مستشفيات
    اكاديميه روضه صيدليه مطعم مركز""".split()
)

# Given names that are common at the Gulf and mean nothing else in a chat about goods.
GIVEN_NAMES = frozenset(
    """mohammed mohamed muhammad mohammad mohamad mohd ahmed ahmad ali omar umar khalid khaled salem salim
    saeed sultan hamad hamdan rashid rashed majid majed mansour mansoor abdullah abdulla abdallah abdul
    abdulrahman abdelrahman abdurrahman abdulaziz abdelaziz abdulkarim ibrahim ebrahim yousef yousuf
    yusuf youssef hassan hasan hussain hussein husain faisal faysal fahad fahd nasser naser nasir saud
    saif tariq tareq tarek waleed walid ziad zayed bilal imran irfan usman othman osman faheem asif
    adnan kareem karim mahmoud mahmood mustafa mostafa amer osama usama sami samir sameer rami ramy hani
    hany tamer ayman aiman wael nabil nabeel jamal kamal bader badr jassim jasim jaber obaid humaid
    mubarak yaqoub yaqoob essa eissa younis yasser yasir ammar anwar ashraf emad imad ihab khalil laith
    mazen mohsin muneer munir nadeem naveed rafiq riyaz saad salman shahid shoaib tahir talal turki
    wasim zubair fatima fatma fatema aisha ayesha mariam maryam sara sarah noura noora hessa shamma
    latifa moza reem rana rania lina layla leila laila huda hoda amna salma nadia dina mona muna yasmin
    yasmeen zainab khadija hala hanan abeer asma alia shaikha mouza farah ghada heba lubna maha manal
    maysa nada nawal rasha samia suha raj rahul rajesh ramesh suresh sanjay vijay anil sunil priya
    deepak amit arun krishna ravi anand vikram neha pooja anita sunita arjun nitin manoj ashok prakash
    ganesh sandeep santosh vinod maria jose john james david michael peter paul robert thomas daniel
    andrew steven stephen christopher george alexander anna laura emma sophie julia linda susan jennifer
    jessica michelle nicole olga natalia elena dmitry ivan marco luca pierre hans stefan anthony kevin
    brian simon martin adam
    محمد احمد خالد سالم سعيد سلطان حمد حمدان راشد ماجد منصور عبدالله عبد عبدالرحمن عبدالعزيز
    ابراهيم يوسف حسن حسين فيصل فهد ناصر سعود سيف طارق وليد زياد بلال كريم محمود مصطفي عمرو عامر
    اسامه سامي سمير رامي هاني تامر ايمن وايل نبيل جمال كمال بدر جاسم جابر عبيد حميد مبارك يعقوب
    عيسي موسي عمر علي فاطمه عايشه مريم ساره نوره حصه شما لطيفه ريم رنا رانيا لينا ليلي هدي هند
    امنه سلمي ناديه دينا دانه ياسمين زينب خديجه هاله حنان عبير علياء شيخه بوخالد بومحمد ياسر
    عماد تركي طلال سلمان عثمان غاده لبني مها نواف مشعل بندر""".split()
)
TITLES = frozenset(
    """mr mr. mrs mrs. ms ms. miss dr dr. eng eng. engr engineer prof sheikh sheikha
    استاذ الاستاذ مهندس المهندس مهندسه المهندسه دكتور الدكتور دكتوره الدكتوره السيد السيده الاخ
    الاخت د. م. ا.""".split()
)

# Words that end a name, and that no name begins with: pronouns, verbs of asking, joints of a sentence.
STOP = frozenset(
    """a an the and i i'm im i'll i'd i've we we're we'd we'll you your he she they it it's its this that
    these those my our me us is are was were be been am do does did can could will would shall should
    may might have has had need needs want wants like looking look require requires please pls plz
    kindly for to in on at of from with by about regarding re if when then so but or not no yes which
    who what where why how also here there now today tomorrow asking calling interested trying writing
    texting messaging searching checking waiting going coming working ready sure sorry fine good great
    happy very too really just only still back new old different same other another more less cheaper
    bigger small big email e-mail mail phone mobile tel number trn vat address located based send sent
    give get got buy order orders quote quotation price prices thanks thank thx regards ok okay hi hello
    hey dear and/or because as than into out off up down over under any some all every each sir madam
    bro brother procurement purchasing purchase accounts accounting sales finance hr admin management
    person someone customer client manager driver wish wanna gonna let lets let's whatsapp website list
    item changed change correct wrong speaking again already never actually well think guess know see
    saw afraid using confused unhappy bored late busy outside inside home away free available abi abgha
    abghi abga aba nabi nabgha nabghi areed nareed n7taj a7taj m7taj m7tajeen bghait 3ndi 3ndna 3indi fi
    min men mn fadlik fadlak fadhlik fadhlak fadlek fadhlek 3an 3ala ma3 wa ana 7na i7na a7na
    inta enta hatha hathi mu mob mub mish mo la kam bkam
    shu shno wain wayn kaif keef laish 3shan 7ag bs bas alhin al7in elyom bacher shukran mashkoor tamam
    zain law sama7t mumkin adawer adawir
    في من الي عن علي مع عند عندي عندنا عندكم انا احنا حنا نحن نحنا انت انتو هو هي هذا هذي هاي
    اللي و او ولا لا ما مو مب مش ابي ابغي ابغا اريد نبي نبغي نريد احتاج نحتاج محتاج محتاجين ودي
    ودنا بدي تبي تبغي يبي عطني ارسل ارسلوا طرش طرشوا ممكن لو سمحت سمحتوا اذا شكرا مشكور مشكورين
    رقم رقمي تلفون جوال موبايل ايميل الايميل ايميلي وايميلي بريد البريد بريدي كم بكم سعر شو شنو
    وش ايش متي وين كيف ليش هل عشان حق بخصوص بس بعد الحين اليوم باجر بكره غلط صح قصدي اقصد عفوا
    اسف نعم ايوه هيه اوكي تمام طيب زين يا اخوي حبيبي السلام مرحبا هلا والله اطلب نطلب بطلب بغيت
    بغينا جاهز موافق موافقين متاكد هنيه هنا هناك كنت رايح جاي ابحث ادور ندور حاب حابه حابين زبون
    موظف مسؤول مسوول مدير شركه الشركه تنظيف مهتم خايف زعلان مستعجل عليه عليها ينكتب كتبته كتبتوه
    تعبان متصل اتصل مشغول برا مستني ناطر انتظر قلت ابا نبا نبغا شركتي شركتنا موسستنا مكتبي مكتبنا
    عنواني هاتف هاتفي جوالي موبايلي تلفوني اشتغل اعمل اسمي""".split()
)
# The company's name goes on behind these although a person's does not.
JOINS_IN_COMPANIES = frozenset("and of for the & + new big sales free home و".split())

# Words that are an answer to something else when a message consists of them.
SMALL_TALK = frozenset(
    """ok okay oki okey k yes yeah yep yup ya yea no nope nah sure fine good great perfect cool nice thanks
    thank thx you u ty please pls plz hi hello hey hala salam salaam alaikum alaykum morning evening
    afternoon welcome done got it go ahead proceed right correct alright agreed deal wait later skip
    next continue same before as above again nothing none whatever idk maybe hmm um lol haha test asdf
    sir bro my friend dear boss moment one second sec minute a the and wa w well noted understood tamam
    zain zein aywa aiwa na3am la laa shukran mashkoor marhaba walla inshallah insha allah khalas ba3dain
    la7tha yalla akeed sa7 6ayyeb tayeb mashi
    تمام اوكي اوك طيب زين ماشي نعم لا اي ايه ايوه هيه لاا شكرا مشكور مشكورين تسلم تسلمون عفوا
    السلام عليكم وعليكم ورحمه الله وبركاته مرحبا هلا والله اهلا صباح مساء الخير النور حياك خلاص
    بعدين لحظه ثواني انتظر نفس الشي اكيد صح موافق انزين ان شاء يعطيك العافيه ابشر كمل يلا عطني
    دقيقه لو سمحت اخوي حبيبي يا ما ادري عادي""".split()
)
# A message with one of these asks for something to be done or shown.
WISHES = frozenset(
    """need want looking show send give price prices cost cheaper cheapest quote quotation order cancel
    stop discount remove add deliver delivery available stock pictures picture photo photos color colour
    colors catalog catalogue chair chairs desk desks table tables sofa sofas cabinet cabinets lamp lamps
    shelf shelves bookcase whiteboard workstation workstations laptop laptops recliner stool stools
    pieces pcs black white warranty payment human agent person manager forget change abi abgha abghi
    nabi nabgha areed a7taj n7taj 3tni 36ni arsil 6arish si3r se3r ar5as ar7as kursi korsi karasi 6awla
    tawla maktab makatib kanab tawseel soora sowar 9oora
    ابي ابغي ابغا نبي نبغي احتاج نحتاج محتاج اريد عطني عطنا ارسل ارسلوا طرش طرشوا ورني وروني سعر
    اسعار السعر الاسعار بكم ارخص خصم الغ الغي كنسل كرسي كراسي الكراسي الكرسي طاوله طاولات مكاتب
    كنب كنبه كنبات خزانه دولاب لمبه توصيل التوصيل ضمان صوره صور الوان لون اسود ابيض حبه حبات
    درهم كتالوج موظف بشر انسان غير بدل شيل احذف""".split()
)
# Company words that only say what a company does: behind "شركة" they make no name.
GENERIC_COMPANY_WORDS = frozenset(
    """small big new local private government cleaning shipping another other same different name credit
    cheque check letterhead stamp profile license account policy expense car side purpose use order
    budget event trip party letter seal card email called named spelled wrong thanya thania thanyah na8l
    naql na2l tan'6eef tanzeef tandheef tawreed tawseel ta2meen kbeera se8eera ta3mer
    تنظيف توريد تسويق دعايه اعلان مقاولات نقل شحن تامين عقارات سياحه عماله صيانه برمجه ثانيه
    اخري كبيره صغيره جديده حكوميه خاصه محليه معروفه وحده توظيف استشارات نظافه حراسه تجاريه ناشيه
    عندها عندهم تشتغل تبي تبغي تحتاج محترمه معينه منافسه غيركم ولا او افراد فرد شي ثاني تركيب
    اثاث ديكور كهرباء""".split()
)
