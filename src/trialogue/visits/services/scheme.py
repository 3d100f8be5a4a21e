"""Setting up a scheme: who takes part, what is asked, the times, and what could go wrong."""

from collections.abc import Mapping
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.db import transaction

from trialogue.accounts import permissions
from trialogue.accounts.models import Organisation, Person
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.visits import queries
from trialogue.visits.hazards import SHIPPED as HAZARDS
from trialogue.visits.models import (
    Area,
    Hazard,
    LawfulBasis,
    PartnerAgreement,
    QuestionSet,
    Scheme,
)
from trialogue.visits.services.noting import note_scheme
from trialogue.visits.timers import ALL, Timer

SET_UP = "set up visits"
# What a person says is done, because no row shows it.
SETTLED = {
    "hazards": "We have read the hazards and who owns each",
    "timers": "We have read the times and they suit us",
}
WORDINGS = 3


@transaction.atomic
def begin_scheme(*, name: str, grid: int, by: Person, at: datetime) -> Scheme:
    """Begin the council's scheme, with the shipped questions unpublished and the shipped hazards.

    Raises InputError when there is one already, or it has no name.
    """
    permissions.check(by, SET_UP)
    if queries.scheme() is not None:
        raise InputError(Problem("There is a scheme already", "End it first", column="name"))
    if not name.strip():
        raise InputError(Problem("Enter a name for the scheme", column="name"))
    scheme = Scheme.objects.create(name=name.strip(), grid=grid, created_at=at)
    for code, hazard, harm, controls, severity, before, after in HAZARDS:
        Hazard.objects.create(
            scheme=scheme,
            code=code,
            hazard=hazard,
            harm=harm,
            controls=controls,
            severity=severity,
            likely_before=before,
            likely_after=after,
        )
    note_scheme("begin a visit scheme", scheme, by, at, after={"name": scheme.name})
    return scheme


@transaction.atomic
def change_scheme(scheme_id: int, *, version: int, by: Person, at: datetime, **new: Any) -> Scheme:
    """Change fields of the scheme. `version` is the one the person saw.

    Raises InputError when somebody changed it since, or a field does not fit.
    """
    permissions.check(by, SET_UP)
    scheme = Scheme.objects.select_for_update().get(pk=scheme_id)
    before = {field: getattr(scheme, field) for field in new}
    if before == new:
        return scheme
    if scheme.version != version:
        now = "; ".join(f"{field.replace('_', ' ')} is {value}" for field, value in before.items())
        said = f"Somebody changed this while you were writing. Now: {now}"
        raise InputError(Problem(said, "Check yours, then send it again"))
    refuse(_wrong(new))
    for field, value in new.items():
        setattr(scheme, field, value)
    scheme.version += 1
    scheme.save()
    note_scheme(
        "change the visit scheme", scheme, by, at, before=_plain(before), after=_plain(new)
    )
    return scheme


def _wrong(new: Mapping[str, Any]) -> list[Problem]:
    found = []
    if "name" in new and not new["name"].strip():
        found.append(Problem("Enter a name for the scheme", column="name"))
    opens, closes = new.get("desk_opens"), new.get("desk_closes")
    if opens and closes and closes <= opens:
        found.append(Problem("The desk must close after it opens", column="desk_closes"))
    if (new.get("seconds_per_metre", 1) or 0) <= 0:
        found.append(Problem("Travel must take some time", column="seconds_per_metre"))
    return found


@transaction.atomic
def save_partner(
    scheme_id: int,
    *,
    partner: str,
    reference: str,
    agreed_on: date | None,
    review_on: date | None,
    pence_a_visit: int,
    pence_an_hour: int,
    by: Person,
    at: datetime,
) -> PartnerAgreement:
    """Add a partner organisation (by its slug), or change what was agreed with it."""
    permissions.check(by, SET_UP)
    found = Organisation.objects.filter(kind=Organisation.Kind.PARTNER, slug=partner).first()
    if found is None:
        raise InputError(Problem("Choose a partner organisation", column="partner"))
    if agreed_on and review_on and review_on <= agreed_on:
        what = "The day to look at it again must come after the day it was agreed"
        raise InputError(Problem(what, column="review_on"))
    agreement, _ = PartnerAgreement.objects.update_or_create(
        scheme_id=scheme_id,
        partner=found,
        defaults={
            "reference": reference.strip(),
            "agreed_on": agreed_on,
            "review_on": review_on,
            "pence_a_visit": pence_a_visit,
            "pence_an_hour": pence_an_hour,
        },
    )
    note_scheme("agree with a partner", agreement.scheme, by, at, after={"partner": found.name})
    return agreement


