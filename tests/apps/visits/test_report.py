"""The report of a month: counts, and nothing of a few."""

from datetime import timedelta

from tests.apps.visits.conftest import NOW, TODAY
from tests.apps.visits.happening import concern
from trialogue.visits import queries, services
from trialogue.visits.models import Visit
from trialogue.visits.queries.measures import as_counted

DAY = timedelta(days=1)
NAME = "Red concerns that needed nothing"


def close(one, by, outcome):
    look = {"look_again_at": NOW + DAY, "by": by, "at": NOW}
    services.acknowledge(one.number, will_do="Ring", **look)
    services.close(one.number, outcome=outcome, words="Rang", whereabouts="", by=by, at=NOW)


def reds(scheme):
    report = queries.report(scheme, TODAY.replace(day=1), now_day=TODAY + DAY)
    return next(one.words for one in report.shares if one.name == NAME)


def test_the_share_of_reds_that_needed_nothing_has_its_counts(visits, scheme, cast):
    assert reds(scheme) == "None"
    for number in range(26):
        outcome = "no action needed" if number < 6 else "advice given"
        close(concern(visits[number % 6]), cast.desk, outcome)
    close(concern(visits[0], level="amber"), cast.desk, "no action needed")
    concern(visits[1])  # still open

    assert reds(scheme) == "6 of 26 (23%)"


def test_few_reds_tell_nothing(visits, scheme, cast):
    for number in range(4):
        close(concern(visits[number]), cast.desk, "no action needed")
    assert reds(scheme) == "Fewer than 5, not told"

    close(concern(visits[4]), cast.desk, "advice given")

    assert reds(scheme) == "Of 5; the count is not told"


def test_one_round_that_is_protected_cannot_be_worked_out_from_the_others(
    scheme, plan, rounds, residents
):
    """Round B has three visits in the month, and A fifteen."""
    for week in range(5):
        services.list_day(scheme, TODAY + 7 * week * DAY, at=NOW)
    Visit.objects.filter(day__gt=TODAY, round=rounds["B"]).delete()
    report = queries.report(scheme, TODAY.replace(day=1), now_day=TODAY + 70 * DAY)
    kept = {row.name: row.kept.words for row in report.by_round}
    assert kept["B"] == "Fewer than 5, not told"
    assert kept["A"] == "Not told, so that nobody can work out a few"


def test_rounds_stand_in_the_order_that_people_count_in():
    names = ["16", "7", "Linney 10", "Linney 2", "8", "Ashby"]

    assert sorted(names, key=as_counted) == ["7", "8", "16", "Ashby", "Linney 2", "Linney 10"]
