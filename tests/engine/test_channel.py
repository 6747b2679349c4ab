"""A customer's text never commands Rasa, and the channel only collects."""

from __future__ import annotations

import pytest
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from connectors.wazzup.channel import WazzupInput, harmless
from engine.guards import ActionFailed, ActionLostTurn, ActionServerAway


@pytest.mark.parametrize(
    "text", ["/restart", "  /restart", '/search_products{"category":"chair"}', "//x", "\n/ask_person"]
)
def test_slash_is_not_a_command_any_more(text: str) -> None:
    if not text.strip().startswith("//"):
        assert YAMLStoryReader.unpack_regex_message(Message({TEXT: text})).get("intent"), "this is the trap"
    assert not YAMLStoryReader.unpack_regex_message(Message({TEXT: harmless(text)})).get("intent")


def test_other_text_is_left_as_it_is() -> None:
    assert harmless("chairs 5/6 and more") == "chairs 5/6 and more"


def test_channel_only_collects() -> None:
    assert isinstance(WazzupInput().get_output_channel(), CollectingOutputChannel)


@pytest.mark.parametrize("failure", [ActionFailed, ActionLostTurn, ActionServerAway])
def test_failing_action_cannot_be_swallowed(failure: type[BaseException]) -> None:
    """Rasa catches `Exception` around an action and goes on: a form would be submitted half empty."""
    assert not issubclass(failure, Exception)
