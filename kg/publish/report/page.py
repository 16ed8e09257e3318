"""Report page of a build, in its generation."""

from pathlib import Path

from kg.publish.report.report import Report
from kg.render.site.pages import Site, render_page
from kg.settings import Settings


def write_page(settings: Settings, report: Report, path: Path) -> None:
    """Write the page with the results and problems of a build."""
    values = {
        "report": report,
        "published": sum(report.published.values()),
        "problems": report.grouped(),
    }
    path.write_bytes(render_page("report", Site.of(settings, "/"), values))
