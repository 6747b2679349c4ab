"""The sealed tokens of a chat against a real Postgres."""

from __future__ import annotations

import base64

import pytest
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from offscript.masking import Masker
from offscript.token_storage import TokensChanged, TokensUnreadable, keep_tokens, read_tokens, token_seal
from offscript.token_table import TokenTable
from offscript.vault import Vault
from sales.links import link_key

SEAL = token_seal("a secret of the tests")
CHAT = 1
SAYS = "my name is Fatima Al Suwaidi, 050 123 4567"


def _masker(tokens: TokenTable) -> Masker:
    return Masker(Vault([]), tokens)


async def _sealed(connection: AsyncConnection) -> bytes:
    return bytes((await connection.execute(text("select sealed from personal_tokens"))).scalar_one())


async def test_a_later_turn_gives_the_same_tokens_and_the_values_back(shop: AsyncConnection) -> None:
    first = await read_tokens(shop, CHAT, SEAL)
    masked = _masker(first).mask(SAYS)
    await keep_tokens(shop, CHAT, first, SEAL)

    later = await read_tokens(shop, CHAT, SEAL)
    assert masked == "my name is <PERSON_1>, <PHONE_1>"
    assert _masker(later).mask("٠٥٠١٢٣٤٥٦٧ or 0559998877") == "<PHONE_1> or <PHONE_2>"
    assert _masker(later).restore("Thanks <PERSON_1>") == "Thanks Fatima Al Suwaidi"


async def test_what_is_stored_cannot_be_read_without_the_secret(shop: AsyncConnection) -> None:
    tokens = await read_tokens(shop, CHAT, SEAL)
    _masker(tokens).mask(SAYS)
    await keep_tokens(shop, CHAT, tokens, SEAL)

    stored = await _sealed(shop)
    assert not [word for word in (b"Fatima", b"4567", b"PHONE", b"suwaidi") if word in stored]
    with pytest.raises(TokensUnreadable, match="INTERNAL_SECRET"):
        await read_tokens(shop, CHAT, token_seal("another secret"))


async def test_a_damaged_row_is_said_to_be_one(shop: AsyncConnection) -> None:
    await shop.execute(
        text("insert into personal_tokens (conversation_id, sealed, revision) values (:id, 'x', 1)"),
        {"id": CHAT},
    )
    with pytest.raises(TokensUnreadable):
        await read_tokens(shop, CHAT, SEAL)


async def test_nothing_is_written_when_nothing_was_found(shop: AsyncConnection) -> None:
    tokens = await read_tokens(shop, CHAT, SEAL)
    assert _masker(tokens).mask("10 chairs please") == "10 chairs please"
    await keep_tokens(shop, CHAT, tokens, SEAL)
    assert (await shop.execute(text("select count(*) from personal_tokens"))).scalar_one() == 0


@pytest.mark.parametrize("has_tokens", [False, True])
async def test_two_that_number_at_the_same_time_do_not_share_a_number(
    shop: AsyncConnection, has_tokens: bool
) -> None:
    if has_tokens:
        known = await read_tokens(shop, CHAT, SEAL)
        _masker(known).mask("0501112233")
        await keep_tokens(shop, CHAT, known, SEAL)
    turn, summary = await read_tokens(shop, CHAT, SEAL), await read_tokens(shop, CHAT, SEAL)
    _masker(turn).mask("0502223344")
    _masker(summary).mask("0503334455")
    await keep_tokens(shop, CHAT, turn, SEAL)

    with pytest.raises(TokensChanged):
        await keep_tokens(shop, CHAT, summary, SEAL)


async def test_one_table_can_be_kept_again_and_again(shop: AsyncConnection) -> None:
    tokens = await read_tokens(shop, CHAT, SEAL)
    for phone in ("0501112233", "0502223344", "0503334455"):
        _masker(tokens).mask(phone)
        await keep_tokens(shop, CHAT, tokens, SEAL)
    assert [entry.canonical for entry in (await read_tokens(shop, CHAT, SEAL)).entries] == [
        "+971501112233",
        "+971502223344",
        "+971503334455",
    ]


def test_without_a_secret_nothing_is_sealed() -> None:
    with pytest.raises(ValueError, match="INTERNAL_SECRET is empty"):
        token_seal("")


def test_the_key_is_made_for_this_purpose_only() -> None:
    secret = "a secret of the tests"
    sealed = token_seal(secret).encrypt(b"x")
    with pytest.raises(InvalidToken):
        Fernet(base64.urlsafe_b64encode(link_key(secret))).decrypt(sealed)
