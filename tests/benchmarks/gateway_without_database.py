"""A gateway that authenticates, reads and parses like the real one and keeps nothing: HTTP's own price.

Run as a process: `python -m tests.benchmarks.gateway_without_database`, configured by the environment.
"""

from __future__ import annotations

from app.gateway import App, create_app
from app.logs import configure_logging
from app.settings import read_settings
from connectors.wazzup.payloads import parse_body
from turns.intake import Intake


class ParseOnly:
    """Stands in for the intake: takes a body apart and forgets it."""

    def __init__(self, real: Intake) -> None:
        self._real = real

    async def accept(self, body: bytes) -> None:
        """Parse `body`."""
        parse_body(body)

    async def close(self) -> None:
        """Close what the gateway opened."""
        await self._real.close()


def main() -> None:
    """Serve until ended by a signal."""
    settings = read_settings()
    configure_logging("gateway")
    app = create_app(settings)

    @app.before_server_start
    async def forget(app: App) -> None:
        app.ctx.intake = ParseOnly(app.ctx.intake)

    app.run(host="127.0.0.1", port=settings.gateway_port, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main()
