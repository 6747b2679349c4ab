"""What one message says about products: wants, refusals, corrections, amounts, lists, words left over."""

from __future__ import annotations

import pytest

from engine.normaliser import normalise
from engine.reading import read_message
from tests.engine.reading_support import FURNITURE, check, facts_of
from tests.growth import assert_grows_with_length


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("not black", "not_color=black"),
        ("chairs but not black", "category=chair; not_color=black"),
        ("chairs, no black", "category=chair; not_color=black"),
        ("no leather", "not_material=leather"),
        ("no leather chairs", "category=chair; not_material=leather"),
        ("not the black leather chair please", "category=chair; not_color=black; not_material=leather"),
        ("I don't need chairs, I need desks", "not_category=chair; category=desk"),
        ("anything but red", "not_color=red"),
        ("ما فيه لون ثاني؟", "relation=other_color"),
        ("no cheaper ones?", "relation=cheaper"),
        ("metal instead of wood", "material=metal; not_material=wood"),
        ("neither black nor white", "not_color=black; not_color=white"),
        ("not Milvano", "not_brand=Milvano"),
        ("mo اسود", "not_color=black"),
        ("مو اسود", "not_color=black"),
        ("كراسي مو سود", "category=chair; not_color=black"),
        ("غير الجلد", "not_material=leather"),
        ("اي لون غير الاسود", "not_color=black"),
        ("ما ابي خشب", "not_material=wood"),
        ("ما ابي كراسي جلد", "category=chair; not_material=leather"),
        ("لا يكون بلاستيك", "not_material=plastic"),
        ("بدون زجاج", "not_material=glass"),
        ("mub aswad", "not_color=black"),
        ("bidoon jild", "not_material=leather"),
        ("gmash badal el jild", "material=fabric; not_material=leather"),
        # lists
        ("not black or white", "not_color=black; not_color=white"),
        ("not red, blue or green", "not_color=red; not_color=blue; not_color=green"),
        ("ما ابي اسود ولا ابيض", "not_color=black; not_color=white"),
        ("مو اسود وابيض", "not_color=black; not_color=white"),
        ("not black, white please", "not_color=black; color=white"),
        ("not black but white", "not_color=black; color=white"),
        ("مو اسود ابيض", "not_color=black; color=white"),
        # changed to it, and not turned down
        ("غير اللون بيج", "color=beige; relation=other_color"),
        ("غيّر لونه الى أسود", "color=black; relation=other_color"),
        ("ghair el lon beige", "color=beige"),
        ("بدل لونها ابيض", "color=white"),
        ("لون غير البيج", "not_color=beige"),
        ("كرسي غير لون بيج", "category=chair; not_color=beige"),
        ("غير اللون البيج", "not_color=beige"),
        # only seemingly turned down
        ("ما ابي الا اسود", "color=black"),
        ("nothing but black", "color=black"),
        ("why not black", "color=black"),
        ("if you have no black then white", "color=black; color=white"),
        ("not now\nblack chairs", "color=black; category=chair"),
        ("ما عندكم اسود؟", "color=black"),
        # an SKU or a wish that is turned down is just not there
        ("not CH-1005, CH-1006", "sku=CH-1006"),
        ("لا غالي ولا رخيص", ""),
        # what is turned down describes nothing
        ("desk without drawers or wheels", "category=desk"),
        ("مكتب بدون ادراج", "category=desk"),
    ],
)
def test_refusals(text: str, facts: str) -> None:
    check(text, facts)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("black, no sorry white", "color=white"),
        ("black chairs sorry I mean white", "category=chair; color=white"),
        ("I need chairs\nno wait, desks", "category=desk"),
        ("black and red, actually white", "color=white"),
        ("اسود لا قصدي ابيض", "color=white"),
        ("ابي كراسي، لا مكاتب", "category=desk"),
        ("aswad la qasdi abyad", "color=white"),
        ("20 chairs, sorry 30", "category=chair; quantity=30"),
        ("ابي ٢٠ كرسي، قصدي ٣٠", "category=chair; quantity=30"),
        ("sorry, black chairs", "color=black; category=chair"),
        ("under 500 AED sorry under 600 AED", "max_price=600"),
    ],
)
def test_corrections_keep_the_last(text: str, facts: str) -> None:
    check(text, facts)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("chairs under 500", "category=chair; max_price=500"),
        ("between 300 and 1,299.50 AED", "min_price=300; max_price=1299.5"),
        ("around 500 dirhams", "about_price=500"),
        ("500 AED", "max_price=500"),
        ("under 500 USD", "other_currency=USD"),
        ("price of the chairs in USD", "category=chair; other_currency=USD"),
        ("كم بالدولار؟", "other_currency=USD"),
        ("kam el thani bel riyal", "option=2; other_currency=SAR"),
        ("do you take dollars", "other_currency=USD"),
        ("price in dirhams", ""),
        ("not in dollars", ""),
        ("500", "number=500"),
        ("chairs under 500 black", "category=chair; max_price=500; color=black"),
        ("cheaper than 500", "max_price=500"),
        ("ارخص من ٥٠٠", "max_price=500"),
        # pieces
        ("20 chairs", "quantity=20; category=chair"),
        ("10 black leather chairs", "quantity=10; color=black; material=leather; category=chair"),
        ("عشر كراسي", "quantity=10; category=chair"),
        ("20كرسي", "quantity=20; category=chair"),
        ("more than 20 chairs", "quantity=20; category=chair"),
        ("more than 20 black chairs", "quantity=20; color=black; category=chair"),
        ("12 visitor chairs", "quantity=12; query=visitor; category=chair"),
        ("CH-1005 x 10", "sku=CH-1005; quantity=10"),
        ("chairs 20", "category=chair; quantity=20"),
        ("كرسيين", "category=chair; quantity=2"),
        ("3 كنبات", "category=sofa; quantity=3"),
        ("increase the chairs to 25", "category=chair; quantity=25"),
        ("reduce الكراسي لين ٨", "category=chair; quantity=8"),
        ("20 not 12", "quantity=20"),
        # sizes and people
        ("desk 160", "category=desk; size=160"),
        ("مكتب ١٦٠", "category=desk; size=160"),
        ("desks 160", "category=desk; number=160"),
        ("table 120x60 for 4 people", "category=table; size=120x60; seats=4"),
        ("طاولة اجتماعات لعشر اشخاص", "category=meeting table; seats=10"),
        # options
        ("the second one, 20 pieces", "option=2; quantity=20"),
        ("the second one, 4", "option=2; quantity=4"),
        ("الثاني ٤", "option=2; quantity=4"),
        ("el thani, 4", "option=2; quantity=4"),
        ("number 2, 4", "option=2; quantity=4"),
        ("the first 4", "number=4; option=1"),
        ("كم سعر الثاني", "option=2"),
        ("لون ثاني", "relation=other_color"),
        ("another one", "relation=other"),
        # more than a number
        ("CH-1005", "sku=CH-1005"),
        ("ch 1005", "sku=CH-1005"),
    ],
)
def test_amounts(text: str, facts: str) -> None:
    check(text, facts)


