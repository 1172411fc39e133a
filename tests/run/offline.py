"""Run by test_bundle.py with a plain Python: the program behind it gets no network but itself.

    python offline.py [--as UID GID] COMMAND …

In a network namespace of its own (as root, or by a user namespace) only the loopback interface is
there, and it is up. Exit status 77: this machine does not allow that; the reason is printed.
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1
IMPOSSIBLE = 77


def main(words: list[str]) -> None:
    account = None
    if words[0] == "--as":
        account, words = (int(words[1]), int(words[2])), words[3:]
    try:
        cut_off()
    except OSError as error:
        sys.stdout.write(f"no network namespace here: {error}\n")
        sys.exit(IMPOSSIBLE)
    if account:
        os.setgroups([])
        os.setgid(account[1])
        os.setuid(account[0])
    os.execvp(words[0], words)


def cut_off() -> None:
    uid, gid = os.getuid(), os.getgid()
    wanted = CLONE_NEWNET if uid == 0 else CLONE_NEWNET | CLONE_NEWUSER
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(wanted):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    if uid:
        write("/proc/self/setgroups", "deny")
        write("/proc/self/uid_map", f"{uid} {uid} 1")
        write("/proc/self/gid_map", f"{gid} {gid} 1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP))


def write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


if __name__ == "__main__":
    main(sys.argv[1:])
