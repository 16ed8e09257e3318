"""Every kind of page that validators look at."""

PATHS = (
    "/",
    "/?lang=ru",
    "/record/",
    "/record/177838.html",
    "/record/177838.html?lang=es",
    "/record/177838.cite.html",
    "/record/note-alekseyev-conversations.html",
    "/record/hostile.html",
    "/record/arabic.html",
    "/record/cyrillic.html",
    "/agent/anastas-mikoyan.html",
    "/agent/hostile.html",
    "/place/havana.html",
    "/collection/alekseyev-conversations.html",
    "/archive/avp-rf.html",
    "/topic/diplomacy.html",
    "/dumps/",
    "/terms/",
    "/record/nothing-here",
)
