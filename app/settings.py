"""The settings of every process, read from the environment once, at start (design §13).

A wrong value stops the process before it serves anybody, with one message that names every field, the
shape of what was given (never a secret itself) and how to mend it. Rasa's process cannot import
pydantic 2 and reads the same names in `engine/environment.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.errors import StartError

PROJECT_ROOT = Path(__file__).resolve().parent.parent
"""The checkout: Rasa's files, `data/` and both environments are found from here."""

_MENDS = {
    "MAJLIS_HOME": "give a folder that this user may write, for example .majlis",
    "MAJLIS_TEST_CLOCK": "leave it empty, or 1 in tests and demonstrations only",
    "DATABASE_URL": "write postgresql://user:password@host:5432/database, or leave it empty (embedded)",
    "GATEWAY_ALLOWED_IPS": "give addresses or networks, separated by commas, for example 203.0.113.0/24",
    "DEBOUNCE_SECONDS": "give seconds above 0, for example 3",
    "DEBOUNCE_MAX_SECONDS": "give seconds, at least DEBOUNCE_SECONDS, for example 10",
    "PRIVATE_HOST": "give an address of this host, for example 127.0.0.1 or 0.0.0.0",
    "TIMEZONE": "give a name of the IANA database, for example Asia/Dubai",
}
_MEND_PORT = "give a port number from 1 to 65535"
_MEND_DAYS = "give whole days, for example 180, or 0 to keep for ever"
_MEND_DOLLARS = "give US dollars, 0 or more, for example 0.50"
_MEND_URL = "write it in full, for example https://host.example or http://127.0.0.1:8080"

_URL_FIELDS = (
    "public_url", "actions_url", "wazzup_api_url", "zoho_accounts_url", "zoho_api_url",
    "llm_base_url", "transcribe_base_url",
)  # fmt: skip
_LIST_FIELDS = (
    "rasa_urls", "gateway_allowed_ips", "wazzup_media_hosts", "llm_triage_models", "llm_answer_models",
)  # fmt: skip

CommaSeparated = Annotated[tuple[str, ...], NoDecode]


class SettingsError(StartError):
    """The environment does not describe a Majlis that can start; the message says how to mend it."""


