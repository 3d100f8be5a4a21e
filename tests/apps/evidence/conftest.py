import pytest

from tests.apps.evidence import bodies
from trialogue.evidence import services


@pytest.fixture
def council(council):
    council.gss_code = "X99000001"
    council.save()
    return council


@pytest.fixture
def trial(council):
    """A registered trial."""
    identifier = services.new_identifier()
    services.append(identifier, "registration", bodies.registration(), at=bodies.NOW)
    return identifier


@pytest.fixture
def reported(trial):
    """A trial with its result, a deviation and an amendment."""
    for days, (kind, body) in enumerate(
        [
            ("amendment", bodies.amendment()),
            ("list", bodies.units_list()),
            ("started", bodies.started()),
            ("deviation", bodies.deviation()),
            ("result", bodies.result(deviations=1)),
        ],
        start=1,
    ):
        services.append(trial, kind, body, at=bodies.later(days))
    return trial
