"""What a child process gives up before it sees a file: network, other programs, new files, memory and time.

Layers that any Linux has come first, those that a kernel or a container may refuse after them; each is tried,
none is needed for the next, and `confine` tells which hold:

1. `limits`: memory, CPU time, file size, open files, no core dump;
2. `privileges`: no program that it starts could gain rights (no_new_privs);
3. `namespace`: a network of its own without any interface; as root without a user namespace of its own
   where those are switched off;
4. `landlock`: no file is written, made or removed, but in one folder where the work needs it (Linux 5.13);
5. `seccomp`: no socket, no other program, no other process, no kernel interface that parsing has no use for;
6. `audit`: Python itself refuses sockets and processes: what is left where all others are refused.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
import sys

MEMORY_BYTES = 1024**3
ADDRESS_BYTES = 8 * 1024**3  # libraries and reserves that are never used; what is used counts as memory
WRITTEN_BYTES = 512 * 1024**2  # a file, where files may be written at all
OPEN_FILES = 64

_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 22, 38
_CLONE_NEWUSER, _CLONE_NEWNET, _CLONE_NEWIPC = 0x10000000, 0x40000000, 0x08000000


def confine(folder: str | None = None) -> tuple[str, ...]:
    """Gives up for good what reading a file has no use for; only below `folder`, if any, may files be written.

    To be called before any thread is started. Returns the names of the layers that hold, in their order.
    """
    layers = {
        "limits": _limit(WRITTEN_BYTES if folder else 0),
        "privileges": _prctl(_PR_SET_NO_NEW_PRIVS, 1),
        "namespace": _leave_network(),
        "landlock": _restrict_writing(folder),
        "seccomp": _filter_calls(files_too=folder is None),
        "audit": _refuse_in_python(),
    }
    return tuple(name for name, holds in layers.items() if holds)


def allow_seconds(seconds: int) -> None:
    """Sets the CPU time that the process may use from now on; beyond it the kernel ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime) + seconds
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (_within(most, hard), hard))


def _within(most: int, hard: int) -> int:
    """A limit as far as the one that was set from outside allows."""
    return most if hard == resource.RLIM_INFINITY else min(most, hard)


def _limit(file_bytes: int) -> bool:
    for what, most in (
        (resource.RLIMIT_DATA, MEMORY_BYTES),
        (resource.RLIMIT_AS, ADDRESS_BYTES),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (_within(most, hard), _within(most, hard)))
    return True


def _prctl(*values: int) -> bool:
    return _libc.prctl(*(ctypes.c_ulong(value) for value in (*values, 0, 0, 0)[:5])) == 0


def _leave_network() -> bool:
    """With a user namespace of its own an ordinary user may do so, and root loses its rights outside."""
    alone = _CLONE_NEWNET | _CLONE_NEWIPC
    return _libc.unshare(_CLONE_NEWUSER | alone) == 0 or _libc.unshare(alone) == 0


# Landlock (linux/landlock.h). Its system calls have the same numbers on every processor.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_READING = 1 << 0 | 1 << 2 | 1 << 3  # execute, read_file, read_dir: left as they are
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # version → how many rights on files it knows


def _restrict_writing(folder: str | None) -> bool:
    version = _libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    writing = ((1 << _RIGHTS[min(version, max(_RIGHTS))]) - 1) & ~_READING
    asked = struct.pack("=Q", writing)
    ruleset = _libc.syscall(_CREATE_RULESET, asked, ctypes.c_size_t(len(asked)), 0)
    if ruleset < 0:
        return False
    try:
        if folder is not None:
            below = os.open(folder, os.O_PATH | os.O_DIRECTORY)
            allowed = _libc.syscall(_ADD_RULE, ruleset, 1, struct.pack("=Qi", writing, below), 0)
            os.close(below)
            if allowed != 0:
                return False
        return _libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0
    finally:
        os.close(ruleset)


