"""Notes on settings that are in order but need a look: a colour that can't be read as it is."""

from collections.abc import Iterator

from kg.records.problems import SourceProblem
from kg.render.site.colours import MIN_CONTRAST, contrast_notes
from kg.settings import Settings

_EXPECTED = f"a contrast of at least {MIN_CONTRAST} : 1 (WCAG 2.2, 1.4.3)"


def settings_notes(settings: Settings) -> Iterator[SourceProblem]:
    """Yield the notes on some settings."""
    name = settings.file.name if settings.file else ""
    for note in contrast_notes(settings.colour) if settings.colour else ():
        yield SourceProblem(name, "", "colour", settings.colour, _EXPECTED, note)
