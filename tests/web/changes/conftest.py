"""A site whose log has all sorts of changes."""

import pytest
from changed_site import SCRIPT, published, serving

from kg.publish import rollback


@pytest.fixture(scope="package")
def changed(tmp_path_factory):
    """A client of a small collection after some builds and a rollback."""
    folder = tmp_path_factory.mktemp("changed")
    for records in SCRIPT:
        made = published(folder, records)
    rollback.rollback(made, 2)
    with serving(made) as client:
        yield client
