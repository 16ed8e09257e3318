"""Requests made from the description: whatever fits it, and whatever does not, is answered as it says."""

import contextlib

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from serving import example_collection, free_port, served

pytestmark = pytest.mark.slow

EXAMPLES = 15
"""Requests for each operation and mode."""

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The example collection, served by the command line."""
    port = free_port()
    with served(example_collection(tmp_path_factory.mktemp("described"), port), port) as address:
        yield address


@pytest.mark.filterwarnings("ignore")  # of the library and of what it generates requests with
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_requests_of_the_description(address, mode):
    """No request leads to 500, to a status or a media type that is not described, or to JSON of another shape."""
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
    count = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @hypothesis_settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def asked(case):
            case.call_and_validate(checks=CHECKS, timeout=30)

        with contextlib.suppress(Unsatisfiable):  # what has no parameters has no bad ones
            asked()
            count += 1
    assert count > 20
