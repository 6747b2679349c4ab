"""How the words of one chat are masked for whoever reads them outside of it: a judge's model, the report."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from sqlalchemy.ext.asyncio import AsyncConnection

from app.transcripts import names_of
from offscript.masking import Masker
from offscript.token_table import TokenTable
from offscript.vault import vault_of
from sales.chat_phone import find_phone
from sales.fact_storage import read_customer_facts
from sales.seller import Seller


async def mask_of(
    connection: AsyncConnection, conversation_id: int, seller: Seller, codes: Collection[str]
) -> Callable[[str], str]:
    """Puts tokens for personal data and amounts; what they stand for is known nowhere afterwards.

    `codes` are those of the catalog, which look like numbers of people. The seller's own name stays: it
    begins like a person's in "This is Dar Al Maktab".
    """
    facts = await read_customer_facts(connection, conversation_id)
    phone = await find_phone(connection, conversation_id)
    masker = Masker(vault_of(facts, phone), TokenTable(), codes)
    names = sorted(names_of(seller).names, key=len, reverse=True)
    own = re.compile("({})".format("|".join(map(re.escape, names))))

    def mask(words: str) -> str:
        pieces = own.split(words)
        return "".join(piece if place % 2 else masker.mask(piece) for place, piece in enumerate(pieces))

    return mask
