"""Guards against tests that hang. The only clock that tests read: no bound here says how fast anything is (D-90)."""

import contextlib
import signal
import time

HANG_SECONDS = 60
"""Wait for what happens in a moment on a machine that does nothing else; longer than any busy machine takes."""

HANG_CPU_SECONDS = 30
"""Processor time for what takes milliseconds in linear time, and minutes in time that grows with the square."""


def eventually(done, what="it"):
    """Ask over and over until something is so; fail where it never is."""
    until = time.monotonic() + HANG_SECONDS
    while not done():
        if time.monotonic() > until:
            raise AssertionError(f"{what} did not happen within {HANG_SECONDS} s")
        time.sleep(0.05)


@contextlib.contextmanager
def no_endless_work():
    """Break off what uses the processor for much longer than it can need; waiting does not count."""

    def stop(*_):
        raise AssertionError(f"this has used over {HANG_CPU_SECONDS} s of processor and has no end in sight")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, HANG_CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
