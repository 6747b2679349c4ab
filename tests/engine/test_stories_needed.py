"""Every story under data/stories is needed: without it a story of tests/test_stories.yml goes another way.

`rasa test` would say so, minutes a story. Here both policies are trained in this process, without the NLU:
what comes next is decided by the intents, as the test stories annotate them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from rasa.core.policies.ensemble import DefaultPolicyPredictionEnsemble
from rasa.core.policies.memoization import MemoizationPolicy
from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates, TrainingDataGenerator
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data import loading
from rasa.shared.core.training_data.structures import StoryGraph, StoryStep
from rasa.shared.utils.io import read_yaml_file
from rasa.utils.log_utils import configure_structlog

ROOT = Path(__file__).parents[2]
_CONTEXT = ExecutionContext(GraphSchema({}))
_LISTEN = "action_listen"
DOMAIN = Domain.load(str(ROOT / "domain.yml"))
STORIES = {
    story["story"]: path.name
    for path in sorted((ROOT / "data" / "stories").glob("*.yml"))
    for story in read_yaml_file(path)["stories"]
}


@dataclass(frozen=True)
class Moment:
    """A place in a test story where the next action is chosen."""

    story: str
    tracker: DialogueStateTracker
    expected: str
    by_rules: PolicyPrediction


class Dialogue:
    """The policies of config.yml, trained on the designers' rules and on chosen stories."""

    def __init__(self, storage: LocalModelStorage) -> None:
        self._storage = storage
        config = read_yaml_file(ROOT / "config.yml")
        self._settings = {policy["name"]: policy for policy in config["policies"]}
        assert set(self._settings) == {"MemoizationPolicy", "RulePolicy"}
        self.rules = self._policy(RulePolicy)
        self.rules.train(_trackers([*self._read("rules"), *self.stories]), DOMAIN)

    def memory(self, without: str | None = None) -> MemoizationPolicy:
        """The policy of the stories, one of them left out."""
        policy = self._policy(MemoizationPolicy)
        policy.train(_trackers([story for story in self.stories if story.block_name != without]), DOMAIN)
        return policy

    def next_action(self, moment: Moment, memory: MemoizationPolicy) -> str:
        """What is done at this moment."""
        prediction = DefaultPolicyPredictionEnsemble().combine_predictions_from_kwargs(
            moment.tracker,
            DOMAIN,
            memory=memory.predict_action_probabilities(moment.tracker, DOMAIN),
            rules=moment.by_rules,
        )
        return str(DOMAIN.action_names_or_texts[prediction.max_confidence_index])

    def moments(self, played: Sequence[DialogueStateTracker]) -> Iterator[Moment]:
        """Every place of the test stories where the stories may have a say."""
        for story in played:
            yield from self._moments_of(story)

    def _moments_of(self, story: DialogueStateTracker) -> Iterator[Moment]:
        tracker = DialogueStateTracker(story.sender_id, DOMAIN.slots)
        for event in story.events:
            if isinstance(event, ActionExecuted) and _has_spoken(tracker):
                expected = str(event.action_name)
                by_rules = self.rules.predict_action_probabilities(tracker, DOMAIN)
                if _is_left_form(tracker, by_rules, expected):
                    # The form's validation finds no answer in the message, so that others have their turn.
                    tracker.update(ActionExecutionRejected(str(tracker.active_loop_name)))
                    by_rules = self.rules.predict_action_probabilities(tracker, DOMAIN)
                yield Moment(str(story.sender_id), tracker.copy(), expected, by_rules)
            tracker.update(event)

    @cached_property
    def stories(self) -> list[StoryStep]:
        """The designers' stories as Rasa reads them."""
        return self._read("stories")

    def _read(self, kind: str) -> list[StoryStep]:
        files = sorted(str(path) for path in (ROOT / "data" / kind).glob("*.yml"))
        return list(loading.load_data_from_files(files, DOMAIN))

    def _policy(self, kind: type[Any]) -> Any:
        settings: Mapping[str, Any] = {**kind.get_default_config(), **self._settings[kind.__name__]}
        policy: Policy = kind(settings, self._storage, Resource(kind.__name__), _CONTEXT)
        return policy


def _trackers(steps: Sequence[StoryStep]) -> list[TrackerWithCachedStates]:
    graph = StoryGraph(list(steps))
    generator = TrainingDataGenerator(graph, DOMAIN, augmentation_factor=0, use_story_concatenation=False)
    return list(generator.generate())


def _has_spoken(tracker: DialogueStateTracker) -> bool:
    return any(isinstance(event, UserUttered) for event in tracker.events)


def _is_left_form(tracker: DialogueStateTracker, by_rules: PolicyPrediction, expected: str) -> bool:
    """Whether the rules would go on with the open form where the story does something else first."""
    chosen = DOMAIN.action_names_or_texts[by_rules.max_confidence_index]
    is_new = tracker.latest_action_name == _LISTEN
    return bool(is_new and chosen == tracker.active_loop_name and expected != chosen)


@pytest.fixture(scope="module")
def dialogue(tmp_path_factory: pytest.TempPathFactory) -> Dialogue:
    # Otherwise every debug record of the policies is written out.
    configure_structlog(logging.ERROR)
    return Dialogue(LocalModelStorage(tmp_path_factory.mktemp("policies")))


@pytest.fixture(scope="module")
def moments(dialogue: Dialogue) -> list[Moment]:
    steps = loading.load_data_from_files([str(ROOT / "tests" / "test_stories.yml")], DOMAIN)
    return list(dialogue.moments(_trackers(steps)))


@pytest.fixture(scope="module")
def remembered(dialogue: Dialogue, moments: list[Moment]) -> list[Moment]:
    """The places that go as written, and where the stories have a say: no other place can miss one."""
    memory = dialogue.memory()
    return [
        moment
        for moment in moments
        if memory.predict_action_probabilities(moment.tracker, DOMAIN).max_confidence > 0
        and dialogue.next_action(moment, memory) == moment.expected
    ]


def test_test_stories_go_as_written(dialogue: Dialogue, moments: list[Moment]) -> None:
    memory = dialogue.memory()
    wrong = [
        f"{moment.story}: {moment.expected} was expected, not {predicted}"
        for moment in moments
        if (predicted := dialogue.next_action(moment, memory)) != moment.expected
    ]
    assert wrong == []


def test_the_names_of_stories_are_their_own() -> None:
    written = [
        story["story"]
        for path in sorted((ROOT / "data" / "stories").glob("*.yml"))
        for story in read_yaml_file(path)["stories"]
    ]
    assert len(written) == len(set(written))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: f"{STORIES[story]}: {story}")
def test_a_test_story_goes_another_way_without(
    story: str, dialogue: Dialogue, remembered: list[Moment]
) -> None:
    memory = dialogue.memory(without=story)
    different = (moment for moment in remembered if dialogue.next_action(moment, memory) != moment.expected)
    assert next(different, None) is not None, (
        f"no story of tests/test_stories.yml needs the story {story!r} of data/stories/{STORIES[story]}:"
        " add a conversation that goes this way, or delete the story"
    )
