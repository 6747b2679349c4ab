"""What masking knows does not come out in logs, by a failure or by a careless line."""

from __future__ import annotations

import io

import structlog

from offscript.masking import Masker
from offscript.token_table import TokenTable, UnknownToken
from offscript.vault import Vault, VaultEntry
from text.personal_data import PersonalKind

SAID = "my name is Khurshid Zaman, 050 123 4567, khurshid@example.ae, TRN 100123456700003"
KNOWN = [VaultEntry(PersonalKind.PERSON, "Khurshid Zaman")]
SECRETS = ("Khurshid", "Zaman", "4567", "example.ae", "100123456700003", "khurshid")


def test_nothing_that_masking_knows_comes_out_with_an_error(log_lines: io.StringIO) -> None:
    chat_tokens = TokenTable()
    chat = Masker(Vault(KNOWN), chat_tokens)
    chat.mask(SAID)
    log = structlog.get_logger("offscript")
    try:
        chat.restore("Dear <PERSON_1>, your number is <TRN_1>")
    except UnknownToken as error:
        log.exception("draft.held")
        log.warning("draft.held", why=str(error))
    log.info("masked", found=chat.find(SAID), tokens=chat_tokens.entries, vault=Vault(KNOWN).entries)
    lines = log_lines.getvalue()
    assert lines.count("\n") == 3
    assert not [secret for secret in SECRETS if secret in lines]
