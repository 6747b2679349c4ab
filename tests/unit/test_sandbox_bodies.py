"""How the sandbox builds webhook bodies and orders echoes and statuses."""

from __future__ import annotations

from sandbox.wazzup.followups import plan, split_at_echo
from sandbox.wazzup.knobs import StatusStep
from sandbox.wazzup.refusals import MessageRefusal, Refusal, camel_case
from sandbox.wazzup.webhooks import Event, render, split_into_bodies
from sandbox.wire import dumps

A, B = Event("messages", {"messageId": "a"}), Event("messages", {"messageId": "b"})
SENT, READ = Event("statuses", {"messageId": "a"}), Event("statuses", {"messageId": "b"})
STEPS = [StatusStep("sent", 0.1), StatusStep("read", 0.2)]


def test_each_event_has_its_own_body_by_default() -> None:
    assert split_into_bodies([A, B, SENT], batch_size=1, mixed=True) == [[A], [B], [SENT]]


def test_batches_mix_kinds_only_when_allowed_and_keep_the_order() -> None:
    assert split_into_bodies([A, SENT, B], batch_size=5, mixed=True) == [[A, SENT, B]]
    assert split_into_bodies([A, B, SENT, READ], batch_size=5, mixed=False) == [[A, B], [SENT, READ]]
    assert split_into_bodies([A, SENT, B], batch_size=5, mixed=False) == [[A], [SENT], [B]]
    assert split_into_bodies([], batch_size=5, mixed=True) == []


def test_a_body_groups_events_by_kind() -> None:
    body = render([A, SENT, B], unknown_fields=False, unknown_siblings=False)
    assert body == {"messages": [A.element, B.element], "statuses": [SENT.element]}


def test_the_echo_comes_first_unless_a_status_shall_precede_it() -> None:
    usual = plan(A, STEPS, status_before_echo=False)
    assert [step.what for step in usual] == [A, *STEPS]
    early = plan(A, STEPS, status_before_echo=True)
    assert [step.what for step in early] == [STEPS[0], A, STEPS[1]]
    assert [step.what for step in plan(A, [], status_before_echo=True)] == [A]
    assert [step.what for step in plan(None, STEPS, status_before_echo=True)] == STEPS


def test_what_goes_before_the_answer_ends_with_the_echo() -> None:
    before, after = split_at_echo(plan(A, STEPS, status_before_echo=True))
    assert [step.what for step in before] == [STEPS[0], A]
    assert [step.what for step in after] == [STEPS[1]]
    assert split_at_echo(plan(None, STEPS, status_before_echo=False))[0] == []


def test_codes_have_two_spellings_and_message_routes_carry_a_request_id() -> None:
    assert camel_case("REPEATED_CRM_MESSAGE_ID") == "repeatedCrmMessageId"
    body = MessageRefusal("BAD_CONTACT").body("camelCase")
    assert (body["error"], body["status"]) == ("badContact", 400)
    assert "requestId" in body
    assert "requestId" not in Refusal("uriNotValid").body("UPPER_SNAKE")


def test_json_is_utf8_and_escapes_only_what_utf8_cannot_hold() -> None:
    assert dumps({"text": "كراسي"}) == '{"text":"كراسي"}'.encode()
    assert dumps({"text": "كراسي\ud800"}).isascii()
