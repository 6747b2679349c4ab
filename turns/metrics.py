"""What the way of a message counts and times (Prometheus; all processes of a host on one page)."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_SLOW = (0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 20, 45)

ACK_SECONDS = Histogram("majlis_ack_seconds", "Webhook received to answered", ["status"], buckets=_FAST)
ELEMENTS = Counter("majlis_webhook_elements_total", "Elements of webhooks stored", ["kind"])
SPOOL_BODIES = Gauge(
    "majlis_spool_bodies", "Webhook bodies waiting in the spool file", multiprocess_mode="livesum"
)
INBOX_WAITING = Gauge(
    "majlis_inbox_waiting", "Customer messages that no turn has taken yet", multiprocess_mode="livemostrecent"
)
PARKED_ELEMENTS = Gauge(
    "majlis_parked_elements",
    "Webhook elements that could not be understood",
    multiprocess_mode="livemostrecent",
)
PARKED_TURNS = Gauge(
    "majlis_parked_turns",
    "Turns that were given up and handed to a person",
    multiprocess_mode="livemostrecent",
)
ENGINE_READY = Gauge(
    "majlis_engine_ready", "Whether Rasa and the action server could take a turn", multiprocess_mode="livemin"
)
DUE_TO_START_SECONDS = Histogram(
    "majlis_due_to_start_seconds", "A burst's due time to its turn's start", buckets=_FAST
)
TURN_SECONDS = Histogram("majlis_turn_seconds", "A turn's start to its end", buckets=_SLOW)
VOICE = Counter("majlis_voice_total", "Voice messages by what became of them", ["outcome"])
TURNS = Counter("majlis_turns_total", "Turns by how they ended", ["outcome"])
TURNS_HELD_BACK = Counter(
    "majlis_turns_held_back_total", "Times a chat's next turn had to wait because it had too many already"
)
SEND_SECONDS = Histogram("majlis_send_seconds", "One attempt to send", buckets=_SLOW)
SENDS = Counter("majlis_sends_total", "Attempts to send by outcome", ["outcome"])
UNCERTAIN = Gauge(
    "majlis_outbox_uncertain",
    "Messages of which nobody knows whether they were sent",
    multiprocess_mode="livemostrecent",
)
OUTBOX_WAITING = Gauge(
    "majlis_outbox_waiting", "Messages that wait to be sent", multiprocess_mode="livemostrecent"
)
WEBHOOK_REGISTERED = Gauge(
    "majlis_webhook_registered",
    "Whether Wazzup delivers to us, as the hourly check found it",
    multiprocess_mode="livemostrecent",
)
SILENCE_UNUSUAL = Gauge(
    "majlis_silence_unusual",
    "Whether nothing comes in at an hour at which customers usually write",
    multiprocess_mode="livemostrecent",
)
