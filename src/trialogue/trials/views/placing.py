"""T7 and T8: the list of units, the draw, the other door, late arrivals."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.methods.problems import InputError
from trialogue.methods.verdicts import long_date
from trialogue.pages.downloads import download
from trialogue.pages.forms import Form
from trialogue.tables import write_csv, write_for_spreadsheet
from trialogue.trials.forms.files import Confirm, Unit, UnitsFile
from trialogue.trials.queries.placing import list_rows, listed, placed, small_strata, units_of
from trialogue.trials.queries.trials import protocol_of, trial_of
from trialogue.trials.queries.uploads import preview
from trialogue.trials.services import allocation, loading, looking
from trialogue.trials.services import units as unit_services
from trialogue.trials.services import uploads as upload_services
from trialogue.trials.views import acting, roles_here, show, today, trial_page


@trial_page("load units")
def units(request: HttpRequest, public_id: str) -> HttpResponse:
    """Load the list from a file, or add to it by hand."""
    trial = trial_of(public_id)
    now = listed(trial)
    if now is None:
        return redirect("trials:trial", public_id)
    protocol = protocol_of(trial)
    fixed = bool(now.draw.list_hash)
    by_hand = request.method == "POST" and "study_id" in request.POST
    file_form = UnitsFile(
        protocol,
        request.POST if request.method == "POST" and not by_hand else None,
        request.FILES if request.method == "POST" and not by_hand else None,
    )
    unit_form = Unit(protocol, request.POST if by_hand else None)
    shown: Form = unit_form if by_hand else file_form
    if request.method == "POST" and shown.is_valid():
        try:
            if by_hand:
                unit_services.add_unit(
                    public_id=public_id,
                    study_id=unit_form.cleaned_data["study_id"],
                    cluster=unit_form.cleaned_data.get("cluster", ""),
                    strata=unit_form.strata(),
                    by=acting(request),
                    at=timezone.now(),
                )
                return redirect("trials:units", public_id)
            return _keep(request, public_id, "units", file_form)
        except InputError as error:
            shown.show(error.problems)
    return show(
        request,
        "units",
        public_id,
        trial=trial,
        protocol=protocol,
        now=now,
        fixed=fixed,
        file_form=file_form,
        unit_form=unit_form,
        shown=shown,
        some=units_of(trial)[:25],
    )


def _keep(request: HttpRequest, public_id: str, kind: str, form: UnitsFile) -> HttpResponse:
    upload = upload_services.keep_upload(
        public_id=public_id,
        kind=kind,
        file=form.cleaned_data["file"],
        options=form.options(),
        by=acting(request),
        at=timezone.now(),
    )
    path = f"/trials/{public_id}/units/{upload.public_id}/"
    upload = loading.read_now_or_later(
        upload, by=acting(request), at=timezone.now(), leads_to=path
    )
    return redirect("site:work", upload.work.public_id) if upload.work else redirect(path)


@trial_page("load units")
def remove_unit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take one unit off the list."""
    if request.method == "POST":
        try:
            unit_services.remove_unit(
                public_id=public_id,
                study_id=request.POST.get("study_id", ""),
                by=acting(request),
                at=timezone.now(),
            )
        except InputError as error:
            messages.warning(request, str(error.problems[0]))
    return redirect("trials:units", public_id)


@trial_page("load units")
def units_preview(request: HttpRequest, public_id: str, upload_id: str) -> HttpResponse:
    """What the file would become, and every problem in it."""
    found = preview(public_id, upload_id)
    if found.given_up:
        return redirect("trials:units", public_id)
    if found.waiting and found.upload.work:
        return redirect("site:work", found.upload.work.public_id)
    form = Confirm(
        found.problems, found.changed, request.POST if request.method == "POST" else None
    )
    if form.is_valid():
        try:
            count = unit_services.load_units(
                upload_id=upload_id, leave_out=form.left_out, by=acting(request), at=timezone.now()
            )
        except InputError as error:
            form.show(error.problems[:20])
        else:
            left = f", {len(form.left_out)} left out" if form.left_out else ""
            messages.success(request, f"{count:,} rows loaded{left}")
            return redirect("trials:allocation", public_id)
    protocol = protocol_of(found.upload.trial)
    return show(
        request,
        "preview",
        public_id,
        preview=found,
        form=form,
        back="trials:units",
        button=f"Load {found.good:,} {protocol.unit.rows}",
    )


@trial_page("see a trial")
def problems_file(request: HttpRequest, public_id: str, upload_id: str) -> HttpResponse:
    """Every problem of a file, as a file."""
    found = preview(public_id, upload_id)
    response = download(f"{public_id}-problems.csv")
    rows = ([p.row or "", p.column, p.what, p.mend] for p in found.problems)
    write_for_spreadsheet(response, ["row", "column", "what is wrong", "how to mend it"], rows)
    return response