# System calls by number on the two processors that the system runs on (linux/unistd.h); 0 = has none.
_PROCESSORS = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_REFUSED = {
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200), "io_uring_setup": (425, 425),
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, 0), "vfork": (58, 0), "kill": (62, 129),
    "tkill": (200, 130), "pidfd_send_signal": (424, 424), "pidfd_open": (434, 434),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "bpf": (321, 280),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "mount": (165, 40), "umount2": (166, 39),
    "unshare": (272, 97), "setns": (308, 268), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "open_by_handle_at": (304, 265), "shmget": (29, 194), "msgget": (68, 186), "mq_open": (240, 180),
}  # fmt: skip
_REFUSED_ON_FILES = {
    "creat": (85, 0), "truncate": (76, 45), "mkdir": (83, 0), "mkdirat": (258, 34), "rmdir": (84, 0),
    "unlink": (87, 0), "unlinkat": (263, 35), "rename": (82, 0), "renameat": (264, 38), "renameat2": (316, 276),
    "link": (86, 0), "linkat": (265, 37), "symlink": (88, 0), "symlinkat": (266, 36), "mknod": (133, 0),
    "mknodat": (259, 33), "chmod": (90, 0), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, 0), "lchown": (94, 0), "fchown": (93, 55), "fchownat": (260, 54), "utimensat": (280, 88),
}  # fmt: skip
_UNKNOWN_THEN = {"clone3": (435, 435), "openat2": (437, 437)}  # the C library falls back to the older call
_CLONE_THREAD = 0x10000
_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERROR, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_EPERM, _ENOSYS = 1, 38
_X32 = 0x40000000


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _filter_calls(files_too: bool) -> bool:
    if platform.machine() not in _PROCESSORS or struct.calcsize("P") != 8:
        return False
    code = b"".join(struct.pack("=HBBI", *step) for step in _steps(*_PROCESSORS[platform.machine()], files_too))
    program = _Program(len(code) // 8, code)
    return _prctl(_PR_SET_SECCOMP, 2, ctypes.addressof(program))


def _steps(processor: int, which: int, files_too: bool) -> list[tuple[int, int, int, int]]:
    """The filter: (operation, steps to jump if true, if false, operand), run by the kernel on each system call."""
    number, first_argument = 0, 16  # offsets in what the kernel shows: the call's number, its first argument
    steps = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, processor), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, number)]
    steps += [(_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _KILL)]
    for calls, answer in (
        (_REFUSED | (_REFUSED_ON_FILES if files_too else {}), _ERROR | _EPERM),
        (_UNKNOWN_THEN, _ERROR | _ENOSYS),
    ):
        for numbers in calls.values():
            if numbers[which]:
                steps += [(_EQUAL, 0, 1, numbers[which]), (_RETURN, 0, 0, answer)]
    for numbers, argument, test, operand, then, otherwise in _by_argument(files_too):
        if numbers[which]:
            steps += [
                (_EQUAL, 0, 4, numbers[which]),
                (_LOAD, 0, 0, first_argument + 8 * argument),
                (test, 0, 1, operand),
                (_RETURN, 0, 0, then),
                (_RETURN, 0, 0, otherwise),
            ]
    return [*steps, (_RETURN, 0, 0, _ALLOW)]


def _by_argument(files_too: bool) -> list[tuple]:
    """Calls that one argument decides: numbers, which argument, test, operand, answer if true, answer if not."""
    refuse = _ERROR | _EPERM
    calls = [
        ((56, 220), 0, _ANY_BIT, _CLONE_THREAD, _ALLOW, refuse),  # clone: threads, no processes
        ((234, 131), 0, _EQUAL, os.getpid(), _ALLOW, refuse),  # tgkill: a process may abort itself
    ]
    if files_too:
        calls += [
            ((2, 0), 1, _ANY_BIT, _WRITE_FLAGS, refuse, _ALLOW),  # open
            ((257, 56), 2, _ANY_BIT, _WRITE_FLAGS, refuse, _ALLOW),  # openat
        ]
    return calls


_REFUSED_EVENTS = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.kill", "pty.")


def _refuse_in_python() -> bool:
    def refuse(event: str, _: tuple) -> None:
        if event.startswith(_REFUSED_EVENTS):
            raise PermissionError(f"{event} is not allowed here")

    sys.addaudithook(refuse)
    return True
