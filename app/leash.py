"""Start a program that never outlives its parent, and never runs as root when it must not.

Run as a script between a supervisor and a program (`command` builds the line). It asks the kernel to
signal the program when its parent dies, however it dies, gives up root if asked, and becomes the
program (same process id). A script of its own rather than a `preexec_fn`, because code between fork
and exec is not safe in a process with threads. Standard library only: it is run by path.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
NAMESPACE_ID = 1000
"""The user id that root appears as inside the user namespace; any but 0 will do."""

KEEP_IDENTITY = "keep"
USER_NAMESPACE = "namespace"


def command(
    program: Sequence[str], *, death_signal: int = signal.SIGKILL, identity: str = KEEP_IDENTITY
) -> list[str]:
    """The command line that runs `program` on a leash held by this process.

    Linux ties the leash to the *thread* that starts the program: start it from a thread that lives
    as long as the program should. `identity`: keep, namespace (root looks like an ordinary user to
    the program) or `uid:gid`.
    """
    return [
        sys.executable,
        "-I",
        "-S",
        __file__,
        str(os.getpid()),
        str(int(death_signal)),
        identity,
        *program,
    ]


def main(arguments: Sequence[str]) -> None:
    """Put the leash on and become the program; exits 126 when the identity cannot be taken."""
    parent, death_signal, identity, *program = arguments
    try:
        _take_identity(identity)
    except OSError as error:
        sys.stderr.write(f"cannot take the identity {identity!r}: {error}\n")
        sys.exit(126)
    # After the change of identity, which would clear the signal.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != int(parent):  # it died while we started
            sys.exit(1)
    os.execv(program[0], program)


def _take_identity(identity: str) -> None:
    if identity == KEEP_IDENTITY:
        return
    if identity == USER_NAMESPACE:
        user, group = os.geteuid(), os.getegid()
        os.unshare(os.CLONE_NEWUSER)
        # The kernel allows a process to map groups only after it has given up setgroups.
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{NAMESPACE_ID} {user} 1"),
            ("gid_map", f"{NAMESPACE_ID} {group} 1"),
        ):
            Path(f"/proc/self/{name}").write_text(text)
        return
    user, group = (int(part) for part in identity.split(":"))
    os.setgroups([])
    os.setgid(group)
    os.setuid(user)


if __name__ == "__main__":
    main(sys.argv[1:])
