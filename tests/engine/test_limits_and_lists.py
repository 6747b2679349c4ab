"""What sets a limit, how many there have to be, and which lines of a list are meant."""

from __future__ import annotations

import pytest

from tests.engine.reading_support import check


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("chairs, none over 1600", "category=chair; max_price=1600"),
        ("none dearer than 900", "max_price=900"),
        ("desks, none of them costing more than 250", "category=desk; max_price=250"),
        ("show me desks, not one above 700", "category=desk; max_price=700"),
        ("shouldn't cost more than 500", "max_price=500"),
        ("كراسي ولا واحد فوق ٥٠٠", "category=chair; max_price=500"),
        ("wala wa7ed aktar min 500", "max_price=500"),
        ("مكتب ما يكلف اكثر من ٥٠٠", "category=desk; max_price=500"),
        ("none under 300", "min_price=300"),
        ("ما يكلف اقل من ٣٠٠", "min_price=300"),
        # an answer before a wish turns nothing round
        ("no, i want over 500", "min_price=500"),
        ("no thanks more than 500", "min_price=500"),
    ],
)
def test_limits_that_none_may_pass(text: str, facts: str) -> None:
    check(text, facts)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("chairs with at least 10 in stock", "category=chair; quantity=10"),
        ("10 in stock at least", "quantity=10"),
        ("minimum 5 in stock, under 800", "quantity=5; max_price=800"),
        ("متوفر منه ١٠ على الاقل", "quantity=10"),
        ("١٠ على الاقل متوفرين", "quantity=10"),
        ("3ala el aqal 10 mawjood", "quantity=10"),
        ("I need at least 10", "quantity=10"),
        ("chairs in stock over 300", "category=chair; min_price=300"),
        ("available under 500", "max_price=500"),
        ("desk 160 in stock", "category=desk; size=160"),
    ],
)
def test_how_many_there_have_to_be(text: str, facts: str) -> None:
    check(text, facts)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("كرسي لا اسود ولا بني", "category=chair; not_color=black; not_color=brown"),
        ("مو brown و لا black", "not_color=brown; not_color=black"),
        ("mo aswad wala bunni", "not_color=black; not_color=brown"),
        ("la aswad wala bunni", "not_color=black; not_color=brown"),
        ("neither leather nor mesh", "not_material=leather; not_material=mesh"),
        ("لا جلد ولا شبك", "not_material=leather; not_material=mesh"),
        # "no, white or black"
        ("لا، ابيض ولا اسود", "color=white; color=black"),
    ],
)
def test_neither_is_wanted(text: str, facts: str) -> None:
    check(text, facts)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("ماياخذ عرض اكثر من 50 cm", "max_size=width 50"),
        ("ما ياخذ مكان اكثر من ٥٠ سم", "max_size=50"),
        ("مكتب ما يطلع اكثر من ١٤٠ سم", "category=desk; max_size=140"),
        ("ma yakhith makan akthar min 50 cm", "max_size=50"),
        ("it can't take up more than 120 cm", "max_size=120"),
        ("desk 140 ابيض", "category=desk; color=white; size=140"),
        ("desk 160 oak laminate x 6", "category=desk; color=oak; material=laminate; size=160; quantity=6"),
        ("desk 160x80 x 6", "category=desk; size=160x80; quantity=6"),
        ("cabinet 90 grey x 4", "category=cabinet; color=grey; size=90; quantity=4"),
        ("maktab 3ard 140", "category=desk; size=140"),
        ("desks 140 white", "category=desk; color=white; quantity=140"),
        ("chair 40 black", "category=chair; color=black; quantity=40"),
        ("desk qty 160 oak", "category=desk; color=oak; quantity=160"),
        ("120x60x75", "size=120x60x75"),
    ],
)
def test_measures(text: str, facts: str) -> None:
    check(text, facts)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("budget 800 للكرسي", "category=chair; max_price=800"),
        ("budget 700 each", "max_price=700"),
        ("budget of 800 for each", "max_price=800"),
        ("ميزانية ٨٠٠ للحبة", "max_price=800"),
        ("ميزانيتي 600 للكرسي الواحد", "category=chair; max_price=600"),
        ("mizaniya 800 lel korsi", "category=chair; max_price=800"),
        ("budget 12000 for 20 chairs", "category=chair; max_price=12000; quantity=20"),
    ],
)
def test_budgets_count_nothing(text: str, facts: str) -> None:
    check(text, facts)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("8. Meeting table for 10 persons - 1 no", "category=meeting table; seats=10; quantity=1"),
        ("- L desk white 2", "category=desk; color=white; quantity=2"),
        (
            "7. Desk 20\n9. Meeting table for 10 persons - 1 no",
            "category=desk@1; quantity=20@1; category=meeting table@2; seats=10@2; quantity=1@2",
        ),
        (
            "30 موظف، نحتاج desks و chairs",
            "category=desk@1; quantity=30@1; category=chair@2; quantity=30@2",
        ),
        (
            "desks and chairs for 30 staff",
            "category=desk@1; quantity=30@1; category=chair@2; quantity=30@2",
        ),
        (
            "30 mowathaf n7taj makatib w karasi",
            "category=desk@1; quantity=30@1; category=chair@2; quantity=30@2",
        ),
        (
            "chairs and a meeting table for 10 people",
            "category=chair@1; category=meeting table@2; seats=10@2",
        ),
        ("meeting table for 10 employees", "category=meeting table; seats=10"),
    ],
)
def test_lines_and_headcounts(text: str, facts: str) -> None:
    check(text, facts)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("take lines 1, 3 and 7", "option=1; option=3; option=7"),
        ("رقم ١ و ٥ و ٧", "option=1; option=5; option=7"),
        ("raqam 1 w 5 w 7", "option=1; option=5; option=7"),
        ("the first and last ones", "option=1; option=-1"),
        ("the first and the last", "option=1; option=-1"),
        ("number 2, 20 pieces", "option=2; quantity=20"),
        ("option 2 and 10 chairs", "option=2; category=chair; quantity=10"),
    ],
)
def test_several_positions(text: str, facts: str) -> None:
    check(text, facts)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("hatli wa7da mnna", ""),
        ("7o6ha fel salla", ""),
        ("6ayeb sh fee ba3ad", ""),
        ("esh 3ndkom", ""),
        ("chm sa3ra", ""),
        ("it's too wide for our room", "relation=smaller"),
        ("شوفلي كرسي", "category=chair"),
        ("ضيفه للسلة", ""),
    ],
)
def test_filler_describes_nothing(text: str, facts: str) -> None:
    check(text, facts)
