"""I2: suggest an idea, question by question. The draft is kept from the first one on."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from trialogue.accounts import permissions
from trialogue.accounts.requests import came_from, person_of
from trialogue.evidence import queries as evidence
from trialogue.ideas import forms, queries, services, words
from trialogue.methods.problems import InputError, Problem

MOST_DRAFTS = 5  # that are offered to go on with
DRAFTS = "drafts of ideas"  # of somebody without an account: kept in their session


def _writer(request: HttpRequest) -> services.Writer:
    return person_of(request) if request.user.is_authenticated else None


def _draft(request: HttpRequest) -> Any:
    """Return the draft that the address names. Raises Http404 unless it is this writer's."""
    asked = request.GET.get("draft", "")
    writer = _writer(request)
    if not asked.isdecimal() or len(asked) > 15:
        raise Http404
    number = int(asked)
    if writer is None and number not in request.session.get(DRAFTS, []):
        raise Http404
    return queries.draft_of(writer, number)


def _to(step: str, draft: Any) -> HttpResponse:
    return redirect(f"{reverse(f'ideas:{step}')}?draft={draft.pk}")


def _show(request: HttpRequest, step: str, **context: Any) -> HttpResponse:
    return render(request, f"ideas/{step}.html", {"section": "ideas", **context})


@permissions.page("suggest an idea")
def new(request: HttpRequest) -> HttpResponse:
    query = request.GET.urlencode()
    return redirect(f"{reverse('ideas:problem')}{f'?{query}' if query else ''}")


@permissions.page("suggest an idea")
def problem(request: HttpRequest) -> HttpResponse:
    draft = _draft(request) if "draft" in request.GET else None
    if draft is not None and draft.status != "draft":
        return redirect("ideas:idea", draft.pk, draft.slug)
    posted = request.POST if request.method == "POST" else None
    first = forms.Problem.of(draft) if draft else _like(request.GET.get("like", ""))
    form = forms.Problem(posted, initial=first)
    different = forms.Different(posted)
    typed = posted if posted is not None else first
    text = queries.text_of(*(typed.get(name, "") for name in ("title", "problem", "proposal")))
    found = queries.earlier(text)
    page: dict[str, Any] = {
        "found": found,
        "cards": found.cards(timezone.localdate()),
        "alike": queries.alike(text, seen_by=request.user) if text else (),
        "different": different,
    }
    asks_why = False
    if request.headers.get("X-Panel"):
        return render(request, "ideas/tried.html", page | {"looked": True})
    if posted is not None and form.is_valid() and different.is_valid():
        try:
            draft = _save(request, draft, form)
            if found.hits and posted.get("seen") != found.key:
                return redirect(f"{reverse('ideas:problem')}?draft={draft.pk}&looked=1#tried")
            _keep_shown(request, draft, found, different)
        except InputError as error:
            asks_why = any("identify a person" in one.what for one in error.problems)
            form.show(problem for problem in error.problems if problem.column in form.fields)
            different.show(p for p in error.problems if p.column not in form.fields)
        else:
            return _to("kind", draft)
    return _show(
        request,
        "problem",
        form=form,
        draft=draft,
        looked=posted is not None or "looked" in request.GET,
        asks_why=asks_why or bool(typed.get("personal_why")),
        call=_call(request, draft),
        drafts=_drafts(request) if draft is None and posted is None else (),
        **page,
    )


def _call(request: HttpRequest, draft: Any) -> Any:
    """Return the call that an idea is for: its own, or the one that the address names."""
    if draft is not None:
        return draft.call
    asked = request.GET.get("call", "")
    if not asked.isdecimal() or len(asked) > 15:
        return None
    return queries.open_calls(timezone.localdate()).filter(pk=int(asked)).first()


def _drafts(request: HttpRequest) -> Any:
    """Return what this writer began before and has not sent."""
    numbers = request.session.get(DRAFTS, [])
    return queries.drafts_of(_writer(request), numbers)[:MOST_DRAFTS]


def _like(trial: str) -> dict[str, Any]:
    """Begin with the words of a trial of another council."""
    record = evidence.record(trial) if trial else None
    return {"title": record.title, "proposal": record.summary} if record else {}


def _save(request: HttpRequest, draft: Any, form: forms.Problem) -> Any:
    writer = _writer(request)
    at = timezone.now()
    if draft is not None:
        return services.save_words(draft.pk, form.words(), by=writer, at=at)
    call = _call(request, None)
    draft = services.suggest(
        form.words(),
        by=writer,
        at=at,
        call=call.pk if call else None,
        came_from=came_from(request),
    )
    if writer is None:
        request.session[DRAFTS] = [*request.session.get(DRAFTS, []), draft.pk]
    return draft


