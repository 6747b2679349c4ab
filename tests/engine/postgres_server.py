"""A real Postgres for tests of Rasa's side: run by Python 3.12, where the embedded server lives.

Prints the address of a migrated database and serves it until standard input ends.
"""

from __future__ import annotations

import sys
from pathlib import Path

from app.embedded_postgres import EmbeddedPostgres
from app.migrate import migrate


def main() -> None:
    """Serve from the folder named by the first argument."""
    with EmbeddedPostgres(Path(sys.argv[1])) as server:
        migrate(server.url)
        print(server.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
