"""Sandbox of a worker: namespaces, capabilities, resource limits and seccomp for untrusted queries.

No query needs a network, a core dump or unlimited memory. The network is closed off in three ways, each enough by
itself:

- The process moves to an empty network namespace of its own, where the kernel allows one.
- The descriptor limit is lowered to the first free number, so that nothing can be opened any more. But the engine
  opens only 16 of a store's files at first, and each other one with the first query that needs it. In a larger store
  the limit has to leave room for these.
- A filter on system calls (seccomp) refuses to make or connect a socket, or to start a program.

A worker serves as long as one of them holds, which `self_test` tries out. Beside that it gives up the capabilities of
root, which it has if the server runs as root, and in a user namespace of its own. The filter also refuses to look into
other processes or take their descriptors, to make, enter or arrange namespaces, and to mount.
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

# Calls with the same number on every machine: open_tree, move_mount, fsopen, fsconfig, fsmount, fspick, pidfd_getfd,
# process_madvise, mount_setattr
_COMMON_CALLS = (428, 429, 430, 431, 432, 433, 438, 440, 442)
# machine: AUDIT_ARCH, seccomp, clone, and the refused calls: socket, connect, execve, execveat, io_uring_setup, ptrace,
# process_vm_readv, process_vm_writev, kcmp, perf_event_open, unshare, setns, mount, umount2, pivot_root, bpf
_CALLS = {
    "x86_64": (
        *(0xC000003E, 317, 56),
        (41, 42, 59, 322, 425, 101, 310, 311, 312, 298, 272, 308, 165, 166, 155, 321, *_COMMON_CALLS),
    ),
    "aarch64": (
        *(0xC00000B7, 277, 220),
        (198, 203, 221, 281, 425, 117, 270, 271, 272, 241, 97, 268, 40, 39, 41, 280, *_COMMON_CALLS),
    ),
}
# clone with one of CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET makes a namespace. clone3 has its
# flags in memory, which no filter sees: it fails as if the kernel had none, so that threads are made by clone.
_NAMESPACES, _CLONE3 = 0x7E020000, 435

# <linux/capability.h>: the version of its structures, and the one retained capability, CAP_DAC_READ_SEARCH, as a
# bit: the store may be that of another user's build.
_CAPABILITY_VERSION_3, _READ_SEARCH = 0x20080522, 1 << 2

_INET, _INET6, _UNIX, _STREAM = 2, 10, 1, 1
_LOCAL = struct.pack("=H", _INET) + struct.pack(">H4s8x", 9, bytes((127, 0, 0, 1)))
"""struct sockaddr_in: port 9 of this machine."""


def leave_network() -> None:
    """Move to a new network namespace, as root or in a user namespace; stay if the kernel allows neither.

    Only a process with one thread can; a user namespace may cancel the order to die with the parent.
    """
    if _LIBC.unshare(_CLONE_NEWNET):
        _LIBC.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def drop_capabilities() -> None:
    """Drop all capabilities but reading files; called before a second thread, since each thread drops only its own."""
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    current = ctypes.create_string_buffer(24)
    if _LIBC.capget(header, current):
        return
    _, permitted, *_ = struct.unpack("=6I", current.raw)
    retained = permitted & _READ_SEARCH
    _LIBC.capset(header, struct.pack("=6I", retained, retained, 0, 0, 0, 0))


def limit_memory(above_now: int) -> None:
    """Limit the address space to some bytes above its present size, and let no crash write a core dump."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + above_now
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    # core(5): a dump that is piped to a program ignores the limit, but for a limit of 1, in which no file fits either.
    # A dump of hundreds of megabytes of stack takes seconds, in which the query has no answer.
    core = 0 if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0 else 1
    resource.setrlimit(resource.RLIMIT_CORE, (core, core))


def forbid_sockets(store: Path) -> None:
    """Forbid new descriptors, but for the store's unopened files, and the system calls that make sockets."""
    links = list(Path("/proc/self/fd").iterdir())
    taken = {int(link.name) for link in links if os.path.lexists(link)}
    unopened = sum(1 for _ in store.glob("*.sst")) - sum(map(_is_table, links))
    number, reserve = 0, max(0, unopened)
    while number in taken or reserve > 0:
        reserve -= number not in taken
        number += 1
    resource.setrlimit(resource.RLIMIT_NOFILE, (number, number))
    _refuse_calls()


def _is_table(link: Path) -> bool:
    try:
        return link.readlink().suffix == ".sst"
    except OSError:  # the listing's own descriptor
        return False


def _refuse_calls() -> None:
    """Install the filter on every thread; without one in the kernel, the descriptor limit stands alone."""
    if platform.machine() not in _CALLS:
        return
    architecture, seccomp, clone, refused = _CALLS[platform.machine()]
    steps = _filter(architecture, clone, refused)
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(code)))
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _LIBC.syscall(seccomp, _SECCOMP_SET_MODE_FILTER, _SECCOMP_FILTER_FLAG_TSYNC, program)


def _filter(architecture: int, clone: int, refused: tuple[int, ...]) -> list[tuple[int, int, int, int]]:
    """The filter's instructions (code, jump if true, jump if false, value), on a call's number and flags."""
    count = len(refused)
    return [
        (_LOAD, 0, 0, _AT_ARCHITECTURE),
        (_JUMP_IF_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _AT_NUMBER),
        (_JUMP_IF_AT_LEAST, count + 5, 0, _X32),
        (_JUMP_IF_EQUAL, count + 5, 0, _CLONE3),
        *((_JUMP_IF_EQUAL, count - n + 3, 0, number) for n, number in enumerate(refused)),
        (_JUMP_IF_EQUAL, 0, 2, clone),
        (_LOAD, 0, 0, _AT_FLAGS),
        (_JUMP_IF_ANY, 1, 0, _NAMESPACES),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ABSENT),
    ]


def self_test() -> str | None:
    """A fault of the sandbox, or None, by trial."""
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
    """Whether a network is reachable, even if only this machine itself, without a listener."""
    descriptor = _LIBC.socket(_INET, _STREAM, 0)
    if descriptor < 0:
        return True
    try:
        return not _LIBC.connect(descriptor, _LOCAL, len(_LOCAL)) or ctypes.get_errno() != errno.ENETUNREACH
    finally:
        os.close(descriptor)