@transaction.atomic
def save_area(
    scheme_id: int, *, name: str, starts_on: date | None, by: Person, at: datetime
) -> Area:
    """Add an area, or set the day it starts. Refused where a trial drew the order of areas."""
    permissions.check(by, SET_UP)
    scheme = Scheme.objects.select_for_update().get(pk=scheme_id)
    if not name.strip():
        raise InputError(Problem("Enter the name of the area", column="name"))
    if scheme.trial:
        what = "The scheme is a trial: areas and their days come from its draw"
        raise InputError(Problem(what, "Change the trial instead", column="starts_on"))
    area, _ = Area.objects.update_or_create(
        scheme=scheme, name=name.strip(), defaults={"starts_on": starts_on}
    )
    note_scheme("set when an area starts", scheme, by, at, after=_plain({area.name: starts_on}))
    return area


@transaction.atomic
def save_basis(scheme_id: int, *, by: Person, at: datetime, **fields: Any) -> LawfulBasis:
    """Say on what basis personal data are used for a purpose."""
    permissions.check(by, SET_UP)
    refuse(
        Problem(f"Enter {words}", column=name)
        for name, words in (("purpose", "the purpose"), ("article_6", "the basis (Article 6)"))
        if not fields[name].strip()
    )
    basis, _ = LawfulBasis.objects.update_or_create(
        scheme_id=scheme_id, purpose=fields.pop("purpose").strip(), defaults=fields
    )
    note_scheme("state a lawful basis", basis.scheme, by, at, after={"purpose": basis.purpose})
    return basis


@transaction.atomic
def publish_questions(
    scheme_id: int, *, wordings: Mapping[str, list[str]], by: Person, at: datetime
) -> QuestionSet:
    """Publish the questions in this wording, as a version that never changes.

    `wordings`: for the key of each shipped question, its three texts. The same again makes no
    new version. A question that reads otherwise loses its translations until they are approved
    anew. Raises InputError naming each text that is missing.
    """
    permissions.check(by, SET_UP)
    scheme = Scheme.objects.select_for_update().get(pk=scheme_id)
    now = queries.questions_of(scheme)
    refuse(
        Problem(f"Enter wording {number}", column=f"{question['key']}_{number}")
        for question in now
        for number, text in enumerate(wordings[question["key"]], start=1)
        if not text.strip()
    )
    asked = [
        _worded(question, [text.strip() for text in wordings[question["key"]]]) for question in now
    ]
    return _publish(scheme, asked, by=by, at=at)


def _worded(question: dict[str, Any], english: list[str]) -> dict[str, Any]:
    if question["wordings"]["en"] == english:
        return question
    return {**question, "wordings": {"en": english}, "speakers": {}}


@transaction.atomic
def publish_translation(
    scheme_id: int,
    *,
    language: str,
    wordings: Mapping[str, list[str]],
    speaker: str,
    by: Person,
    at: datetime,
) -> QuestionSet:
    """Publish the questions in another language, as a named speaker approved them.

    `wordings`: for the key of each question, its three texts, or none: it is asked in English.
    Raises InputError when the English is not published, nobody is named, or a text is missing.
    """
    permissions.check(by, SET_UP)
    scheme = Scheme.objects.select_for_update().get(pk=scheme_id)
    newest = queries.question_set(scheme)
    if newest is None:
        raise InputError(Problem("The English is not published yet", "Publish it first"))
    texts = {key: [text.strip() for text in wordings[key]] for key in wordings}
    problems = [
        Problem(f"{question['about']}: enter wording {number}, or none", column=f"{key}_{number}")
        for question in newest.questions
        for key in (question["key"],)
        for number, text in enumerate(texts[key], start=1)
        if not text and any(texts[key])
    ]
    if not speaker.strip():
        problems.append(Problem("Enter the name of the speaker", column="speaker"))
    refuse(problems)
    asked = [
        _translated(question, language, texts[question["key"]], speaker.strip())
        for question in newest.questions
    ]
    return _publish(scheme, asked, by=by, at=at)


def _translated(
    question: dict[str, Any], language: str, texts: list[str], speaker: str
) -> dict[str, Any]:
    """Return a question with its texts in a language; without any it has none in it."""
    wordings = {name: held for name, held in question["wordings"].items() if name != language}
    speakers = {n: who for n, who in question.get("speakers", {}).items() if n != language}
    if not all(texts):
        return {**question, "wordings": wordings, "speakers": speakers}
    return {
        **question,
        "wordings": {**wordings, language: texts},
        "speakers": {**speakers, language: speaker},
    }


def _publish(
    scheme: Scheme, asked: list[dict[str, Any]], *, by: Person, at: datetime
) -> QuestionSet:
    newest = queries.question_set(scheme)
    if newest and newest.questions == asked:
        return newest
    published = QuestionSet.objects.create(
        scheme=scheme,
        number=newest.number + 1 if newest else 1,
        questions=asked,
        approved_by=by,
        published_at=at,
    )
    note_scheme("publish the questions", scheme, by, at, after={"version": published.number})
    return published