@pytest.mark.parametrize(
    "text", ["one moment", "second hand chairs", "first time here", "at first I thought"]
)
def test_idioms_are_no_options(text: str) -> None:
    assert not [fact for fact in facts_of(text) if fact.startswith(("option", "quantity", "number"))]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        # a part or a place of the one product that is counted
        ("٣٠ كرسي تدريب مع طاولة صغيرة", "quantity=30; category=chair; query=training"),
        ("بارتشنات بين المكاتب", "category=partition"),
        ("desk partitions", "category=partition"),
        (
            "10 office chairs\n5 desk partitions",
            "quantity=10@1; category=chair@1; quantity=5@2; category=partition@2",
        ),
        (
            "٥ مكاتب مع كراسي",
            "quantity=5@1; category=desk@1; category=chair@2",
        ),
        # parts of what was shown
        ("same thing but cheaper and with arms", "relation=cheaper"),
        ("نفسه بس مع يدات", ""),
        ("chairs with arms", "category=chair; query=arms"),
        # what is changed is wanted
        ("غير الكراسي خلها 30", "category=chair; quantity=30"),
        ("ghayer el karasi 5alha 30", "category=chair; quantity=30"),
        ("ابي شي غير الكراسي", "not_category=chair"),
    ],
)
def test_parts_and_changes_of_a_product(text: str, facts: str) -> None:
    check(text, facts)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("ميز مكتب بس صغير عرضه متر", "category=desk; order=smallest; size=100"),
        ("كرسي كبير", "category=chair; order=biggest"),
        ("small desk", "order=smallest; category=desk"),
        ("its too big", "relation=smaller"),
        ("we are a small company need 5 chairs", "quantity=5; category=chair"),
        ("3a6ni elly ar5a9 minna", "relation=cheaper"),
        ("la kther, shay ar5a9", "relation=cheaper"),
        ("6ayeb ay lon tha2ny", "relation=other_color"),
        ("كنبة ثلاثية", "category=sofa; seats=3"),
        ("bookshelf, not taller than 2 meters", "category=shelf; max_size=height 200"),
        ("max width 120", "max_size=width 120"),
        ("ابي كبت مو اعرض من ١٢٠", "category=cabinet; max_size=width 120"),
        ("rfoof mo a6wal men 2 meter", "category=shelf; max_size=200"),
        ("desk عرضه اقل من 120 cm", "category=desk; max_size=width 120"),
        (
            "desks between 120 and 160 cm wide under 900",
            "category=desk; min_size=width 120; max_size=width 160; max_price=900",
        ),
        # Words of a comparison say that it is a limit; the name of a thing between them still names it.
        ("something wider than 140", "min_size=width 140"),
        ("max width of the desk 120", "category=desk; max_size=width 120"),
        ("max width 120, no sorry 140", "max_size=width 140"),
        (
            "10 desks max 160 wide, 5 sofas not taller than 180 cm",
            "quantity=10@1; category=desk@1; max_size=width 160@1; quantity=5@2; category=sofa@2;"
            " max_size=height 180@2",
        ),
        ("table for 6 or 8 people", "category=table; seats=6"),
        ("طاولة ل٨ او ١٠ أشخاص", "category=table; seats=8"),
        (
            "office chair 20\nfiling cabinet 4 drawer - 8\nmeeting table 10 person - 1\nlocker 6 door - 4",
            "category=chair@1; quantity=20@1; query=filing@2; category=cabinet@2; query=drawer@2;"
            " quantity=8@2; category=meeting table@3; seats=10@3; quantity=1@3; category=locker@4;"
            " query=door@4; quantity=4@4",
        ),
    ],
)
def test_sizes_and_comparisons(text: str, facts: str) -> None:
    check(text, facts)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("ergonomic chairs please", "ergonomic"),
        ("I need something to keep files in", "keep filing"),
        ("looking for pendant lamps under 300", "pendant lamps"),
        ("do you have CH-99999?", "ch-99999"),
        ("ابي كرسي مريح للظهر", "مريح"),
        ("ابي كرسي مريح للظهر", "للظهر"),
        ("ادور شي احط فيه الملفات", "احط filing"),
        ("3indkum kursi 6ebbi law sama7tu", "6ebbi"),
    ],
)
def test_words_left_over(text: str, query: str) -> None:
    assert f"query={query}" in facts_of(text)


