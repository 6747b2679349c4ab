"""What masking knows does not come out in logs, by a failure or by a careless line."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from app.logs import configure_logging
from offscript.masking import Masker
from offscript.token_table import TokenTable, UnknownToken
from offscript.vault import Vault, VaultEntry
from text.personal_data import PersonalKind

SAID = "my name is Khurshid Zaman, 050 123 4567, khurshid@example.ae, TRN 100123456700003"
KNOWN = [VaultEntry(PersonalKind.PERSON, "Khurshid Zaman")]
SECRETS = ("Khurshid", "Zaman", "4567", "example.ae", "100123456700003", "khurshid")


@pytest.fixture
def output() -> Iterator[io.StringIO]:
    written = io.StringIO()
    root = logging.getLogger()
    before = root.handlers, root.level
    configure_logging("actions", output=written)
    yield written
    root.handlers, root.level = before[0], before[1]
    structlog.reset_defaults()


def test_nothing_that_masking_knows_comes_out_with_an_error(output: io.StringIO) -> None:
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
    lines = output.getvalue()
    assert lines.count("\n") == 3
    assert not [secret for secret in SECRETS if secret in lines]
