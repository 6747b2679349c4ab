"""What calls of language models count (Prometheus; no chat, no text, no name is a label)."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

CALLS = Counter(
    "majlis_model_calls_total",
    "Calls of language models by purpose and outcome; budget and breaker_open were not sent",
    ["purpose", "outcome"],
)
COST_DOLLARS = Counter(
    "majlis_model_cost_dollars_total", "US dollars, estimated where the server names none", ["purpose"]
)
SECONDS = Histogram(
    "majlis_model_seconds",
    "How long a call took, answered or not",
    ["purpose"],
    buckets=(0.25, 0.5, 1, 2, 4, 8, 12, 20, 40),
)
