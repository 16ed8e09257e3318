"""SVG to PNG converter, a program of its own: `python -m kg.render.pictures.png WIDTH`, from stdin to stdout.

resvg holds Python's global lock while it draws, half a second for a network with all its names. In the server's own
process this would block all requests (D-54).
"""

import os
import sys

import resvg_py

_LOWEST_PRIORITY = 19


def main() -> None:
    """Convert the SVG of standard input."""
    os.nice(_LOWEST_PRIORITY)
    picture = sys.stdin.buffer.read().decode("utf-8")
    sys.stdout.buffer.write(resvg_py.svg_to_bytes(svg_string=picture, width=int(sys.argv[1]), background="white"))


if __name__ == "__main__":
    main()
