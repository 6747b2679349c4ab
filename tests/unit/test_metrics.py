"""Processes of a host share their figures, and containers that share a home do not."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import pytest

from app.metrics import FOLDER_VARIABLE, share_figures


def folder_of(host: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(platform, "node", lambda: host)
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    share_figures(home)
    return os.environ[FOLDER_VARIABLE]


def test_each_host_has_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Put back at the end what was there, or nothing.
    monkeypatch.setenv(FOLDER_VARIABLE, "")
    first = folder_of("gateway-1", tmp_path, monkeypatch)
    assert folder_of("gateway-2", tmp_path, monkeypatch) != first
    assert folder_of("gateway-1", tmp_path, monkeypatch) == first
    assert Path(first).is_dir()