@transaction.atomic
def set_timers(scheme_id: int, *, times: Mapping[str, int], by: Person, at: datetime) -> Scheme:
    """Set times of the scheme; what was told before holds. Raises InputError naming each wrong."""
    permissions.check(by, SET_UP)
    scheme = Scheme.objects.select_for_update().get(pk=scheme_id)
    timers = {timer.key: timer for timer in ALL if timer.key in times}
    refuse(
        Problem(
            f"{timer.words}: {times[key]} {timer.unit}",
            f"Choose from {timer.least} to {timer.most}",
            column=key,
        )
        for key, timer in timers.items()
        if not timer.least <= times[key] <= timer.most
    )
    before = {key: timer.of(scheme.settings) for key, timer in timers.items()}
    wanted = {**scheme.settings.get("timers", {}), **times}
    refuse(_out_of_order({"timers": wanted}))
    scheme.settings = {**scheme.settings, "timers": wanted}
    scheme.version += 1
    scheme.save()
    note_scheme("set the times of visits", scheme, by, at, before=before, after=dict(times))
    return scheme


@transaction.atomic
def set_costs(
    scheme_id: int,
    *,
    desk_hours_a_week: float,
    desk_pence_an_hour: int,
    software_pence_a_week: int,
    by: Person,
    at: datetime,
) -> Scheme:
    """Set what the desk and the software cost. The partners' prices stand in their agreements."""
    permissions.check(by, SET_UP)
    scheme = Scheme.objects.select_for_update().get(pk=scheme_id)
    costs = {
        "desk_hours_a_week": desk_hours_a_week,
        "desk_pence_an_hour": desk_pence_an_hour,
        "software_pence_a_week": software_pence_a_week,
    }
    before = scheme.settings.get("costs")
    scheme.settings = {**scheme.settings, "costs": costs}
    scheme.version += 1
    scheme.save()
    note_scheme("set the costs of visits", scheme, by, at, before=before, after=costs)
    return scheme


def _out_of_order(settings: dict[str, Any]) -> list[Problem]:
    """Return where a ladder would tell somebody higher before somebody lower."""
    by_key: dict[str, Timer] = {timer.key: timer for timer in ALL}
    rising = (
        ("red_deputy", "red_manager", "red"),
        ("amber_deputy", "amber_manager", "amber"),
        ("knock_again", "card"),
        ("shift_over", "shift_desk"),
        ("desk_rings", "first_contact", "next_contact", "somebody_goes_high", "somebody_goes"),
    )
    return [
        Problem(
            f"“{by_key[later].words}” must not come before “{by_key[earlier].words}”",
            "Make it later",
            column=later,
        )
        for ladder in rising
        for earlier, later in pairwise(ladder)
        if by_key[later].of(settings) < by_key[earlier].of(settings)
    ]


@transaction.atomic
def settle(scheme_id: int, step: str, *, by: Person, at: datetime) -> Scheme:
    """Say that a step of the set-up, which no row shows, is done."""
    permissions.check(by, SET_UP)
    scheme = Scheme.objects.select_for_update().get(pk=scheme_id)
    if step not in SETTLED:
        raise InputError(Problem(f'There is no step "{step}"'))
    scheme.settled = {**scheme.settled, step: at.isoformat()}
    scheme.save()
    note_scheme("settle a step of the set-up", scheme, by, at, after={"step": step})
    return scheme


@transaction.atomic
def save_hazard(scheme_id: int, code: str, *, by: Person, at: datetime, **fields: Any) -> Hazard:
    """Change who owns a hazard, its scores and its controls, after looking at it again."""
    permissions.check(by, SET_UP)
    hazard = Hazard.objects.select_for_update().get(scheme_id=scheme_id, code=code)
    scores = ("severity", "likely_before", "likely_after")
    refuse(
        Problem("Choose a score from 1 to 5", column=name)
        for name in scores
        if not 1 <= fields[name] <= 5
    )
    before = {field: getattr(hazard, field) for field in fields}
    for field, value in fields.items():
        setattr(hazard, field, value)
    hazard.save()
    note_scheme(
        f"review hazard {code}", hazard.scheme, by, at, before=_plain(before), after=_plain(fields)
    )
    return hazard


@transaction.atomic
def start_scheme(
    scheme_id: int, *, starts_on: date, version: int, by: Person, at: datetime
) -> Scheme:
    """Set the day from which visits are made. Raises InputError with each step still to do."""
    permissions.check(by, SET_UP)
    refuse(queries.still_to_set_up(queries.steps(Scheme.objects.get(pk=scheme_id))))
    return change_scheme(scheme_id, version=version, starts_on=starts_on, by=by, at=at)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    plain = (str, int, float, bool, type(None))
    return {key: one if isinstance(one, plain) else str(one) for key, one in values.items()}
