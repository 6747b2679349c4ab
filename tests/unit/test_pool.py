"""How connections of ours are opened (storage/pool.py)."""

from __future__ import annotations

import pytest

from storage.pool import connection_parameters, create_engine


def test_an_address_of_another_database_is_refused_by_its_scheme() -> None:
    with pytest.raises(ValueError, match="begins with mysql://; it has to begin with postgresql://"):
        create_engine("mysql://majlis@127.0.0.1/majlis", test_clock=False)


@pytest.mark.parametrize("test_clock", [False, True])
def test_only_a_session_that_asks_for_it_has_the_test_clock(test_clock: bool) -> None:
    options = connection_parameters(test_clock=test_clock)["options"]
    assert ("-c majlis.test_clock=on" in options) is test_clock