@pytest.mark.parametrize(
    "text",
    ["hello, how are you", "what do you sell?", "do you have office furniture", "السلام عليكم شو عندكم",
     "thank you very much", "salam, shu 3indkum", "send it to ali@example.com or +971 50 123 4567",
     "😀👍", "", "ما عجبوني، عندك غيرهم؟", "زيدني", "أبا اللي عقبه", "wana abee minna elly feeh",
     "ما عجبتني وش عندك بعد", "6ayyeb 3a6ni menna"],
)  # fmt: skip
def test_nothing_is_left_of_polite_words(text: str) -> None:
    assert facts_of(text) == []


def test_offsets_are_of_the_folded_text() -> None:
    folded = normalise("ابغى ١٠ كراسي سُود")
    found = {
        entity.name: folded[entity.start : entity.end] for entity in read_message(folded, FURNITURE).entities
    }
    assert found == {"quantity": "10", "category": "كراسي", "color": "سود"}


@pytest.mark.parametrize(
    "text",
    [
        "Hi I need chiar black under 500 aed and 10 desks white, " * 400,
        "black," * 4000,
        "10 chairs\n" * 1000,
        "black sorry " * 1000,
        "not " * 3000,
        "a" * 9000,
        "".join(f"{number}) 5 chairs " for number in range(1, 999)),
    ],
)
def test_long_texts_do_not_block(text: str) -> None:
    assert_grows_with_length(lambda part: read_message(part, FURNITURE), normalise(text))


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("kabat malafat, mab aghla mn 900", "category=cabinet; query=filing; max_price=900"),
        ("mub dearer than 900", "max_price=900"),
        ("not dearer than 900", "max_price=900"),
        ("mush aghla mn 900", "max_price=900"),
        ("mahob akthar mn 900", "max_price=900"),
        ("nothing more expensive than 900", "max_price=900"),
        ("dearer than 900", "min_price=900"),
        ("maktab la yet3ada 6000", "category=desk; max_price=6000"),
        ("la yzeed 3n 500", "max_price=500"),
        ("la yetjawaz 2 meter", "max_size=200"),
        ("maktab la yet3adda 120 cm", "category=desk; max_size=120"),
        ("maktab te7t 2500", "category=desk; max_price=2500"),
        ("te7t 6000", "max_price=6000"),
        ("tahet 800", "max_price=800"),
        ("te7t 100 sm", "max_size=100"),
        ("mu te7t 500", "min_price=500"),
    ],
)
def test_limits_in_the_spellings_of_arabizi(text: str, facts: str) -> None:
    check(text, facts)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("ma aby zojaj, 5ashab bas", "not_material=glass; material=wood"),
        ("mabi jam", "not_material=glass"),
        ("la ma qasdi 5ashab, qasdi jam", "not_material=wood; material=glass"),
        ("ma qa9di aswad, qa9di abyath", "not_color=black; color=white"),
        ("لا ما قصدي خشب، قصدي جام", "not_material=wood; material=glass"),
        ("i didn't mean wood, i meant glass", "not_material=wood; material=glass"),
    ],
)
def test_what_was_not_meant_is_turned_down(text: str, facts: str) -> None:
    check(text, facts)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("abi qanafa jild bni, thalath kursi", "category=sofa; material=leather; color=brown; seats=3"),
        ("qanafa thalatha maqa3id", "category=sofa; seats=3"),
        ("sofa 3 kursi", "category=sofa; seats=3"),
        ("قنفه ثلاث كراسي", "category=sofa; seats=3"),
        ("كنب جلد 3 كرسي", "category=sofa; material=leather; seats=3"),
        ("قنفه وثلاث كراسي", "category=sofa@1; category=chair@2; quantity=3@2"),
        ("كنبة، ٣ كراسي", "category=sofa@1; category=chair@2; quantity=3@2"),
        ("sofa and 3 chairs", "category=sofa@1; category=chair@2; quantity=3@2"),
        ("لا قصدي ثلاثي مو شخصين", "seats=3"),
        ("قصدي رباعي مب ثنائي", "seats=4"),
    ],
)
def test_a_sofa_is_counted_by_its_seats(text: str, facts: str) -> None:
    check(text, facts)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("7e6li wa7da mn el thanya", "option=2; quantity=1"),
        ("7o6 li wa7da min el thalth", "option=3; quantity=1"),
        ("a3tini wa7da mn el awwal", "option=1; quantity=1"),
        ("عطني وحدة من الثانية", "option=2; quantity=1"),
        ("حط لي واحد من الاول", "option=1; quantity=1"),
        ("ابي واحد منكم", ""),
    ],
)
def test_one_of_an_option_is_one_piece(text: str, facts: str) -> None:
    check(text, facts)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("arkhas wa7da?", "order=cheapest"),
        ("ar5a9 wa7da minhom", "order=cheapest"),
        ("akbar wa7da", "order=biggest"),
        ("a9ghar wa7ed", "order=smallest"),
        ("ar5as shway", "relation=cheaper"),
        ("akbar shway", "relation=bigger"),
        ("3afwan ma fehmt 3alaik", ""),
        ("عفوا ما فهمت عليك", ""),
        ("kabat 4 adraj", "category=cabinet; query=adraj"),
        ("maktab loon jawz", "category=desk; color=walnut"),
    ],
)
def test_superlatives_and_small_talk_in_arabizi(text: str, facts: str) -> None:
    check(text, facts)
