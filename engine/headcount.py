""" "30 employees, we need desks and chairs": so many of each are wanted, and nothing has to seat thirty."""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.entities import Entity
from text.amounts import Amount

_PEOPLE = re.compile(
    r"(?<!\w)(?:people|peoples|persons?|pax|ppl|staff|(?:employee|user|member|student|colleague|worker)s?|موظف\w*|شخص"
    r"|اشخاص|نفر|انفار|عمال|افراد|فرد|طلاب|طالب|ash(?:5|kh)a[s9]|sha?(?:5|kh)[s9]|nafa?r|m[ou]wa(?:th|dh|z)+af\w*)(?!\w)"
)
# Of Arabizi only the usual plurals: nothing in its spelling tells others from a singular.
_PLURAL = re.compile(
    r"(?:[a-z][a-z ]+[^\Ws]s|m[ae]k[ae]t[ei]b|k[ae]r[ae]s[iy]+|[a-z0-9]{3,}at"
    r"|و?(?:ال)?(?:\w\wا\w*[^\Wه]|ا\w+ا\w|\w+ات)(?: \w+)*)"
)


def of_each(
    folded: str, entities: Sequence[Entity], amounts: Sequence[Amount]
) -> tuple[Amount | None, list[Entity]]:
    """The number of people that counts several kinds of thing, and a quantity for each of these.

    People are seats where the name of one thing is at hand ("chairs and a table for 10 people"), and where
    the message counts its things itself. Then, and without people, there is none and nothing.
    """
    seats = [amount for amount in amounts if amount.role == "seats"]
    if len(seats) != 1 or any(amount.role == "quantity" for amount in amounts):
        return None, []
    people = seats[0]
    named = sorted(
        (entity for entity in entities if entity.name == "category"), key=lambda entity: entity.start
    )
    several = [entity for entity in named if _PLURAL.fullmatch(folded, entity.start, entity.end)]
    if len({entity.value for entity in several}) < 2 or not _PEOPLE.search(folded, people.start, people.end):
        return None, []
    if people.end <= named[0].start:
        nearest = named[0]
    elif people.start >= named[-1].end:
        nearest = named[-1]
    else:
        return None, []
    if nearest not in several:
        return None, []
    quantity = int(people.values[0])
    return people, [Entity("quantity", quantity, entity.start, entity.end) for entity in several]