class Settings(BaseSettings):
    """All settings; a field's environment name is its name in capitals.

    An empty value counts as not given. Call `read_settings` instead of the class: it turns what
    pydantic reports into one `SettingsError` for people.
    """

    model_config = SettingsConfigDict(
        env_ignore_empty=True, extra="ignore", frozen=True, case_sensitive=False, hide_input_in_errors=True
    )

    # Data, logs, models and the gateway's spool.
    majlis_home: Path = PROJECT_ROOT / ".majlis"
    # Lets `majlis clock` move business time; never in production.
    majlis_test_clock: bool = False
    # Empty: `majlis up` runs the embedded Postgres.
    database_url: str = Field(default="", repr=False)
    # Where customers and Wazzup reach the gateway; empty: the gateway's own loopback address.
    public_url: str = ""
    gateway_port: int = Field(default=8080, ge=1, le=65535)
    # Addresses or networks that may deliver webhooks and read /metrics; empty: webhooks from anywhere.
    gateway_allowed_ips: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()
    # Empty: `majlis up` starts its own Rasa and action server.
    rasa_urls: CommaSeparated = ()
    actions_url: str = ""
    # What private processes show each other when they are on different hosts.
    internal_secret: SecretStr = SecretStr("")

    wazzup_api_url: str = "https://api.wazzup24.com"
    wazzup_api_key: SecretStr = SecretStr("")
    wazzup_channel_id: str = ""
    # The `token` in the address of our webhook.
    wazzup_webhook_secret: SecretStr = SecretStr("")
    # When set, Wazzup also sends it as `Authorization: Bearer`.
    wazzup_crm_key: SecretStr = SecretStr("")
    # Hosts that customers' files are fetched from, by https and from public addresses only.
    wazzup_media_hosts: CommaSeparated = ("store.wazzup24.com",)

    zoho_accounts_url: str = "https://accounts.zoho.com"
    zoho_api_url: str = "https://www.zohoapis.com"
    zoho_client_id: str = ""
    zoho_client_secret: SecretStr = SecretStr("")
    zoho_refresh_token: SecretStr = SecretStr("")
    zoho_organization_id: str = ""

    llm_base_url: str = "https://openrouter.ai/api/v1"
    llm_api_key: SecretStr = SecretStr("")
    llm_triage_models: CommaSeparated = ()
    llm_answer_models: CommaSeparated = ()
    llm_judge_model: str = ""
    # US dollars a day, by TIMEZONE: for one chat, and in all; 0 means that no model is asked.
    llm_budget_per_chat: Decimal = Field(default=Decimal("0.50"), ge=0)
    llm_budget_per_day: Decimal = Field(default=Decimal(20), ge=0)
    # US dollars for a million tokens: reserved before a call, booked where the server names no cost.
    llm_price_input: Decimal = Field(default=Decimal(3), ge=0)
    llm_price_output: Decimal = Field(default=Decimal(15), ge=0)
    transcribe_base_url: str = ""
    transcribe_api_key: SecretStr = SecretStr("")
    transcribe_model: str = ""

    # A turn is due this many seconds after the chat's last message ...
    debounce_seconds: float = Field(default=3.0, gt=0)
    # ... but at most this many seconds after its burst began.
    debounce_max_seconds: float = Field(default=10.0, gt=0)
    manager_chat_id: str = Field(default="", repr=False)
    # Days after which things are forgotten; 0: never (docs/operators.md has the reasons).
    retention_days_messages: int = Field(default=730, ge=0)
    retention_days_files: int = Field(default=180, ge=0)
    retention_days_model: int = Field(default=90, ge=0)
    retention_days_jobs: int = Field(default=30, ge=0)
    timezone: str = "Asia/Dubai"

    # Where worker, Rasa and action server listen; loopback unless who calls them stands on another host.
    private_host: IPv4Address | IPv6Address = IPv4Address("127.0.0.1")
    # Private, set by the supervisor; 0 lets `majlis up` choose a free port.
    rasa_port: int = Field(default=0, ge=0, le=65535)
    actions_port: int = Field(default=0, ge=0, le=65535)
    worker_port: int = Field(default=0, ge=0, le=65535)
    sandbox_port: int = Field(default=0, ge=0, le=65535)
    # The trained model that Rasa serves; `majlis up` fills it in.
    majlis_model: Path | None = None

    @field_validator(*_LIST_FIELDS, mode="before")
    @classmethod
    def _split_commas(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator(*_URL_FIELDS)
    @classmethod
    def _check_address(cls, value: str) -> str:
        return _http_address(value) if value else value

    @field_validator("rasa_urls")
    @classmethod
    def _check_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_http_address(part) for part in value)

    @field_validator("database_url")
    @classmethod
    def _check_database_url(cls, value: str) -> str:
        if not value:
            return value
        scheme, separator, rest = value.partition("://")
        if not separator or scheme not in {"postgresql", "postgres"} or not rest:
            raise ValueError("this is not a Postgres address")
        return f"postgresql://{rest}"

    @field_validator("manager_chat_id")
    @classmethod
    def _as_wazzup_writes_it(cls, value: str) -> str:
        # Typed like a phone number it would match no chat, and the manager would be a customer.
        return re.sub(r"[+\s()-]", "", value)

    @field_validator("timezone")
    @classmethod
    def _check_timezone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, OSError, ValueError) as error:  # unknown, a folder, or not a name at all
            raise ValueError("there is no such time zone") from error
        return value

    @field_validator("majlis_home")
    @classmethod
    def _make_absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @model_validator(mode="after")
    def _check_debounce(self) -> Self:
        if self.debounce_max_seconds < self.debounce_seconds:
            raise ValueError(
                f"DEBOUNCE_MAX_SECONDS is {self.debounce_max_seconds:g}, below DEBOUNCE_SECONDS "
                f"{self.debounce_seconds:g}: make it at least as long"
            )
        return self

    @model_validator(mode="after")
    def _check_private_host(self) -> Self:
        if not self.private_host.is_loopback and not self.internal_secret.get_secret_value():
            raise ValueError(
                f"PRIVATE_HOST is {self.private_host} and INTERNAL_SECRET is empty: anybody could call Rasa"
                " and the action server; set INTERNAL_SECRET, or leave PRIVATE_HOST empty"
            )
        return self

    @property
    def public_address(self) -> str:
        """`PUBLIC_URL`, or the gateway's loopback address when there is none; no slash at the end."""
        return self.public_url or f"http://127.0.0.1:{self.gateway_port}"

    @property
    def postgres_folder(self) -> Path:
        """The embedded Postgres' data."""
        return self.majlis_home / "postgres"

    @property
    def logs_folder(self) -> Path:
        """One file per process of a running `majlis up`."""
        return self.majlis_home / "logs"

    @property
    def spool_folder(self) -> Path:
        """Webhook bodies that wait for Postgres."""
        return self.majlis_home / "spool"

    @property
    def run_folder(self) -> Path:
        """The state of a running `majlis up`."""
        return self.majlis_home / "run"

    def environment(self) -> dict[str, str]:
        """The settings as a child process reads them, secrets included: never log the result."""
        environment: dict[str, str] = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, SecretStr):
                value = value.get_secret_value()
            elif isinstance(value, tuple):
                value = ",".join(str(part) for part in value)
            elif isinstance(value, bool):
                value = "1" if value else ""
            environment[name.upper()] = "" if value is None else str(value)
        return environment

    def require(self, *names: str) -> None:
        """Raise one `SettingsError` naming every setting in `names` that is empty."""
        missing = [name.upper() for name in names if not _is_given(getattr(self, name))]
        if missing:
            raise SettingsError(f"These settings are needed and empty: {', '.join(missing)}.")


