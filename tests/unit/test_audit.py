"""The audit of dependencies fails when it should, and says so when it could not look (.ci/audit.py)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socketserver import BaseRequestHandler, TCPServer

import pytest

from app.settings import PROJECT_ROOT

LOCK = """
[[package]]
name = "old"
version = "1.0"
source = { registry = "https://registry.example/simple" }
[[package]]
name = "good"
version = "2.0"
source = { registry = "https://registry.example/simple" }
[[package]]
name = "majlis"
version = "0.1.0"
source = { editable = "." }
"""
ACCEPTED = """
[[accepted]]
package = "old"
advisories = ["GHSA-1", "PYSEC-1"]
reason = "never called"
until = {until}
"""


@contextmanager
def database(vulnerable: Mapping[str, Sequence[str]], pages: int = 1) -> Iterator[str]:
    """An advisory database on loopback that speaks OSV's batch query; a package's first pages are empty."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            queries = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
            results: list[Mapping[str, object]] = []
            for query in queries:
                page = int(query.get("page_token", "1"))
                names = vulnerable.get(query["package"]["name"], [])
                if page < pages:
                    results.append({"next_page_token": str(page + 1)})
                else:
                    results.append({"vulns": [{"id": name} for name in names]} if names else {})
            body = json.dumps({"results": results}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def audit(folder: Path, url: str, exceptions: str = "", **environment: str) -> tuple[int, str]:
    (folder / "uv.lock").write_text(LOCK)
    (folder / "advisories.toml").write_text(exceptions)
    ended = subprocess.run(
        [sys.executable, PROJECT_ROOT / ".ci/audit.py"],
        env={
            **os.environ,
            "OSV_URL": url,
            "AUDIT_LOCK": str(folder / "uv.lock"),
            "AUDIT_EXCEPTIONS": str(folder / "advisories.toml"),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return ended.returncode, ended.stdout + ended.stderr


def test_nothing_known_is_well(tmp_path: Path) -> None:
    with database({}) as url:
        assert audit(tmp_path, url) == (0, "2 packages, 0 advisories to act on.\n")


@pytest.mark.parametrize("pages", [1, 3])
def test_an_advisory_that_nobody_accepted_fails(tmp_path: Path, pages: int) -> None:
    with database({"old": ["GHSA-1", "GHSA-2"]}, pages) as url:
        code, said = audit(tmp_path, url, ACCEPTED.format(until="2999-01-01"))
    assert code == 1
    assert "accepted  old 1.0: GHSA-1" in said
    assert "FOUND     old 1.0: GHSA-2" in said


def test_an_accepted_one_passes_until_its_day(tmp_path: Path) -> None:
    with database({"old": ["GHSA-1", "PYSEC-1"]}) as url:
        assert audit(tmp_path, url, ACCEPTED.format(until="2999-01-01"))[0] == 0
        code, said = audit(tmp_path, url, ACCEPTED.format(until="2020-01-01"))
    assert (code, "RUN OUT" in said) == (1, True)


def test_an_exception_that_is_needed_no_more_is_told(tmp_path: Path) -> None:
    with database({}) as url:
        code, said = audit(tmp_path, url, ACCEPTED.format(until="2999-01-01"))
    assert (code, "its exception can go" in said) == (0, True)


def test_an_exception_without_a_reason_is_refused(tmp_path: Path) -> None:
    with database({}) as url:
        code, said = audit(tmp_path, url, '[[accepted]]\npackage = "old"\nadvisories = ["GHSA-1"]\n')
    assert (code, "lacks reason, until" in said) == (1, True)


def test_a_name_where_a_list_belongs_is_refused(tmp_path: Path) -> None:
    with database({}) as url:
        entry = ACCEPTED.format(until="2999-01-01").replace('["GHSA-1", "PYSEC-1"]', '"GHSA-1"')
        code, said = audit(tmp_path, url, entry)
    assert (code, 'no list (["GHSA-' in said) == (1, True)


@pytest.mark.parametrize(("required", "code"), [("", 0), ("1", 3)])
def test_where_nobody_answers_it_says_that_nothing_was_audited(
    tmp_path: Path, required: str, code: int
) -> None:
    with database({}) as url:
        pass
    ended, said = audit(tmp_path, url, AUDIT_REQUIRED=required)
    assert ended == code
    assert said.startswith("NOT AUDITED")


@pytest.mark.parametrize(
    "answer",
    [b"", b"no HTTP at all\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{",
     b'HTTP/1.1 200 OK\r\n\r\n{"results": [{"vulns": [{}]}, {}]}'],
    ids=["nothing", "garbage", "cut off", "another shape"],
)  # fmt: skip
def test_an_answer_that_is_none_is_no_audit_and_no_failure(tmp_path: Path, answer: bytes) -> None:
    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            request = self.request.makefile("rb")
            while line := request.readline().strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            request.read(length)
            self.request.sendall(answer)

    with TCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        ended, said = audit(tmp_path, f"http://127.0.0.1:{server.server_address[1]}")
        server.shutdown()
    assert (ended, said.startswith("NOT AUDITED")) == (0, True)


def test_the_repositorys_own_exceptions_are_whole(tmp_path: Path) -> None:
    with database({}) as url:
        code, _ = audit(tmp_path, url, (PROJECT_ROOT / ".ci/advisories.toml").read_text())
    assert code == 0


def test_what_is_no_longer_locked_is_no_longer_accepted() -> None:
    locked = {one["name"] for one in tomllib.loads((PROJECT_ROOT / "uv.lock").read_text())["package"]}
    accepted = tomllib.loads((PROJECT_ROOT / ".ci/advisories.toml").read_text())["accepted"]
    assert {one["package"] for one in accepted} - locked == set()
