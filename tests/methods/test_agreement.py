"""Every figure that other software has an answer to: what `docs/validation.md` counts."""

import pytest

from validation import agreement

GROUPS = agreement.by_method(agreement.figures())


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: f"{group[0].method}, {group[0].peer}")
def test_our_figures_are_those_of_other_software(group):
    assert [figure for figure in group if not figure.agrees] == []
