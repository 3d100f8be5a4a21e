"""T10 to T12: outcomes, losses, delivery, and whether it is run well."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from trialogue.methods.problems import InputError, Problem
from trialogue.pages.downloads import download
from trialogue.tables import write_for_spreadsheet
from trialogue.trials.forms.files import Confirm, Delivered, Find, Loss, OutcomesFile, Values
from trialogue.trials.protocol import Outcome, Protocol
from trialogue.trials.queries.measures import (
    deliveries_of,
    earlier_values,
    is_placed,
    left_measuring,
    losses_of,
    next_unmeasured,
    progress,
    unit_ids,
    unit_values,
)
from trialogue.trials.queries.trials import protocol_of, trial_of
from trialogue.trials.queries.uploads import preview
from trialogue.trials.queries.watching import watch as watch_trial
from trialogue.trials.services import loading, looking, losses, measurement, uploads
from trialogue.trials.services.measurement import Value
from trialogue.trials.views import acting, show, today, trial_page


@trial_page("measure")
def measure(request: HttpRequest, public_id: str) -> HttpResponse:
    """How far the measuring is; a file; unit by unit."""
    trial = trial_of(public_id)
    if not trial.started_at:
        return redirect("trials:trial", public_id)
    protocol = protocol_of(trial)
    data = request.POST if request.method == "POST" else None
    form = OutcomesFile(protocol, data, request.FILES if data is not None else None)
    find = Find(request.GET if "code" in request.GET else None)
    if find.is_valid():
        code = find.cleaned_data["code"].strip()
        if is_placed(trial, code):
            return redirect("trials:unit", public_id, code)
        find.show([Problem(f'"{code}" was not allocated', "Check the spelling", column="code")])
    if data is not None and form.is_valid():
        try:
            upload = uploads.keep_upload(
                public_id=public_id,
                kind="outcomes",
                file=form.cleaned_data["file"],
                options=form.options(),
                by=acting(request),
                at=timezone.now(),
            )
        except InputError as error:
            form.show(error.problems)
        else:
            path = f"/trials/{public_id}/measure/{upload.public_id}/"
            upload = loading.read_now_or_later(
                upload, by=acting(request), at=timezone.now(), leads_to=path
            )
            if upload.work:
                return redirect("site:work", upload.work.public_id)
            return redirect(path)
    so_far = progress(trial, protocol)
    return show(
        request,
        "measure",
        public_id,
        trial=trial,
        protocol=protocol,
        form=form,
        find=find,
        shown=find if find.is_bound else form,
        progress=so_far,
        begun=any(row.measured or row.missing for row in so_far),
        today=today(),
        following=next_unmeasured(trial, protocol),
    )


@trial_page("measure")
def outcomes_preview(request: HttpRequest, public_id: str, upload_id: str) -> HttpResponse:
    """What the file holds, and every problem in it."""
    found = preview(public_id, upload_id)
    if found.given_up:
        return redirect("trials:measure", public_id)
    if found.waiting and found.upload.work:
        return redirect("site:work", found.upload.work.public_id)
    form = Confirm(
        found.problems, found.changed, request.POST if request.method == "POST" else None
    )
    if form.is_valid():
        try:
            count = measurement.load_outcomes(
                upload_id=upload_id,
                leave_out=form.left_out,
                reason=form.cleaned_data.get("reason", ""),
                by=acting(request),
                at=timezone.now(),
            )
        except InputError as error:
            form.show(error.problems[:20])
        else:
            left = f", {_many(len(form.left_out), 'row')} left out" if form.left_out else ""
            messages.success(request, f"{_many(count, 'value')} loaded{left}")
            return redirect("trials:measure", public_id)
    return show(
        request,
        "preview",
        public_id,
        preview=found,
        form=form,
        back="trials:measure",
        button=f"Load {_many(found.good, 'row')}",
    )


def _many(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


@trial_page("measure")
def sheet(request: HttpRequest, public_id: str) -> HttpResponse:
    """An empty sheet to measure with: a row a unit, and no groups."""
    trial = trial_of(public_id)
    protocol = protocol_of(trial)
    response = download(f"{public_id}-outcomes.csv")
    looking.note_taken(
        "a list of units", public_id=public_id, by=acting(request), at=timezone.now()
    )
    header = ["id", *(outcome.code for outcome in protocol.outcomes.all)]
    empty = [""] * (len(header) - 1)
    rows = ([study_id, *empty] for study_id in unit_ids(trial))
    write_for_spreadsheet(response, header, rows)
    return response


@trial_page("measure")
def unit(request: HttpRequest, public_id: str, study_id: str) -> HttpResponse:
    """The outcomes of one unit, typed by hand. The group is not shown."""
    trial = trial_of(public_id)
    if not trial.started_at:
        return redirect("trials:trial", public_id)
    protocol = protocol_of(trial)
    wave = _wave(request, protocol)
    held = unit_values(trial, study_id, wave)
    if held is None:
        raise Http404
    form = Values(
        protocol, request.POST if request.method == "POST" else None, initial=_initial(held)
    )
    if form.is_valid():
        try:
            measurement.record_unit(
                public_id=public_id,
                study_id=study_id,
                wave=wave,
                values=[_typed(form, outcome) for outcome in protocol.outcomes.all],
                measured_on=form.cleaned_data["measured_on"],
                reason=form.cleaned_data["reason"],
                by=acting(request),
                at=timezone.now(),
            )
        except InputError as error:
            codes = {outcome.code for outcome in protocol.outcomes.all}
            form.show(
                Problem(
                    p.what, p.mend, column=f"value_{p.column}" if p.column in codes else p.column
                )
                for p in error.problems
            )
        else:
            messages.success(request, f"Saved: {study_id}")
            following = next_unmeasured(trial, protocol, wave=wave)
            if following:
                address = redirect("trials:unit", public_id, following).url
                return redirect(f"{address}?wave={wave}")
            return redirect("trials:measure", public_id)
    return show(
        request,
        "unit",
        public_id,
        trial=trial,
        protocol=protocol,
        form=form,
        study_id=study_id,
        held=bool(held),
        wave=next(each for each in protocol.dates.waves if each.number == wave),
        earlier=earlier_values(trial, protocol, study_id, wave),
        left=left_measuring(trial, study_id),
    )


def _wave(request: HttpRequest, protocol: Protocol) -> int:
    asked = request.GET.get("wave", "")
    numbers = {wave.number for wave in protocol.dates.waves}
    return int(asked) if asked.isdecimal() and int(asked) in numbers else min(numbers)


def _initial(held: dict[str, tuple[float | None, str]]) -> dict[str, object]:
    initial: dict[str, object] = {}
    for code, (value, missing) in held.items():
        initial[f"value_{code}"] = "" if value is None else f"{value:g}"
        initial[f"missing_{code}"] = missing
    return initial


def _typed(form: Values, outcome: Outcome) -> Value:
    typed = form.cleaned_data[f"value_{outcome.code}"]
    value = None if typed in (None, "") else float(typed)
    missing = form.cleaned_data[f"missing_{outcome.code}"] if value is None else ""
    return Value(outcome.code, value, missing)


@trial_page("record a loss")
def lost(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who was lost or withdrew, and why."""
    trial = trial_of(public_id)
    form = Loss(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            at = timezone.now()
            left = losses.withdraw(
                public_id=public_id, by=acting(request), at=at, **form.cleaned_data
            )
        except InputError as error:
            form.show(error.problems)
        else:
            said = "Recorded" if left.at == at else "Recorded already, and nothing was changed"
            kept = losses.KEPT[left.scope]
            messages.success(request, f"{said}: {form.cleaned_data['study_id']}. {kept}")
            return redirect("trials:losses", public_id)
    lost = [(row, losses.REASONS.get(row.reason, row.reason)) for row in losses_of(trial)]
    return show(request, "losses", public_id, trial=trial, form=form, lost=lost)


@trial_page("record delivery")
def delivery(request: HttpRequest, public_id: str) -> HttpResponse:
    """What was planned and what was done."""
    trial = trial_of(public_id)
    form = Delivered(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            losses.record_delivery(
                public_id=public_id, by=acting(request), at=timezone.now(), **form.cleaned_data
            )
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(request, f"Recorded: {form.cleaned_data['study_id']}")
            return redirect("trials:delivery", public_id)
    return show(
        request, "delivery", public_id, trial=trial, form=form, recent=deliveries_of(trial)
    )


@trial_page("watch a trial")
def watch(request: HttpRequest, public_id: str) -> HttpResponse:
    """Is it run well? Never whether it works."""
    trial = trial_of(public_id)
    if not trial.registered_at:
        return redirect("trials:trial", public_id)
    protocol = protocol_of(trial)
    if not trial.started_at:
        return show(request, "watch", public_id, trial=trial, protocol=protocol)
    return show(
        request,
        "watch",
        public_id,
        trial=trial,
        protocol=protocol,
        watch=watch_trial(trial, protocol, today=today()),
    )
