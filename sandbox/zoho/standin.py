"""The Zoho organization as one object: who may come in, its records, its limits and its knobs."""

from __future__ import annotations

from sandbox.clock import SandboxClock
from sandbox.config import SandboxConfig
from sandbox.zoho.calls import Calls
from sandbox.zoho.crm.module_records import ModuleRecords
from sandbox.zoho.finance.books import Ledger
from sandbox.zoho.ids import Ids
from sandbox.zoho.knobs import ZohoKnobs
from sandbox.zoho.limits import Day, InFlight, SlidingMinute
from sandbox.zoho.tokens import Tokens


class ZohoStandIn:
    """Everything that the routes, the control API and the page need."""

    def __init__(self, config: SandboxConfig, clock: SandboxClock) -> None:
        self.config = config
        self.clock = clock
        # set by the server once it listens: `api_domain` of every token reply
        self.base_url = ""
        self.knobs = ZohoKnobs()
        self.calls = Calls()
        self.tokens = Tokens(self.knobs)
        self.ids = Ids()
        self.crm = ModuleRecords(clock, self.knobs, self.ids)
        self.ledger = Ledger(config, clock, self.knobs, self.ids)
        self.crm_in_flight = InFlight()
        self.finance_in_flight = InFlight()
        self._clear_limits()

    def _clear_limits(self) -> None:
        self.minute = SlidingMinute()
        self.finance_day = Day()
        self.crm_day = Day()
        self.crm_in_flight.clear_peak()
        self.finance_in_flight.clear_peak()

    def reset(self) -> None:
        """Back to the organization as it began; tokens in clients' hands and the clock stay."""
        self.knobs.reset()
        self.tokens.clear_limits()
        self.crm.clear()
        self.ledger.clear()
        self._clear_limits()
        self.calls.clear()

    def records(self) -> dict[str, list[dict[str, object]]]:
        """All records by kind, in the order of their making."""
        return {**self.crm.by_kind(), **self.ledger.by_kind()}

    def summary(self) -> dict[str, object]:
        """What `GET /control/zoho/state` shows."""
        return {
            "counts": {kind: len(records) for kind, records in self.records().items()},
            "accounts": {
                "issued": self.tokens.issued_count,
                "throttled": self.tokens.throttled_count,
                "live_tokens": len(self.tokens.live()),
            },
            "finance": {
                "calls_in_window": self.minute.calls,
                "calls_in_window_peak": self.minute.peak,
                "refused_per_minute": self.minute.refused,
                "blocked_seconds": self.minute.blocked_seconds,
                "calls_today": self.finance_day.used,
                "in_flight": self.finance_in_flight.count,
                "in_flight_peak": self.finance_in_flight.peak,
            },
            "crm": {
                "credits_used": self.crm_day.used,
                "in_flight": self.crm_in_flight.count,
                "in_flight_peak": self.crm_in_flight.peak,
            },
            "calls": len(self.calls.all),
            "knobs": self.knobs.as_json(),
        }
