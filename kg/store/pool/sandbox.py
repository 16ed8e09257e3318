"""Sandbox of a worker: no memory without end, no core dump, no network, which no stranger's query needs.

The network is closed off three times, each way enough by itself:

- The process gets a network namespace of its own, in which there is nothing, where the kernel allows one.
- The descriptor limit is lowered to the first free number, so that nothing can be opened any more. But of a
  store's files the engine opens 16, and the rest when a query first needs them, so in a larger store the limit
  has to leave room for those.
- A filter on system calls (seccomp) refuses to make or connect a socket, or to start a program.

A worker serves as long as one of them holds, which `self_test` finds out by trying. Beside that it gives up the
capabilities of root, which it has where the server runs as root, and in a user namespace of its own; and the filter
refuses to look into other processes or take their descriptors, to make, enter or arrange namespaces, and to mount.
"""

import ctypes
import errno
import os
import platform
import resource
import struct
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)

# <sched.h>
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000

# <linux/prctl.h>, <linux/seccomp.h>, <linux/filter.h>
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_SET_MODE_FILTER, _SECCOMP_FILTER_FLAG_TSYNC = 1, 1
_ALLOW, _REFUSE, _ABSENT, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS, 0x80000000
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _JUMP_IF_ANY, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_AT_NUMBER, _AT_ARCHITECTURE, _AT_FLAGS = 0, 4, 16  # struct seccomp_data; the lower half of the first argument
# System calls of the 32-bit ABI on x86-64, which have numbers of their own.
_X32 = 0x40000000

# What has the same number everywhere: open_tree, move_mount, fsopen, fsconfig, fsmount, fspick, pidfd_getfd,
# process_madvise, mount_setattr
_NEW = (428, 429, 430, 431, 432, 433, 438, 440, 442)
# machine: AUDIT_ARCH, seccomp, clone, and what is refused: socket, connect, execve, execveat, io_uring_setup, ptrace,
# process_vm_readv, process_vm_writev, kcmp, perf_event_open, unshare, setns, mount, umount2, pivot_root, bpf
_CALLS = {
    "x86_64": (
        *(0xC000003E, 317, 56),
        (41, 42, 59, 322, 425, 101, 310, 311, 312, 298, 272, 308, 165, 166, 155, 321, *_NEW),
    ),
    "aarch64": (
        *(0xC00000B7, 277, 220),
        (198, 203, 221, 281, 425, 117, 270, 271, 272, 241, 97, 268, 40, 39, 41, 280, *_NEW),
    ),
}
# clone with one of CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET makes a namespace. clone3 has its
# flags in memory, where no filter sees them: as if the kernel had none, so that threads are made by clone.
_NAMESPACES, _CLONE3 = 0x7E020000, 435

# <linux/capability.h>: the version of its structures, and the one capability that is kept, CAP_DAC_READ_SEARCH, as a
# bit: a store that another user's build wrote has to be read.
_CAPABILITY_VERSION_3, _READ_SEARCH = 0x20080522, 1 << 2

_INET, _INET6, _UNIX, _STREAM = 2, 10, 1, 1
_LOCAL = struct.pack("=H", _INET) + struct.pack(">H4s8x", 9, bytes((127, 0, 0, 1)))
"""struct sockaddr_in: port 9 of this machine, if there is a way to it."""


def leave_network() -> None:
    """Move to a network namespace of its own, as root or in a user namespace; where neither may be, stay.

    Only a process with one thread can; a namespace of users may take the order to die with the parent away.
    """
    if _LIBC.unshare(_CLONE_NEWNET):
        _LIBC.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def drop_capabilities() -> None:
    """Keep no capability but to read files; a thread drops its own alone, so this comes before there is another."""
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    held = ctypes.create_string_buffer(24)
    if _LIBC.capget(header, held):
        return
    _, permitted, *_ = struct.unpack("=6I", held.raw)
    left = permitted & _READ_SEARCH
    _LIBC.capset(header, struct.pack("=6I", left, left, 0, 0, 0, 0))


def limit_memory(above_now: int) -> None:
    """Leave so many bytes of address space above what is taken now, and let no crash write a core dump."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + above_now
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    # core(5): a dump that is piped to a program is made whatever the limit is, but for a limit of 1, which no file fits
    # in either. To dump hundreds of megabytes of stack takes seconds, in which the query has no answer.
    core = 0 if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0 else 1
    resource.setrlimit(resource.RLIMIT_CORE, (core, core))


def forbid_sockets(store: Path) -> None:
    """Close off new descriptors, but for files of the store not open yet, and the calls that make sockets."""
    links = list(Path("/proc/self/fd").iterdir())
    held = {int(link.name) for link in links if os.path.lexists(link)}
    unopened = sum(1 for _ in store.glob("*.sst")) - sum(map(_is_table, links))
    number, room = 0, max(0, unopened)
    while number in held or room > 0:
        room -= number not in held
        number += 1
    resource.setrlimit(resource.RLIMIT_NOFILE, (number, number))
    _refuse_calls()


def _is_table(link: Path) -> bool:
    try:
        return link.readlink().suffix == ".sst"
    except OSError:  # the listing's own descriptor
        return False


def _refuse_calls() -> None:
    """Install the filter on every thread; where the kernel has none, the descriptor limit stands alone."""
    if platform.machine() not in _CALLS:
        return
    architecture, seccomp, clone, refused = _CALLS[platform.machine()]
    steps = _filter(architecture, clone, refused)
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(code)))
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _LIBC.syscall(seccomp, _SECCOMP_SET_MODE_FILTER, _SECCOMP_FILTER_FLAG_TSYNC, program)


def _filter(architecture: int, clone: int, refused: tuple[int, ...]) -> list[tuple[int, int, int, int]]:
    """The filter's steps (code, how many are left out if so, if not, value), by the number of a call and its flags."""
    many = len(refused)
    return [
        (_LOAD, 0, 0, _AT_ARCHITECTURE),
        (_JUMP_IF_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _AT_NUMBER),
        (_JUMP_IF_AT_LEAST, many + 5, 0, _X32),
        (_JUMP_IF_EQUAL, many + 5, 0, _CLONE3),
        *((_JUMP_IF_EQUAL, many - n + 3, 0, number) for n, number in enumerate(refused)),
        (_JUMP_IF_EQUAL, 0, 2, clone),
        (_LOAD, 0, 0, _AT_FLAGS),
        (_JUMP_IF_ANY, 1, 0, _NAMESPACES),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ABSENT),
    ]


def self_test() -> str | None:
    """What is wrong with the confinement, or None. It is tried out, not asked for."""
    if any(_opens_socket(family) for family in (_INET, _INET6, _UNIX)) and _reaches_network():
        return (
            "a query's process could open a socket: neither a network namespace, nor the descriptor limit, nor seccomp"
            " holds here"
        )
    if resource.getrlimit(resource.RLIMIT_AS)[1] == resource.RLIM_INFINITY:
        return "a query's process could take any amount of memory"
    return None


def _opens_socket(family: int) -> bool:
    descriptor = _LIBC.socket(family, _STREAM, 0)
    if descriptor < 0:
        return False
    os.close(descriptor)
    return True


def _reaches_network() -> bool:
    """Whether there is a way to anywhere, be it to this machine itself, where nobody need listen."""
    descriptor = _LIBC.socket(_INET, _STREAM, 0)
    if descriptor < 0:
        return True
    try:
        return not _LIBC.connect(descriptor, _LOCAL, len(_LOCAL)) or ctypes.get_errno() != errno.ENETUNREACH
    finally:
        os.close(descriptor)
