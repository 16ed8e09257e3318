"""Processor time of a server whose processes come and go. What is asserted is counted work, never the clock."""

import subprocess
import sys

import psutil
import pytest

from benchmarks.processor_time import ProcessorTime, family

# Starts a child that works, tells what the child has used by its own account, waits to be told to go on.
PARENT = """
import subprocess, sys
WORK = "import time\\nwhile time.process_time() < 0.2: pass\\nprint(time.process_time(), flush=True)\\ninput()"
child = subprocess.Popen([sys.executable, "-c", WORK], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
print(child.stdout.readline().decode(), end="", flush=True)
input()
child.communicate(b"\\n")
print("ended", flush=True)
input()
"""


@pytest.fixture
def parent():
    """A process with a child that has worked and still runs."""
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_time_of_a_child_that_ended_stays_counted(parent):
    """What a child used is counted while it runs and after it has ended: a reading is never less than the one before."""
    meter = ProcessorTime(psutil.Process(parent.pid))
    used = float(parent.stdout.readline())
    running = meter.seconds()
    parent.stdin.write("\n")
    parent.stdin.flush()
    assert parent.stdout.readline() == "ended\n"
    assert family(psutil.Process(parent.pid)) == [psutil.Process(parent.pid)]
    assert meter.seconds() >= running >= used
    assert ProcessorTime(psutil.Process(parent.pid)).seconds() >= used - 0.02  # in hundredths, of user and system


def test_meter_stands_still_when_its_process_is_gone(parent):
    """A family that is gone leaves the last reading."""
    meter = ProcessorTime(psutil.Process(parent.pid))
    parent.stdout.readline()
    last = meter.seconds()
    parent.kill()
    parent.wait()
    assert meter.seconds() == last > 0
