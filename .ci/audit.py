"""Ask an advisory database (OSV) about every package of the lock file. `make audit`, and a step of CI.

Ends with 1 when a locked version has an advisory that `.ci/advisories.toml` does not accept, and when an
accepted one has run out. Where the database cannot be reached nothing was audited: that is said, and the
end is 0, because a build must not depend on somebody else's server; with AUDIT_REQUIRED=1 it is 3.
OSV_URL names another server with the same API.
"""

from __future__ import annotations

import datetime
import http.client
import json
import os
import sys
import tomllib
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TIMEOUT_SECONDS = 20
AT_ONCE = 500


@dataclass(frozen=True)
class Accepted:
    """An advisory somebody looked at: why it does not matter here, and until when that is believed."""

    package: str
    # Everything the database may call it (GHSA-…, PYSEC-…): it lists a hole once under each of its names.
    advisories: frozenset[str]
    reason: str
    until: datetime.date


class Unreachable(Exception):
    """The advisory database gave no answer that can be used."""


def locked(lock_file: Path) -> list[tuple[str, str]]:
    """Name and version of every package from a registry, sorted."""
    packages = tomllib.loads(lock_file.read_text())["package"]
    return sorted({(one["name"], one["version"]) for one in packages if "registry" in one.get("source", {})})


def accepted(exceptions_file: Path) -> list[Accepted]:
    """Known exceptions. Raises SystemExit with what to mend for an entry that is not whole."""
    entries = tomllib.loads(exceptions_file.read_text()).get("accepted", [])
    found = []
    for entry in entries:
        missing = [name for name in ("package", "advisories", "reason", "until") if not entry.get(name)]
        if missing or not isinstance(entry["until"], datetime.date):
            what = ", ".join(missing) or "until as a date (2027-01-31)"
            sys.exit(f"{exceptions_file.name}: {entry} lacks {what}")
        if not isinstance(entry["advisories"], list):
            sys.exit(f'{exceptions_file.name}: {entry} has advisories that are no list (["GHSA-…"])')
        names = frozenset(entry["advisories"])
        found.append(Accepted(entry["package"], names, entry["reason"], entry["until"]))
    return found


def advisories(url: str, packages: list[tuple[str, str]]) -> dict[tuple[str, str], set[str]]:
    """The advisories of each package that has any. Raises Unreachable."""
    found: dict[tuple[str, str], set[str]] = {}
    for start in range(0, len(packages), AT_ONCE):
        batch = packages[start : start + AT_ONCE]
        queries: list[dict[str, Any]] = [
            {"package": {"name": name, "ecosystem": "PyPI"}, "version": version} for name, version in batch
        ]
        asked = list(batch)
        while queries:
            results = _ask(url, queries)
            more, whose = [], []
            for query, package, result in zip(queries, asked, results, strict=True):
                names = {advisory["id"] for advisory in result.get("vulns", [])}
                if names:
                    found.setdefault(package, set()).update(names)
                if token := result.get("next_page_token"):
                    more.append({**query, "page_token": token})
                    whose.append(package)
            queries, asked = more, whose
    return found


def _ask(url: str, queries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    request = urllib.request.Request(
        f"{url}/v1/querybatch",
        data=json.dumps({"queries": queries}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            results = json.load(response)["results"]
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from error
    if not isinstance(results, list) or len(results) != len(queries) or not all(map(_is_result, results)):
        raise Unreachable("the answer is not one result for each question")
    return results


def _is_result(given: Any) -> bool:
    vulnerable = given.get("vulns", []) if isinstance(given, dict) else None
    return isinstance(vulnerable, list) and all(isinstance(one, dict) and "id" in one for one in vulnerable)


def main() -> int:
    url = os.environ.get("OSV_URL") or "https://api.osv.dev"
    lock_file = Path(os.environ.get("AUDIT_LOCK") or HERE.parent / "uv.lock")
    exceptions_file = Path(os.environ.get("AUDIT_EXCEPTIONS") or HERE / "advisories.toml")
    known = accepted(exceptions_file)
    packages = locked(lock_file)
    try:
        found = advisories(url, packages)
    except Unreachable as error:
        print(f"NOT AUDITED: {url} gives no answer ({error}); {len(packages)} packages were not looked up.")
        return 3 if os.environ.get("AUDIT_REQUIRED") == "1" else 0
    today = datetime.date.today()
    bad = 0
    for (name, version), names in sorted(found.items()):
        for advisory in sorted(names):
            match = next((one for one in known if one.package == name and advisory in one.advisories), None)
            if match is None:
                print(f"FOUND     {name} {version}: {advisory}")
                bad += 1
            elif match.until < today:
                print(f"RUN OUT   {name} {version}: {advisory}, accepted until {match.until}")
                bad += 1
            else:
                print(f"accepted  {name} {version}: {advisory} until {match.until}: {match.reason}")
    for one in known:
        if not any(name == one.package and one.advisories & names for (name, _), names in found.items()):
            print(f"not found {one.package}: {', '.join(sorted(one.advisories))}; its exception can go")
    print(f"{len(packages)} packages, {bad} advisories to act on.")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