def _keep_shown(
    request: HttpRequest, draft: Any, found: queries.Earlier, different: forms.Different
) -> None:
    answer = different.cleaned_data["different"]
    if found.close and not answer:
        raise InputError(Problem("Choose how your idea is different", column="different"))
    services.keep_shown(
        draft.pk,
        found,
        answer=answer,
        text=different.cleaned_data["different_words"],
        by=_writer(request),
        at=timezone.now(),
    )


@permissions.page("suggest an idea")
def kind(request: HttpRequest) -> HttpResponse:
    draft = _draft(request)
    form = forms.KindOfWork(request.POST or None, initial=forms.KindOfWork.of(draft))
    if form.is_valid():
        try:
            services.save_kind(draft.pk, form.kind(), by=_writer(request), at=timezone.now())
        except InputError as error:
            form.show(error.problems)
        else:
            return _to("check" if "change" in request.GET else "saving", draft)
    return _show(request, "kind", form=form, draft=draft)


@permissions.page("suggest an idea")
def saving(request: HttpRequest) -> HttpResponse:
    draft = _draft(request)
    form = forms.MightSave(request.POST or None, initial=forms.MightSave.of(draft))
    if form.is_valid():
        try:
            services.save_saving(draft.pk, form.saving(), by=_writer(request), at=timezone.now())
        except InputError as error:
            form.show(error.problems)
        else:
            return _to("check", draft)
    return _show(request, "saving", form=form, draft=draft)


@permissions.page("suggest an idea")
def check(request: HttpRequest) -> HttpResponse:
    draft = _draft(request)
    if _writer(request) is None:
        return _check_as_resident(request, draft)
    form = forms.Send(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.send(draft.pk, by=person_of(request), at=timezone.now())
        except InputError as error:
            form.show(error.problems)
        else:
            return _to("sent", draft)
    return _show(request, "check", form=form, draft=draft, rows=_rows(draft))


def _check_as_resident(request: HttpRequest, draft: Any) -> HttpResponse:
    form = forms.SendAsResident(request.POST or None)
    if form.is_valid():
        try:
            if not form.trapped:
                services.ask_to_confirm(
                    draft.pk,
                    email=form.cleaned_data["email"],
                    name=form.cleaned_data["name"],
                    at=timezone.now(),
                )
        except InputError as error:
            form.show(error.problems)
        else:
            return _show(request, "confirm_sent", email=form.cleaned_data["email"])
    return _show(request, "check", form=form, draft=draft, rows=_rows(draft))


@permissions.page("suggest an idea")
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link sends nothing by itself: a mail scanner opens links, a person presses a button."""
    draft = queries.to_confirm(token, at=timezone.now())
    form = forms.Send(request.POST if request.method == "POST" else None)
    if draft is not None and form.is_valid():
        try:
            idea = services.confirm(token, at=timezone.now())
        except InputError as error:
            form.show(error.problems)
        else:
            return _show(request, "sent", idea=idea, by=words.written(idea.answer_due_on))
    return _show(request, "confirm", form=form, draft=draft)


def _rows(draft: Any) -> list[tuple[str, str, str]]:
    def change(step: str) -> str:
        return f"{reverse(f'ideas:{step}')}?draft={draft.pk}&change=1"

    asked, kind, saving = change("problem"), change("kind"), change("saving")
    return [
        ("Name", draft.title, asked),
        ("Problem", draft.problem, asked),
        ("What to try", draft.proposal, asked),
        ("Works with", draft.get_collaboration_display(), kind),
        ("Service", draft.area.name if draft.area else "", kind),
        ("Where", draft.place, kind),
        ("Who may see it", draft.get_visibility_display(), kind),
        ("Hours it might save", capfirst(words.hours(draft)), saving),
        ("Money it might save", capfirst(words.pounds(draft)), saving),
        ("How you know", draft.how_known, saving),
        ("Who must agree", draft.who_must_agree, saving),
    ]


@permissions.page("suggest an idea")
def sent(request: HttpRequest) -> HttpResponse:
    idea = _draft(request)
    if idea.status == "draft":
        return _to("check", idea)
    return _show(request, "sent", idea=idea, by=words.written(idea.answer_due_on))
