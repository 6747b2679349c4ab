"""`python -m tests.soak.namespaces [minutes]`: two of everything on two hosts whose links are cut.

Each host has a gateway, a worker, an action server and a Rasa; Postgres, the balancers and the outside
services are in the world between them. Customers write all the while, and at the end nothing may be lost,
doubled or out of order, and each burst has one answer (`tests.faults.checker`, `tests.faults.traffic`).
Needs root; without it this says so and ends well.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from app.embedded_postgres import EmbeddedPostgres
from app.model import ensure_model
from app.settings import PROJECT_ROOT
from storage.lease import LEASE_SECONDS
from tests.faults.balancer import Balancer
from tests.faults.conftest import Chats
from tests.faults.pair import Pair
from tests.faults.traffic import ANSWER_SECONDS, Traffic, traffic
from tests.soak.hosts import SUBNET, WORLD, Network, what_is_missing

USUAL_MINUTES = 3.0
HOSTS = ("first", "second")
# Longer than a lease, so that others take up what is in hand; shorter than a key is remembered by Wazzup.
CUT_SECONDS = LEASE_SECONDS + 3.0
DELIVERS_AGAIN = [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0, 8.0]

Fault = Callable[[], None]


class PostgresOfTheWorld(EmbeddedPostgres):
    """A server that the hosts reach."""

    def prepare(self) -> bool:
        is_ours = super().prepare()
        rules = self.data_folder / "pg_hba.conf"
        if SUBNET not in rules.read_text():
            rules.write_text(f"{rules.read_text()}host all all {SUBNET} trust\n")
        return is_ours

    def program(self) -> list[str]:
        return [*super().program(), "-c", "listen_addresses=*"]

    def _url_of(self, database: str) -> str:
        return super()._url_of(database).replace("127.0.0.1", WORLD)


class TwoHosts(Pair):
    """The pair with each half on a host of its own."""

    def __init__(self, home: Path, network: Network, model: Path) -> None:
        self._network = network
        super().__init__(home, second_model=model)
        self.postgres = PostgresOfTheWorld(home / "postgres", log_file=home / "logs" / "postgres.log")
        for name, process in self.named.items():
            process.inside = network.inside(self._host(name))
        # The sandbox itself serves its own loopback only.
        port = self.ports["sandbox"]
        self._door = Balancer((WORLD, port), {"sandbox": ("127.0.0.1", port)}, _always)

    async def start(self) -> None:
        await self._door.start()
        await super().start()

    async def stop(self) -> None:
        await super().stop()
        await self._door.stop()

    def host(self, name: str) -> str:
        """The host of a process; `front` is asked by the sandbox alone, `service` and the sandbox by all."""
        places = {"sandbox": WORLD, "service": WORLD, "front": "127.0.0.1"}
        return places.get(name) or self._network.address(self._host(name))

    @property
    def services(self) -> dict[str, str]:
        return super().services | {"PRIVATE_HOST": "0.0.0.0"}

    def _host(self, name: str) -> str:
        return HOSTS[name.endswith("2")]


async def _always(_: str) -> bool:
    return True


def faults_of(network: Network) -> dict[str, tuple[Fault, Fault]]:
    """What may happen to the network, each with what mends it."""
    first, second = HOSTS
    cuts = {
        f"{host} has no link": (partial(network.cut, host), partial(network.mend, host)) for host in HOSTS
    }
    one_way = [(first, None), (None, second), (first, second), (second, None), (None, first)]
    losses = {
        f"what {sender or 'the world'} sends to {receiver or 'the world'} is lost": (
            partial(network.lose, sender, receiver),
            partial(network.find, sender, receiver),
        )
        for sender, receiver in one_way
    }
    return {**cuts, **losses}


async def cut_and_mend(name: str, fault: Fault, mend: Fault, customers: Traffic) -> None:
    """A fault for CUT_SECONDS; others answer meanwhile, and all answer after it."""
    began = time.monotonic()
    print(f"  {name} ...", end=" ", flush=True)
    fault()
    try:
        await asyncio.gather(asyncio.sleep(CUT_SECONDS), customers.goes_on())
    finally:
        mend()
    await customers.goes_on()
    print(f"mended, {customers.answered} bursts answered, {time.monotonic() - began:.0f} s", flush=True)


async def kill_and_start(name: str, stack: TwoHosts, customers: Traffic) -> None:
    """kill -9; the one of its kind on the other host goes on."""
    print(f"  {name} is killed ...", end=" ", flush=True)
    stack.named[name].kill()
    await customers.goes_on()
    stack.named[name].start()
    await stack.comes(name)
    print(f"started again, {customers.answered} bursts answered", flush=True)


async def soak(minutes: float, network: Network, seed: int) -> None:
    """Start everything, let it suffer for so long, and hold what is left against the promises."""
    faults = faults_of(network)
    with tempfile.TemporaryDirectory(prefix="majlis-soak-") as folder:
        stack = TwoHosts(Path(folder), network, ensure_model(PROJECT_ROOT / ".majlis", report=print))
        chats = Chats(stack, seed)
        try:
            await stack.start()
            await stack.knobs(webhook_retry_seconds=DELIVERS_AGAIN, webhook_timeout_seconds=3.0)
            async with traffic(chats) as customers:
                ends = time.monotonic() + minutes * 60
                while time.monotonic() < ends:
                    name = chats.random.choice(list(faults))
                    await cut_and_mend(name, *faults[name], customers)
                    await kill_and_start(chats.random.choice(list(stack.named)), stack, customers)
            evidence = await customers.check(within=ANSWER_SECONDS)
        finally:
            await stack.stop()
    counts = {
        "customers": customers.bursts,
        "messages": evidence.acknowledged,
        "turns": evidence.turns,
        "answers": evidence.phone,
    }
    print(", ".join(f"{len(those)} {name}" for name, those in counts.items()))
    print("Nothing was lost, nothing came twice, each in its order, one answer a burst.")


def main() -> None:
    """Print what was done; ends with 1 where a promise was broken."""
    if (missing := what_is_missing()) is not None:
        print(f"The soak over network namespaces is skipped: {missing}.")
        return
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else USUAL_MINUTES
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(1 << 32)
    print(f"Two hosts over network namespaces for {minutes:g} minutes; seed {seed} (second argument).")
    network = Network(HOSTS)
    try:
        asyncio.run(soak(minutes, network, seed))
    finally:
        network.close()


if __name__ == "__main__":
    main()