def read_settings(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read the environment; `overrides` (by field name) win over it.

    Raises:
        SettingsError: with every wrong field in one message; no value of a field is repeated in it.
    """
    try:
        return Settings(**dict(overrides or {}))
    except ValidationError as error:
        raise SettingsError(_describe(error)) from None


def setting_names() -> tuple[str, ...]:
    """Every environment name that Majlis reads, in capitals."""
    return tuple(name.upper() for name in Settings.model_fields)


def _is_given(value: Any) -> bool:
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)


def _http_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("this is not an http or https address")
    return value.rstrip("/")


def _describe(error: ValidationError) -> str:
    lines = ["Majlis cannot start with these settings:"]
    for problem in error.errors(include_url=False, include_context=False):
        message = problem["msg"].removeprefix("Value error, ")
        if not problem["loc"]:
            lines.append(f"  - {message}")
            continue
        name = str(problem["loc"][0]).upper()
        lines.append(f"  - {name} (given: {_shape(problem.get('input'))}): {message}; {_mend(name)}")
    return "\n".join(lines)


def _mend(name: str) -> str:
    if name.endswith("_PORT"):
        return _MEND_PORT
    if name.lower() in _URL_FIELDS or name == "RASA_URLS":
        return _MEND_URL
    if name.startswith(("LLM_BUDGET_", "LLM_PRICE_")):
        return _MEND_DOLLARS
    if name.startswith("RETENTION_DAYS_"):
        return _MEND_DAYS
    return _MENDS.get(name, "see the README's list of settings")


def _shape(value: object) -> str:
    """What was given, without giving it away: a password in an address must not reach a log."""
    if isinstance(value, str):
        kind = "digits" if value.isdigit() else "text"
        return f"{len(value)} characters of {kind}"
    return f"a value of type {type(value).__name__}"
