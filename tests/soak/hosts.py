"""Hosts of a network on this machine: namespaces on one bridge, whose links are cut and mended.

The process that makes a `Network` moves into a namespace of its own, the world, and each host is another: so
nothing of the machine's own network is touched, and all is gone with this process.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

WORLD = "10.77.0.1"
SUBNET = "10.77.0.0/24"
_BRIDGE = "majlis"
# A hardware address nobody has: what is sent to it is gone, and the sender hears nothing of that.
_NOBODY = "02:00:00:00:77:77"
_START_SECONDS = 10.0


def what_is_missing() -> str | None:
    """Why there can be no such network here; None when there can be one."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    missing = [tool for tool in ("ip", "unshare", "nsenter") if shutil.which(tool) is None]
    if missing:
        return f"{' and '.join(missing)} cannot be found (packages iproute2 and util-linux)"
    tried = subprocess.run(["unshare", "--net", "true"], capture_output=True, text=True, check=False)
    return None if tried.returncode == 0 else f"a network namespace is refused: {tried.stderr.strip()}"


class Network:
    """The world at WORLD and hosts by name; make it before any thread, each of which keeps its namespace."""

    def __init__(self, names: Sequence[str]) -> None:
        self._addresses = {name: f"10.77.0.{11 + place}" for place, name in enumerate(names)}
        os.unshare(os.CLONE_NEWNET)
        _ip("link", "set", "lo", "up")
        _ip("link", "add", _BRIDGE, "type", "bridge")
        _ip("address", "add", f"{WORLD}/24", "dev", _BRIDGE)
        _ip("link", "set", _BRIDGE, "up")
        # A process in each keeps its namespace while nothing else runs there.
        self._keepers = {name: subprocess.Popen(["unshare", "--net", "sleep", "infinity"]) for name in names}
        for name in names:
            self._join(name)

    def address(self, name: str) -> str:
        """The address of a host."""
        return self._addresses[name]

    def inside(self, name: str) -> list[str]:
        """What stands before a command that runs on this host."""
        return ["nsenter", f"--net=/proc/{self._keepers[name].pid}/ns/net", "--"]

    def cut(self, name: str) -> None:
        """Pull the host's cable."""
        _ip("link", "set", name, "down")

    def mend(self, name: str) -> None:
        """Put the cable back."""
        _ip("link", "set", name, "up")

    def lose(self, sender: str | None, receiver: str | None) -> None:
        """All that `sender` sends to `receiver` is lost, the other way is open; None is the world."""
        _ip("neighbour", "replace", self._of(receiver), "lladdr", _NOBODY, "nud", "permanent",
            "dev", self._device(sender), inside=self._before(sender))  # fmt: skip

    def find(self, sender: str | None, receiver: str | None) -> None:
        """What `sender` sends to `receiver` arrives again."""
        _ip("neighbour", "del", self._of(receiver), "dev", self._device(sender), inside=self._before(sender))

    def close(self) -> None:
        """End the hosts; what runs on them has to be ended before."""
        for keeper in self._keepers.values():
            keeper.kill()
            keeper.wait()

    def _join(self, name: str) -> None:
        keeper = self._keepers[name].pid
        own, deadline = Path("/proc/self/ns/net").readlink(), time.monotonic() + _START_SECONDS
        while Path(f"/proc/{keeper}/ns/net").readlink() == own:
            if time.monotonic() > deadline:
                raise RuntimeError(f"the namespace of host {name} was not made")
            time.sleep(0.01)
        _ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", str(keeper))
        _ip("link", "set", name, "master", _BRIDGE, "up")
        inside = self.inside(name)
        _ip("link", "set", "lo", "up", inside=inside)
        _ip("address", "add", f"{self.address(name)}/24", "dev", "eth0", inside=inside)
        _ip("link", "set", "eth0", "up", inside=inside)

    def _of(self, name: str | None) -> str:
        return WORLD if name is None else self.address(name)

    def _device(self, name: str | None) -> str:
        return _BRIDGE if name is None else "eth0"

    def _before(self, name: str | None) -> Sequence[str]:
        return () if name is None else self.inside(name)


def _ip(*arguments: str, inside: Sequence[str] = ()) -> None:
    subprocess.run([*inside, "ip", *arguments], check=True)
