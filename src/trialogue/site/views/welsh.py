"""Pages in Welsh: the switch, the words, and a reader's choice of language."""

from dataclasses import replace
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from trialogue.accounts import permissions, queries, services
from trialogue.accounts.requests import person_of
from trialogue.methods.arrays import need_columns
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.pages.downloads import download
from trialogue.site.forms import WelshFile, WelshWords
from trialogue.site.frame import LANGUAGE
from trialogue.site.phrases import PARTS, PHRASES, field_of
from trialogue.tables import read_upload, write_for_spreadsheet

A_YEAR_S = 365 * 24 * 3600
MOST_BYTES = 1_000_000


@permissions.page("read public pages")
def language(request: HttpRequest) -> HttpResponse:
    """Show the pages in the language a reader chose, and remember it."""
    council = queries.council()
    if not (council and council.speaks_welsh):
        raise Http404
    back = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    answer = HttpResponseRedirect(back)
    if request.GET.get("to") == "cy":
        secure = request.is_secure()
        answer.set_cookie(
            LANGUAGE, "cy", max_age=A_YEAR_S, secure=secure, httponly=True, samesite="Lax"
        )
    else:
        answer.delete_cookie(LANGUAGE, samesite="Lax")
    return answer


@permissions.page("change settings")
def overview(request: HttpRequest) -> HttpResponse:
    """Turn Welsh on or off; show how far the words are; take a file of words in."""
    sent = request.method == "POST"
    form = WelshFile(request.POST if sent else None, request.FILES if sent else None)
    if form.is_valid():
        speaker = form.cleaned_data["approved_by"]
        try:
            new = services.write_welsh(
                _words(form.cleaned_data["file"]),
                approved_by=speaker,
                by=person_of(request),
                at=timezone.now(),
            )
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(request, _kept(new, approved=bool(speaker.strip())))
            return redirect("site:welsh")
    shown = queries.welsh_words()
    context = {
        "section": "settings",
        "form": form,
        "parts": [
            (part, sum(one in shown for one in part.phrases), len(part.phrases)) for part in PARTS
        ],
        "shown": sum(one in shown for one in PHRASES),
        "all": len(PHRASES),
    }
    return render(request, "site/welsh.html", context)


@permissions.page("change settings")
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Turn Welsh on or off."""
    on = request.POST.get("do") == "on"
    services.switch_welsh(on=on, by=person_of(request), at=timezone.now())
    messages.success(request, f"Welsh is {'on' if on else 'off'}")
    return redirect("site:welsh")


@permissions.page("change settings")
def part(request: HttpRequest, key: str) -> HttpResponse:
    """Write the Welsh of one part of the site."""
    found = next((one for one in PARTS if one.key == key), None)
    if found is None:
        raise Http404
    written = queries.welsh_written()
    form = WelshWords(
        request.POST.dict() if request.method == "POST" else None,
        phrases=found.phrases,
        initial={"seen": queries.newest_welsh(written)}
        | {field_of(one): written[one].welsh for one in found.phrases if one in written},
    )
    if form.is_valid():
        given = form.cleaned_data
        try:
            new = services.write_welsh(
                {one: given[field_of(one)] for one in found.phrases},
                approved_by=given["approved_by"],
                seen=given["seen"],
                by=person_of(request),
                at=timezone.now(),
            )
        except InputError as error:
            form.show(replace(one, column=field_of(one.column)) for one in error.problems)
            # The words of both are on the page now: what is sent next answers the newer.
            form.data = {**form.data, "seen": str(queries.newest_welsh(written))}
        else:
            messages.success(request, _kept(new, approved=bool(given["approved_by"].strip())))
            return redirect("site:welsh")
    drafts = [one for one in found.phrases if one in written and not written[one].is_shown]
    context = {"section": "settings", "form": form, "part": found, "drafts": len(drafts)}
    return render(request, "site/welsh_part.html", context)


@permissions.page("change settings")
def words(request: HttpRequest) -> HttpResponse:
    """Give all phrases as a file, with their Welsh as far as it is written."""
    written = queries.welsh_written()
    answer = download("words-in-welsh.csv")
    rows = [(english, written.get(english)) for english in PHRASES]
    write_for_spreadsheet(
        answer,
        ("english", "welsh", "approved by"),
        (
            (english, one.welsh if one else "", one.approved_by if one else "")
            for english, one in rows
        ),
    )
    return answer


def _words(file: UploadedFile[Any]) -> dict[str, str]:
    """Read a file of words; raises InputError with every row that is not one of ours."""
    table = read_upload(BytesIO(file.read(MOST_BYTES + 1)), file.name or "", largest=MOST_BYTES)
    need_columns(table.columns, {"file": ("english", "welsh")})
    found: dict[str, str] = {}
    problems = []
    pairs = zip(table.text("english"), table.text("welsh"), strict=True)
    for index, (english, welsh) in enumerate(pairs):
        if english not in PHRASES:
            problem = Problem(
                f"“{english}” is no phrase of the pages", "Leave this column as it came"
            )
        elif english in found:
            problem = Problem(f"“{english}” stands twice", "Keep one row")
        else:
            found[english] = welsh
            continue
        problems.append(problem.at(file=table.name, row=table.row(index), column="english"))
    refuse(problems)
    return found


def _kept(new: int, *, approved: bool) -> str:
    if not new:
        return "Nothing was new"
    words = f"{new} phrase" if new == 1 else f"{new} phrases"
    return f"{words} approved: pages show them" if approved else f"{words} kept as drafts"
