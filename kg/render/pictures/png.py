"""A picture of ours as PNG: SVG comes in, PNG goes out; a program of its own, `python -m kg.render.pictures.png WIDTH`.

resvg keeps Python's lock for as long as it draws, half a second for a network with all its names. In the server's own
process nobody would have an answer meanwhile.
"""

import os
import sys

import resvg_py

_LEAST_URGENT = 19


def main() -> None:
    """Draw what standard input holds."""
    os.nice(_LEAST_URGENT)
    picture = sys.stdin.buffer.read().decode("utf-8")
    sys.stdout.buffer.write(resvg_py.svg_to_bytes(svg_string=picture, width=int(sys.argv[1]), background="white"))


if __name__ == "__main__":
    main()
