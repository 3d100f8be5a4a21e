"""Who changed what, and who looked at personal records. To be read, and by nobody changed."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from trialogue.accounts import permissions, queries
from trialogue.accounts.forms import AuditFilter
from trialogue.methods.verdicts import clock_time, short_date
from trialogue.pages.lists import Column, as_csv, listing, wants_csv


@permissions.page("read the audit trail")
@never_cache
def audit(request: HttpRequest) -> HttpResponse:
    asked = any(value for key, value in request.GET.items() if key not in ("page", "sort"))
    filters = AuditFilter(request.GET if asked else None)
    wanted = filters.cleaned_data if filters.is_valid() else {}
    rows = queries.audit(
        who=wanted.get("who", ""),
        thing=wanted.get("thing", ""),
        kind=wanted.get("kind", ""),
        first=wanted.get("first"),
        last=wanted.get("last"),
    )
    columns = _columns(queries.names())
    if wants_csv(request):
        return as_csv(request, rows, columns, sort="-pk", filename="who-changed-what.csv")
    context = {
        "section": "settings"
        if "administrator" in getattr(request.user, "roles", ())
        else "audit",
        "filters": filters,
        "list": listing(request, rows, columns, sort="-pk", one="entry", many="entries"),
    }
    return render(request, "accounts/audit.html", context)


def _columns(names: dict[UUID, str]) -> tuple[Column[Any], ...]:
    return (
        Column("When", _when, "pk"),
        Column("Who", lambda row: permissions.public_name(row.by, names)),
        Column("What", lambda row: row.action),
        Column("Thing", lambda row: f"{row.thing_kind} {row.thing}"),
        Column("Before", lambda row: _said(row.before)),
        Column("After", lambda row: _said(row.after)),
    )


def _when(row: Any) -> str:
    at = timezone.localtime(row.at)
    return f"{short_date(at.date())}, {clock_time(at.time())}"


def _said(document: dict[str, Any] | None) -> str:
    """Write a document in words: the names of its fields and what they held."""
    if not document:
        return ""
    return "; ".join(
        f"{key}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for key, value in document.items()
    )
