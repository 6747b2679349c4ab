"""Two of everything on one Postgres: gateways behind a balancer, action servers behind another, two Rasas."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from pathlib import Path

import httpx

from app.embedded_postgres import free_ports
from tests.faults.balancer import Balancer
from tests.faults.stack import SECRET, Process, Stack
from tests.support import eventually

# A process that is told to end. Long: compose.yml gives it 45 s, on a machine that does nothing else.
GRACE_SECONDS = 180.0
_PROBE_SECONDS = 2.0


class Pair(Stack):
    """`actions` and `rasa` of `Stack` have a second one each; the second Rasa may have another model.

    Webhooks go to `front`, which knows the gateways by their readiness; Rasa calls actions at `service`.
    """

    def __init__(self, home: Path, *, second_model: Path) -> None:
        super().__init__(home)
        names = ("rasa2", "actions2", "front", "service")
        self.ports |= dict(zip(names, free_ports(len(names)), strict=True))
        self.actions2 = Process(self, "actions", {"ACTIONS_PORT": str(self.ports["actions2"])})
        second = {"RASA_PORT": str(self.ports["rasa2"]), "MAJLIS_MODEL": str(second_model)}
        self.rasa2 = Process(self, "rasa", second)
        self.sandbox = Process(self, "sandbox", {"GATEWAY_PORT": str(self.ports["front"])})
        self.front = self._balancer("front", ("gateway", "gateway2"))
        self.service = self._balancer("service", ("actions", "actions2"))

    @property
    def named(self) -> dict[str, Process]:
        """All but the sandbox."""
        actions = {"actions": self.actions, "actions2": self.actions2}
        gateways = {"gateway": self.gateways[0], "gateway2": self.gateways[1]}
        workers = {"worker": self.workers[0], "worker2": self.workers[1]}
        return gateways | workers | actions | {"rasa": self.rasa, "rasa2": self.rasa2}

    @property
    def processes(self) -> list[Process]:
        return [*super().processes, self.actions2, self.rasa2]

    @property
    def services(self) -> dict[str, str]:
        return {
            "RASA_URLS": f"{self.url('rasa')},{self.url('rasa2')}",
            "ACTIONS_URL": f"{self.url('service')}/webhook",
        }

    async def start(self) -> None:
        await self.front.start()
        await self.service.start()
        await super().start()
        await asyncio.gather(*(self.comes(name) for name in self.named))

    async def stop(self) -> None:
        await super().stop()
        await self.front.stop()
        await self.service.stop()

    async def is_ready(self, name: str) -> bool:
        """What its probe would say (deploy/helm); of Rasa, what its workers ask."""
        page = {"gateway": "healthz", "actions": "health", "rasa": "webhooks/wazzup/ready"}
        address = f"{self.url(name)}/{page[self.named[name].kind]}"
        with contextlib.suppress(httpx.HTTPError):
            answer = await self.client.get(
                address, headers={"X-Majlis-Secret": SECRET, "Connection": "close"}, timeout=_PROBE_SECONDS
            )
            return answer.status_code == httpx.codes.OK
        return False

    async def comes(self, name: str) -> None:
        """Wait until this process is ready, and gets what is for it."""

        async def there() -> bool:
            if self.named[name].kind == "worker":
                return await self._beats(self.named[name])
            balancers = {"gateway": self.front, "actions": self.service}
            balancer = balancers.get(self.named[name].kind)
            return await self.is_ready(name) and (balancer is None or balancer.has(name))

        await eventually(there, within=600.0, what=f"{name} is ready")

    async def _beats(self, worker: Process) -> bool:
        return bool(
            await self.value("select count(*) from workers where name like '%%:' || %s", str(worker.pid))
        )

    async def ends(self, process: Process) -> None:
        """Tell a process to end, as an orchestrator does; it must do so by itself and in order."""
        process.signal(signal.SIGTERM)
        assert await process.gone(GRACE_SECONDS) == 0

    def _balancer(self, at: str, names: tuple[str, ...]) -> Balancer:
        targets = {name: (self.host(name), self.ports[name]) for name in names}
        return Balancer((self.host(at), self.ports[at]), targets, self.is_ready)
