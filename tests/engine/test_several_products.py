"""Lists and sentences that ask for several products at once."""

from __future__ import annotations

import pytest

from tests.engine.reading_support import check


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            "1) 10 office chairs black\n2- 5 desks 160\n3. whiteboard x2",
            "quantity=10@1; category=chair@1; color=black@1; quantity=5@2; category=desk@2; size=160@2;"
            " category=whiteboard@3; quantity=2@3",
        ),
        (
            "Hi, please quote\n• 10 chairs\n• 4 hammocks\n• garden swing",
            "quantity=10@1; category=chair@1; quantity=4@2; query=hammocks@2; query=garden swing@3",
        ),
        (
            "- كراسي سود ١٠\n- مكاتب بيض ٥\n- سبورة",
            "category=chair@1; color=black@1; quantity=10@1; category=desk@2; color=white@2; quantity=5@2;"
            " category=whiteboard@3",
        ),
        (
            "10 chairs\n5 desks\nwhiteboard x2",
            "quantity=10@1; category=chair@1; quantity=5@2; category=desk@2;"
            " category=whiteboard@3; quantity=2@3",
        ),
        (
            "10 chairs\n5 hammocks",
            "quantity=10@1; category=chair@1; quantity=5@2; query=hammocks@2",
        ),
        (
            "1) ten chairs 2) five desks",
            "quantity=10@1; category=chair@1; quantity=5@2; category=desk@2",
        ),
        # said of all entries
        (
            "Office chairs:\n- 10 black\n- 5 white",
            "category=chair; quantity=10@1; color=black@1; quantity=5@2; color=white@2",
        ),
        (
            "10 chairs\n5 desks\ntotal budget 9000",
            "quantity=10@1; category=chair@1; quantity=5@2; category=desk@2; max_price=9000",
        ),
        (
            "n7taj 5 makatib\nw 10 karasi",
            "quantity=5@1; category=desk@1; quantity=10@2; category=chair@2",
        ),
        (
            "Item\tQty\nOffice chair\t20\nDesk 140cm\t10\nWhiteboard 120x90 - 2\nWater cooler - 1",
            "category=chair@1; quantity=20@1; category=desk@2; size=140@2; quantity=10@2;"
            " category=whiteboard@3; size=120x90@3; quantity=2@3; query=water cooler@4; quantity=1@4",
        ),
        # a line of a list that names what nobody sells
        (
            "20 chairs\ndesks\nmeeting table\nfridge\nwhiteboard\nthanks",
            "quantity=20@1; category=chair@1; category=desk@2; category=meeting table@3; query=fridge@4;"
            " category=whiteboard@5",
        ),
        (
            "CH-1005 x 10\nDK-1001 x 5",
            "sku=CH-1005@1; quantity=10@1; sku=DK-1001@2; quantity=5@2",
        ),
    ],
)
def test_pasted_lists(text: str, facts: str) -> None:
    check(text, facts)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            "10 black chairs and 5 white desks",
            "quantity=10@1; color=black@1; category=chair@1; quantity=5@2; color=white@2; category=desk@2",
        ),
        (
            "١٠ كراسي سود و٥ مكاتب بيض",
            "quantity=10@1; category=chair@1; color=black@1; quantity=5@2; category=desk@2; color=white@2",
        ),
        (
            "كراسي سود ومكاتب بيض",
            "category=chair@1; color=black@1; category=desk@2; color=white@2",
        ),
        (
            "chairs in black and desks in white",
            "category=chair@1; color=black@1; category=desk@2; color=white@2",
        ),
        (
            "12 chairs, 4 black and white desks and a sofa",
            "quantity=12@1; category=chair@1; quantity=4@2; color=black@2; color=white@2; category=desk@2;"
            " category=sofa@3",
        ),
        (
            "chairs black 10 desks white 5",
            "category=chair@1; color=black@1; quantity=10@1; category=desk@2; color=white@2; quantity=5@2",
        ),
        (
            "10 black and 5 white chairs",
            "quantity=10@1; color=black@1; quantity=5@2; color=white@2; category=chair",
        ),
        (
            "5 of the first and 3 of the second",
            "quantity=5@1; option=1@1; quantity=3@2; option=2@2",
        ),
        (
            "5 black chairs and 10 white chairs",
            "quantity=5@1; color=black@1; category=chair@1; quantity=10@2; color=white@2; category=chair@2",
        ),
        (
            "desk with a chair, ten pcs",
            "category=desk@1; category=chair@2; quantity=10@2",
        ),
        (
            "ابي كراسي سود عشر حبات ومكتب",
            "category=chair@1; color=black@1; quantity=10@1; category=desk@2",
        ),
        (
            "10 chairs black and 5 white",
            "quantity=10@1; color=black@1; quantity=5@2; color=white@2; category=chair",
        ),
        (
            "ergonomic chair and standing desk",
            "query=ergonomic@1; category=chair@1; query=standing@2; category=desk@2",
        ),
    ],
)
def test_several_products_in_a_sentence(text: str, facts: str) -> None:
    check(text, facts)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("Hi\nI need chairs\nblack, under 500 AED", "category=chair; color=black; max_price=500"),
        ("السلام عليكم\nابغى كراسي\nلونها اسود تحت ٥٠٠ درهم", "category=chair; color=black; max_price=500"),
        ("10 chairs\nblack\n- quickly please", "category=chair; quantity=10; color=black; query=quickly"),
        ("chairs for the meeting table", "category=chair"),
        ("كراسي للمكاتب", "category=chair"),
        ("شي للمكاتب", "category=desk"),
        ("chairs in black and white", "category=chair; color=black; color=white"),
        ("compare CH-1001 and CH-1002", "sku=CH-1001; sku=CH-1002"),
        ("not chairs, desks", "not_category=chair; category=desk"),
        ("I need 20\nchairs", "quantity=20; category=chair"),
    ],
)
def test_one_product_has_no_groups(text: str, facts: str) -> None:
    check(text, facts)
