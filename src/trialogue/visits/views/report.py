"""V11: the report of a month."""

import re
from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from trialogue.accounts import permissions
from trialogue.pages.downloads import download
from trialogue.tables import write_for_spreadsheet
from trialogue.visits import queries
from trialogue.visits.views import show, today


@permissions.page("read the report of visits")
def newest(request: HttpRequest) -> HttpResponse:
    """The report of this month."""
    return redirect("visits:report", f"{today():%Y-%m}")


@permissions.page("read the report of visits")
def report(request: HttpRequest, month: str) -> HttpResponse:
    """A month in figures: no names, no few."""
    scheme = queries.scheme()
    if scheme is None:
        return show(request, "no_scheme")
    first = _month(month)
    found = queries.report(scheme, first, now_day=today())
    if request.GET.get("format") == "csv":
        return _csv(found)
    after = (first + timedelta(days=32)).replace(day=1)
    return show(
        request,
        "report",
        scheme=scheme,
        report=found,
        tables=[("area", found.by_area), ("round", found.by_round)],
        before=(first - timedelta(days=1)).replace(day=1),
        after=after if after <= today() else None,
    )


def _month(written: str) -> date:
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", written):
        raise Http404
    year, month = written.split("-")
    return date(int(year), int(month), 1)


def _csv(found: queries.Report) -> HttpResponse:
    response = download(f"visits-{found.month:%Y-%m}.csv")
    rows: list[list[object]] = [["All", one.name, one.words] for one in found.shares]
    rows += [["All", one.name, one.words] for one in found.figures]
    for kind, listed in (("Area", found.by_area), ("Round", found.by_round)):
        rows += [[f"{kind} {row.name}", "Visits kept", row.kept.words] for row in listed]
        rows += [[f"{kind} {row.name}", "Attempted", row.attempted.words] for row in listed]
    write_for_spreadsheet(response, ["Where", "Measure", "Figure"], rows)
    return response
