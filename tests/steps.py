"""Steps of Python: what a piece of work takes, counted and not timed, so that it is the same on any machine."""

import sys


def steps(work):
    """Run some work; return the operations of Python's machine that this thread did meanwhile.

    A loop of C, such as that of `bytes.count`, is one step.
    """
    count = 0

    def traced(frame, event, _argument):
        nonlocal count
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        count += event == "opcode"
        return traced

    before = sys.gettrace()
    sys.settrace(traced)
    try:
        work()
    finally:
        sys.settrace(before)
    return count