@trial_page("load units")
def template(request: HttpRequest, public_id: str) -> HttpResponse:
    """An empty list with the right columns."""
    protocol = protocol_of(trial_of(public_id))
    header = ["id", *([protocol.unit.placed] if protocol.unit.clustered else [])]
    header += [*protocol.strata.by, *(["arm"] if protocol.strata.elsewhere else [])]
    header += [column.name for column in protocol.outcomes.covariates]
    response = download(f"{public_id}-list.csv")
    write_for_spreadsheet(response, header, [])
    return response


@trial_page("load units")
def allocate(request: HttpRequest, public_id: str) -> HttpResponse:
    """Before: what will happen, once. After: counts, proof, lists, late arrivals."""
    trial = trial_of(public_id)
    now = listed(trial)
    if now is None:
        return redirect("trials:trial", public_id)
    protocol = protocol_of(trial)
    roles = roles_here(request)
    form = Form(request.POST if request.method == "POST" else None)
    late_form = Unit(protocol, request.POST if "study_id" in request.POST else None)
    if request.method == "POST":
        form.is_valid()
        try:
            if "study_id" in request.POST:
                if late_form.is_valid():
                    return _late(request, public_id, late_form)
            else:
                _act(request, public_id)
                return redirect("trials:allocation", public_id)
        except InputError as error:
            (late_form if "study_id" in request.POST else form).show(error.problems)
    return show(
        request,
        "allocation",
        public_id,
        trial=trial,
        protocol=protocol,
        now=now,
        placed=placed(trial, protocol, now.draw) if now.draw.drawn_at else None,
        warnings=small_strata(now, protocol) if not now.draw.drawn_at else [],
        form=form,
        late_form=late_form,
        shown=late_form if late_form.is_bound else form,
        each=_each(protocol, now),
        may_allocate=permissions.allows(acting(request), "allocate", also=roles),
    )


def _act(request: HttpRequest, public_id: str) -> None:
    """Fix the list, or draw: two buttons, in this order."""
    now = timezone.now()
    if request.POST.get("act") != "draw":
        allocation.fix_list(public_id=public_id, by=acting(request), at=now)
        return
    drawn_at = allocation.allocate(public_id=public_id, by=acting(request), at=now).drawn_at
    if drawn_at == now or drawn_at is None:
        messages.success(request, "The list is placed. Anyone can check this")
    else:
        messages.warning(
            request,
            f"This trial was placed on {long_date(timezone.localdate(drawn_at))}. It cannot be "
            "done again, and nothing was. If the list was wrong, record what went differently",
        )


def _late(request: HttpRequest, public_id: str, form: Unit) -> HttpResponse:
    assignment = allocation.enrol_late(
        public_id=public_id,
        study_id=form.cleaned_data["study_id"],
        strata=form.strata(),
        cluster=form.cleaned_data.get("cluster", ""),
        on=today(),
        by=acting(request),
        at=timezone.now(),
    )
    groups = protocol_of(trial_of(public_id)).groups
    name = next(group.name for group in groups if group.code == assignment.arm)
    messages.success(request, f"{form.cleaned_data['study_id']} is enrolled. The group: {name}")
    return redirect("trials:allocation", public_id)


def _each(protocol: object, now: object) -> str:
    """Say how many each group will have, where the shares are equal."""
    groups = protocol.groups  # type: ignore[attr-defined]
    things = now.clusters or now.units  # type: ignore[attr-defined]
    if len({group.share for group in groups}) > 1 or not things:
        return ", ".join(f"{group.share} for {group.name}" for group in groups)
    low, extra = divmod(things, len(groups))
    return f"{low} or {low + 1}" if extra else str(low)


@trial_page("load units")
def arm_list(request: HttpRequest, public_id: str, arm: str) -> HttpResponse:
    """The list of one group, or of all: `list` without groups and `allocation` with them."""
    trial = trial_of(public_id)
    protocol = protocol_of(trial)
    if not trial.started_at:
        return redirect("trials:allocation", public_id)
    response = download(f"{public_id}-{arm}.csv")
    looking.note_taken(
        "a list of units", public_id=public_id, by=acting(request), at=timezone.now()
    )
    if arm in ("list", "allocation"):
        # To the byte as the check reads it.
        write_csv(response, *list_rows(trial, protocol, arms=arm == "allocation"))
    elif arm in protocol.shares:
        write_for_spreadsheet(response, *list_rows(trial, protocol, arms=True, arm=arm))
    else:
        raise Http404
    return response
