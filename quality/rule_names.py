"""What the 15 rules are called where people read about them (design §10)."""

from __future__ import annotations

from collections.abc import Mapping

RULE_NAMES: Mapping[int, str] = {
    1: "Greets and names the seller",
    2: "Customer's language, Gulf wording",
    3: "Every price from the catalog",
    4: "Every hard constraint met",
    5: "One question at a time",
    6: "Nothing asked twice",
    7: "Company, contact, e-mail before a quote",
    8: "No stage skipped",
    9: "Totals and VAT add up",
    10: "No discount without approval",
    11: "A person on request or after 3 failures",
    12: "No invented promise",
    13: "No data of others, no internals",
    14: "24-hour window kept",
    15: "Short, polite, a next step",
}
