"""Refuse the network and every change to one folder, in each Python process that finds this file.

Python imports a module of this name at its start, so the folder of this file on ``PYTHONPATH``
guards a command with all processes that it starts. What is refused is also noted in a file: a
library that swallows the error cannot hide the attempt.
"""

from __future__ import annotations

import errno
import os
import sys

TREE = os.path.join(os.environ["DLBOOK_GUARD_TREE"], "")
NOTES = os.environ["DLBOOK_GUARD_NOTES"]

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")
LOOK_UPS = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
CONNECTIONS = {"socket.connect", "socket.sendto", "socket.sendmsg"}
# The arguments of each event: where its paths stand, and for each the folder it is relative to.
CHANGES = {
    "os.mkdir": ((0, 2),),
    "os.remove": ((0, 1),),
    "os.rmdir": ((0, 1),),
    "os.rename": ((0, 2), (1, 3)),
    "os.link": ((1, 3),),
    "os.symlink": ((1, 2),),
    "os.truncate": ((0, None),),
}


def is_here(host: object) -> bool:
    """Tell whether an address stays on this machine; processes ask for its own name, too."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    return not isinstance(host, str) or host.startswith(LOOPBACK) or host in ("", os.uname()[1])


def is_below(path: object, folder: object = -1) -> bool:
    """Tell whether a path lies in the folder that must not change.

    `folder` is the descriptor of the folder it is relative to, or -1 for the current one.
    """
    if not isinstance(path, (str, bytes)):
        return False
    start = os.getcwd()
    if isinstance(folder, int) and folder >= 0:
        try:
            start = os.readlink(f"/proc/self/fd/{folder}")
        except OSError:  # not on Linux: nothing is known about the folder
            return False
    return os.path.normpath(os.path.join(start, os.fsdecode(path))).startswith(TREE)


def note(what: str) -> None:
    """Write down one refused attempt; the handle bypasses `open` and this hook with it."""
    handle = os.open(NOTES, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, f"{what} by {' '.join(sys.orig_argv[:4])}\n".encode())
    os.close(handle)


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """Python calls this before each action that its audit table lists."""
    if event == "open":
        path, _mode, flags = arguments
        if isinstance(flags, int) and flags & WRITING and is_below(path):
            note(f"open {path!r} to write")
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)
    elif event in CHANGES:
        places = ((arguments[at], -1 if of is None else arguments[of]) for at, of in CHANGES[event])
        if any(is_below(path, folder) for path, folder in places):
            note(f"{event} {arguments[0]!r}")
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(arguments[0]))
    elif event in LOOK_UPS:
        if not is_here(arguments[0]):
            note(f"{event} {arguments[0]!r}")
            raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))
    elif event in CONNECTIONS:
        address = arguments[1]
        if isinstance(address, tuple) and not is_here(address[0]):
            note(f"{event} {address!r}")
            raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))


sys.addaudithook(watch)
