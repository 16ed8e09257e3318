"""Every kind of page that validators look at, and the one that `make test` looks at, too."""

import pytest

PATHS = (
    "/",
    "/?lang=ru",
    "/about",
    "/record/",
    "/record/?after=_100",
    "/record/177838.html",
    "/record/177838.html?lang=es",
    "/record/177838.cite.html",
    "/basket?thing=record/177838&thing=record/hostile&thing=collection/alekseyev-conversations&add=record/nothing",
    "/basket",
    "/record/note-alekseyev-conversations.html",
    "/record/hostile.html",
    "/record/arabic.html",
    "/record/cyrillic.html",
    "/agent/anastas-mikoyan.html",
    "/agent/hostile.html",
    "/place/havana.html",
    "/collection/alekseyev-conversations.html",
    "/archive/avp-rf.html",
    "/archive/avp-rf.fond-0104.html",
    "/topic/diplomacy.html",
    "/agent/",
    "/archive/",
    "/topic/?list=types",
    "/search/values/person?kind=record",
    "/search",
    "/search?q=raul+kastor+celebrations&year=1963",
    "/search?q=xyzzyx&lang=ru",
    "/search?kind=record&lacks=place",
    "/agent/raul-castro-ruz.html?q=castro&at=1",
    "/timeline",
    "/map?q=castro",
    "/network",
    "/sparql",
    "/api/",
    "/api/companions.html?agent=agent/fidel-castro-ruz",
    "/docs",
    "/dumps/",
    "/data/",
    "/terms/",
    "/changes",
    "/changes?what=deleted&day=1999-12-31&lang=ru",
    "/changes?reference=record/177838",
    "/record/nothing-here",
)

SMOKE = "/record/hostile.html"

CASES = tuple(pytest.param(path, marks=pytest.mark.smoke) if path == SMOKE else path for path in PATHS)
"""The same as cases of a test: that of the smoke test is marked."""
