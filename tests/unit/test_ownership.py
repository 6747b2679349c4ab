"""Who answers a chat, and whose message an echo is (sales.ownership)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sales.ownership import JUDGE_ECHO_AFTER, RETURN_AFTER, Owner, Ownership, Verdict, judge_echo

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def owned_by_person(**fields: object) -> Ownership:
    return Ownership(**{"owner": Owner.PERSON, "changed_at": NOW, **fields})  # type: ignore[arg-type]


def test_the_bot_answers_a_chat_nobody_took() -> None:
    assert Ownership().may_reply(1)
    assert Ownership().may_reply(None)


def test_in_a_persons_chat_only_the_turn_that_handed_over_still_speaks() -> None:
    handed_over = owned_by_person(changed_by_turn=7)
    assert handed_over.may_reply(7)
    assert not handed_over.may_reply(8)
    assert not handed_over.may_reply(None)
    assert not owned_by_person().may_reply(7)
    assert not owned_by_person().may_reply(None)


@pytest.mark.parametrize(
    ("silent_for", "expected"),
    [(RETURN_AFTER - SECOND, False), (RETURN_AFTER, True), (RETURN_AFTER * 3, True)],
)
def test_the_chat_returns_after_hours_of_the_managers_silence(silent_for: timedelta, expected: bool) -> None:
    assert owned_by_person().returns(NOW + silent_for) is expected
    manager_wrote_later = owned_by_person(manager_last_message_at=NOW + timedelta(hours=5))
    assert manager_wrote_later.returns(NOW + timedelta(hours=5) + silent_for) is expected


def test_a_managers_message_from_before_the_hand_over_does_not_bring_the_return_forward() -> None:
    early = owned_by_person(manager_last_message_at=NOW - timedelta(days=3))
    assert not early.returns(NOW + RETURN_AFTER - SECOND)


def test_the_bots_own_chat_has_nothing_to_return() -> None:
    assert not Ownership(changed_at=NOW - timedelta(days=9)).returns(NOW)


@pytest.mark.parametrize("by_person", [False, True])
def test_an_echo_that_matches_a_send_of_ours_is_ours(by_person: bool) -> None:
    verdict = judge_echo(
        matches_ours=True, by_person=by_person, sends_unsettled=False, age=timedelta(hours=1)
    )
    assert verdict is Verdict.OURS


def test_a_known_author_takes_over_at_once_even_while_sends_are_under_way() -> None:
    verdict = judge_echo(matches_ours=False, by_person=True, sends_unsettled=True, age=timedelta(0))
    assert verdict is Verdict.PERSON


@pytest.mark.parametrize(
    ("sends_unsettled", "age", "expected"),
    [
        (True, timedelta(0), Verdict.WAIT),
        (True, JUDGE_ECHO_AFTER - SECOND, Verdict.WAIT),
        (True, JUDGE_ECHO_AFTER, Verdict.PERSON),
        (False, timedelta(0), Verdict.PERSON),
    ],
)
def test_an_unmatched_echo_is_judged_when_our_sends_are_settled_or_after_ten_seconds(
    sends_unsettled: bool, age: timedelta, expected: Verdict
) -> None:
    assert (
        judge_echo(matches_ours=False, by_person=False, sends_unsettled=sends_unsettled, age=age) is expected
    )
