"""What the sample seller deals in: the lines from which `catalog.generator` makes 1,500 products.

Data only. Arabic is written as a Gulf showroom labels its goods; `gender` decides the form of the
adjectives that follow the noun.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Gender = Literal["masculine", "feminine"]
Centimetres = tuple[int, int, int]


@dataclass(frozen=True)
class Line:
    """One kind of furniture: how it is called, made, sized and priced."""

    category: str
    sku_prefix: str
    name_en: str
    name_ar: str
    gender: Gender
    # How many of the 1,500 products belong to this line.
    share: int
    # Lowest and highest price of the line in AED, before VAT.
    prices: tuple[int, int]
    materials: tuple[str, ...]
    colors: tuple[str, ...]
    # Width, depth, height.
    sizes: tuple[Centimetres, ...]
    seats: tuple[int, ...] = ()
    purpose_en: str = ""
    purpose_ar: str = ""


# English key: masculine and feminine Arabic form.
COLORS: dict[str, tuple[str, str]] = {
    "black": ("أسود", "سوداء"),
    "white": ("أبيض", "بيضاء"),
    "grey": ("رمادي", "رمادية"),
    "brown": ("بني", "بنية"),
    "beige": ("بيج", "بيج"),
    "blue": ("أزرق", "زرقاء"),
    "navy": ("كحلي", "كحلية"),
    "green": ("أخضر", "خضراء"),
    "red": ("أحمر", "حمراء"),
    "orange": ("برتقالي", "برتقالية"),
    "burgundy": ("عنابي", "عنابية"),
    "silver": ("فضي", "فضية"),
    "walnut": ("لون جوز", "لون جوز"),
    "oak": ("لون بلوط", "لون بلوط"),
}

# English key: Arabic form after "من" or as an apposition, and the price factor of the material.
MATERIALS: dict[str, tuple[str, float]] = {
    "mesh": ("شبك", 1.0),
    "fabric": ("قماش", 1.0),
    "leather": ("جلد", 1.35),
    "plastic": ("بلاستيك", 0.85),
    "wood": ("خشب", 1.1),
    "metal": ("حديد", 1.0),
    "glass": ("زجاج", 1.2),
    "laminate": ("لامينيت", 0.95),
    "felt": ("لباد", 1.05),
}

# Series in English and Arabic, and where in the line's price range they lie (0 to 1).
SERIES: tuple[tuple[str, str, float], ...] = (
    ("Basic", "بيسك", 0.02),
    ("Smart", "سمارت", 0.08),
    ("Metro", "مترو", 0.14),
    ("Hatta", "حتا", 0.2),
    ("Sidra", "سدرة", 0.25),
    ("Dune", "ديون", 0.3),
    ("Nova", "نوفا", 0.35),
    ("Oasis", "واحة", 0.4),
    ("Atlas", "أطلس", 0.46),
    ("Marina", "مارينا", 0.52),
    ("Liwa", "ليوا", 0.57),
    ("Orion", "أوريون", 0.62),
    ("Creek", "كريك", 0.67),
    ("Sadu", "سدو", 0.72),
    ("Vertex", "فيرتكس", 0.78),
    ("Palm", "بالم", 0.84),
    ("Majesty", "ماجستي", 0.91),
    ("Emir", "أمير", 0.97),
)

# Who makes which series; all are invented.
BRANDS: dict[str, tuple[str, ...]] = {
    "Dhowcraft": ("Basic", "Smart", "Metro"),
    "Kestora": ("Hatta", "Sidra", "Dune"),
    "Norvane": ("Nova", "Oasis", "Atlas"),
    "Ghafwood": ("Marina", "Liwa", "Orion"),
    "Qasrline": ("Creek", "Sadu", "Vertex"),
    "Milvano": ("Palm", "Majesty", "Emir"),
}

_SEATING = ("black", "grey", "white", "blue", "navy", "green", "red", "brown", "beige")
_LEATHER = ("black", "brown", "beige", "burgundy", "white")
_WOODS = ("walnut", "oak", "white", "grey", "black", "beige")
_METALS = ("grey", "white", "black", "beige", "silver", "blue")

LINES: tuple[Line, ...] = (
    Line("chair", "CH", "task chair", "كرسي مكتب", "masculine", 130, (189, 690),
         ("mesh", "fabric", "plastic"), ("black", "black", *_SEATING), ((60, 58, 98), (62, 60, 105)),
         (1,), "For daily work at a desk, height adjustable.",
         "للشغل اليومي على المكتب، ارتفاعه يتعدل."),
    Line("chair", "CH", "executive chair", "كرسي مدير", "masculine", 110, (450, 2400),
         ("leather", "mesh", "fabric"), ("black", "black", *_LEATHER), ((66, 68, 118), (70, 72, 124)),
         (1,), "High back with headrest, for the manager's office.",
         "ظهر عالي ومسند راس، لغرفة المدير."),
    Line("chair", "CH", "ergonomic chair", "كرسي طبي", "masculine", 80, (390, 1850), ("mesh", "fabric"),
         ("black", "black", "grey", "white", "blue"), ((65, 65, 112), (68, 66, 120)), (1,),
         "Lumbar support and adjustable arms for long hours.",
         "يسند الظهر ويداته تتعدل، مريح للدوام الطويل."),
    Line("chair", "CH", "visitor chair", "كرسي زوار", "masculine", 90, (145, 620),
         ("fabric", "leather", "plastic", "mesh"), ("black", "black", *_SEATING),
         ((55, 56, 84), (58, 60, 88)), (1,), "Fixed legs, for visitors and waiting rooms.",
         "أرجل ثابتة، للزوار وغرفة الانتظار."),
    Line("chair", "CH", "training chair with tablet", "كرسي تدريب مع طاولة كتابة", "masculine", 40,
         (210, 560), ("plastic", "fabric"), ("black", "blue", "grey", "green", "orange"),
         ((60, 70, 82),), (1,), "Folding writing tablet, stackable.",
         "طاولة كتابة تنطوي، ويترص فوق بعض."),
    Line("desk", "DK", "straight desk", "مكتب مستقيم", "masculine", 100, (320, 1600),
         ("laminate", "wood"), _WOODS, ((120, 60, 75), (140, 70, 75), (160, 80, 75)), (1,),
         "Cable hole and modesty panel.", "فيه فتحة أسلاك ولوح أمامي."),
    Line("desk", "DK", "L-shaped desk", "مكتب حرف L", "masculine", 70, (780, 3200),
         ("laminate", "wood"), _WOODS, ((160, 160, 75), (180, 160, 75), (180, 180, 75)), (1,),
         "Side return left or right.", "الجنب يتركب يمين أو يسار."),
    Line("desk", "DK", "executive desk", "مكتب مدير", "masculine", 70, (1450, 8900),
         ("wood", "laminate", "glass"), ("walnut", "oak", "black", "brown"),
         ((180, 90, 76), (200, 100, 76), (220, 100, 76)), (1,),
         "With side cabinet and drawers that lock.", "مع خزانة جانبية وأدراج بقفل."),
    Line("desk", "DK", "standing desk", "مكتب كهربائي", "masculine", 50, (1150, 3900),
         ("laminate", "wood"), ("white", "black", "oak", "walnut", "grey"),
         ((120, 70, 120), (140, 70, 125), (160, 80, 125)), (1,),
         "Electric height adjustment with memory.", "يرتفع وينزل بالكهرباء ويحفظ الارتفاع."),
    Line("desk", "WS", "workstation", "محطة عمل", "feminine", 60, (1350, 9800), ("laminate", "metal"),
         ("white", "grey", "oak"), ((240, 120, 120), (280, 140, 120), (360, 140, 120)), (2, 4, 6),
         "Shared bench with screens and cable trays.", "طاولة مشتركة مع حواجز ومجاري أسلاك."),
    Line("table", "TB", "training table", "طاولة تدريب", "feminine", 50, (290, 980),
         ("laminate", "wood"), _WOODS, ((120, 50, 75), (140, 60, 75), (160, 60, 75)), (2, 3),
         "Folds and rolls away.", "تنطوي وتتحرك على عجلات."),
    Line("table", "TB", "pantry table", "طاولة بانتري", "feminine", 40, (260, 890),
         ("laminate", "wood", "metal"), _WOODS, ((70, 70, 75), (80, 80, 75), (120, 80, 75)), (2, 4),
         "Easy to clean, for the pantry and the cafeteria.", "سهلة التنظيف، للبانتري والكافتيريا."),
    Line("coffee table", "CT", "coffee table", "طاولة قهوة", "feminine", 50, (195, 1350),
         ("wood", "glass", "metal"), ("walnut", "oak", "black", "white"),
         ((60, 60, 45), (90, 50, 45), (120, 60, 42)), (), "For the lounge and the reception.",
         "للاستراحة والاستقبال."),
    Line("meeting table", "MT", "meeting table", "طاولة اجتماعات", "feminine", 80, (1100, 12500),
         ("wood", "laminate", "glass"), ("walnut", "oak", "white", "black"),
         ((200, 100, 75), (240, 120, 75), (320, 120, 75), (480, 140, 75)), (6, 8, 10, 16),
         "With a power box in the middle.", "مع علبة كهرباء بالنص."),
    Line("reception desk", "RD", "reception desk", "كاونتر استقبال", "masculine", 45, (1900, 14500),
         ("wood", "laminate", "glass"), ("white", "walnut", "oak", "black"),
         ((160, 70, 110), (200, 80, 110), (260, 80, 112)), (1, 2),
         "Lit front and a lower part for wheelchairs.", "واجهة بإضاءة وجزء منخفض للكراسي المتحركة."),
    Line("sofa", "SF", "office sofa", "كنبة مكتب", "feminine", 80, (690, 4900), ("leather", "fabric"),
         ("black", "brown", "beige", "grey", "navy", "green", "burgundy"),
         ((80, 80, 80), (140, 80, 80), (200, 85, 82)), (1, 2, 3),
         "For the waiting area and the manager's office.", "لمنطقة الانتظار وغرفة المدير."),
    Line("cabinet", "CB", "filing cabinet", "خزانة ملفات", "feminine", 70, (310, 1650),
         ("metal", "wood", "laminate"), _METALS, ((46, 62, 102), (46, 62, 133), (90, 45, 185)), (),
         "Drawers that lock, for hanging files.", "أدراج بقفل، للملفات المعلقة."),
    Line("cabinet", "CB", "mobile pedestal", "درج متحرك", "masculine", 50, (165, 640),
         ("metal", "laminate"), ("white", "grey", "black", "oak"), ((40, 50, 60), (42, 58, 62)), (),
         "Three drawers on castors.", "ثلاث أدراج على عجلات."),
    Line("shelf", "SH", "bookshelf", "رف كتب", "masculine", 60, (180, 1450),
         ("wood", "laminate", "metal"), _WOODS, ((80, 35, 120), (80, 35, 180), (120, 40, 200)), (),
         "Adjustable boards.", "ألواحه تتعدل."),
    Line("locker", "LK", "staff locker", "لوكر موظفين", "masculine", 45, (280, 1900),
         ("metal", "laminate"), _METALS, ((38, 45, 180), (76, 45, 180), (114, 45, 180)), (),
         "Ventilated doors with key locks.", "أبواب فيها تهوية وقفل بمفتاح."),
    Line("partition", "PT", "office partition", "قاطع مكتبي", "masculine", 45, (240, 2100),
         ("fabric", "glass", "felt"), ("grey", "white", "blue", "green", "beige"),
         ((120, 5, 140), (120, 5, 180), (160, 5, 180)), (), "Cuts noise between desks.",
         "يخفف الصوت بين المكاتب."),
    Line("stool", "ST", "bar stool", "كرسي بار", "masculine", 40, (135, 790),
         ("metal", "plastic", "leather", "wood"), ("black", "white", "grey", "red", "brown"),
         ((42, 42, 75), (45, 45, 105)), (1,), "For counters and high tables.",
         "للكاونتر والطاولات العالية."),
    Line("whiteboard", "WB", "magnetic whiteboard", "سبورة مغناطيسية", "feminine", 25, (95, 890),
         ("metal", "glass"), ("white",), ((90, 3, 60), (120, 3, 90), (180, 3, 120)), (),
         "With a pen tray.", "مع حامل أقلام."),
    Line("accessory", "AC", "monitor arm", "حامل شاشة", "masculine", 20, (110, 690), ("metal",),
         ("black", "silver", "white"), ((12, 45, 50),), (), "Clamps to the desk.",
         "يتركب على طرف المكتب."),
)  # fmt: skip
