"""Scan and recording of the specimen collection, drawn and sounded by arithmetic: `data/specimen/media/`.

`.venv/bin/python tools/specimen.py` writes them anew. Nothing is copied: lines of waves stand for handwriting, and
three tones for a voice.
"""

import math
import random
import wave
from collections.abc import Iterator
from pathlib import Path

import resvg_py

FOLDER = Path(__file__).resolve().parent.parent / "data" / "specimen" / "media"
WIDTH, HEIGHT = 420, 594
"""Size of a page, in pixels."""

PAGES = {"pilot-letter-1.png": 17, "pilot-letter-2.png": 19, "pilot-letter-3.png": 8}
"""File of a page → its lines."""

TONES = (220.0, 330.0, 440.0)
"""Frequencies of the recording, in hertz."""

RATE = 8_000
"""Samples a second."""

_SECONDS = 2


def page(lines: int, seed: int) -> str:
    """A page of handwriting that says nothing, as SVG."""
    chance = random.Random(seed)
    rows = "".join(_row(80 + 26 * at, chance, is_last=at == lines - 1) for at in range(lines))
    folds = "".join(f'<path d="M0 {y}H{WIDTH}" stroke="#d8cba8" stroke-width="1.5"/>' for y in (198, 396))
    seal = (
        f'<g fill="none" stroke="#9a4a3a" stroke-width="2"><circle cx="{WIDTH - 66}" cy="46" r="26"/>'
        f'<path d="M{WIDTH - 72} 62l4-28h8l4 28zM{WIDTH - 70} 34h12M{WIDTH - 80} 40l-8-4M{WIDTH - 50} 40l8-4"/></g>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#f3ead0"/>{folds}{seal}'
        f'<g fill="none" stroke="#3b342b" stroke-width="1.4" stroke-linecap="round">{rows}</g></svg>'
    )


def _row(y: int, chance: random.Random, *, is_last: bool) -> str:
    """A line of words: waves with loops, of which the last line has few."""
    return "".join(_words(y, chance, WIDTH // 2 if is_last else WIDTH - 44))


def _words(y: int, chance: random.Random, end: int) -> Iterator[str]:
    x = 44
    while x < end:
        letters = chance.randint(2, 9)
        path = f"M{x} {y}"
        for _ in range(letters):
            rise = chance.choice((5, 5, 6, 13))
            path += f"q2 {-rise} 4 0t4 {chance.choice((0, 0, 1))}"
            x += 8
        yield f'<path d="{path}"/>'
        x += chance.randint(7, 12)


def samples() -> bytes:
    """Three tones, one after the other, each fading in and out: 8 bits a sample."""
    length = RATE * _SECONDS // len(TONES)
    values = bytearray()
    for tone in TONES:
        for at in range(length):
            loudness = math.sin(math.pi * at / length)
            values.append(128 + round(90 * loudness * math.sin(2 * math.pi * tone * at / RATE)))
    return bytes(values)


def main() -> None:
    """Write the files."""
    FOLDER.mkdir(exist_ok=True)
    for seed, (name, lines) in enumerate(PAGES.items(), 1):
        (FOLDER / name).write_bytes(bytes(resvg_py.svg_to_bytes(svg_string=page(lines, seed), width=WIDTH)))
    with wave.open(str(FOLDER / "tide-talk.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(RATE)
        sound.writeframes(samples())


if __name__ == "__main__":
    main()
