"""Rounds, residents and the set-up, as the people who use them meet them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.apps.visits.conftest import NOW, TODAY
from trialogue.accounts.models import AuditEntry
from trialogue.visits import services
from trialogue.visits.models import Resident, Scheme


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch):
    """The day of the fixtures."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


SETUP = (
    *("details", "partners", "areas", "bases", "questions", "agreement_words"),
    *("timers", "hazards", "setup", "rounds"),
)


@pytest.fixture
def desk(client, cast):
    client.force_login(cast.desk)
    return client


def test_a_manager_sets_up_a_scheme_from_nothing_to_its_first_day(client, cast):
    client.force_login(cast.duty_manager)
    begun = client.post(
        reverse("visits:setup"), {"name": "A look-in", "grid": "27700"}, follow=True
    )
    assert "Still to do before visits can begin" in begun.content.decode()
    scheme = Scheme.objects.get()

    def send(page, **fields):
        page_now = client.get(reverse(f"visits:{page}"))
        typed = {name: field.value() or "" for name, field in _fields(page_now)}
        came = client.post(reverse(f"visits:{page}"), typed | fields)
        assert came.status_code == 302, (page, came.context["form"].errors)

    send("details", telephone="01632 960001", desk_opens="08:00", desk_closes="18:00")
    send(
        "partners",
        partner="mail",
        agreed_on_day="1",
        agreed_on_month="2",
        agreed_on_year="2027",
        pounds_a_visit="6.75",
    )
    send("bases", purpose="Visits", article_6="Public task")
    send("questions", checked="on")
    send("agreement_words", agreement_words="Sam calls twice a week.")
    send("timers")
    client.post(reverse("visits:hazards"))
    scheme.refresh_from_db()
    assert scheme.partner_agreements.get().pence_a_visit == 675
    left = [step.key for step in _steps(client) if step.needed and not step.done]
    assert left == ["rota", "rounds"]
    refused = client.post(
        reverse("visits:setup"),
        {
            "starts_on_day": "1",
            "starts_on_month": "4",
            "starts_on_year": "2027",
            "version": scheme.version,
        },
    )
    assert "Still to do: Duty rota" in refused.content.decode()
    scheme.refresh_from_db()
    assert scheme.starts_on is None


def _steps(client):
    return client.get(reverse("visits:setup")).context["steps"]


def _fields(page):
    form = page.context["form"]
    return [(name, form[name]) for name in form.fields if not hasattr(form[name].field, "fields")]


@pytest.mark.parametrize("page", SETUP)
def test_pages_of_the_set_up_open_for_a_manager_alone(client, cast, scheme, page):
    client.force_login(cast.duty_manager)
    assert client.get(reverse(f"visits:{page}")).status_code == 200
    client.force_login(cast.member)
    assert client.get(reverse(f"visits:{page}")).status_code == 403


def test_a_round_manager_sees_own_rounds_and_no_resident(client, cast, plan, rounds):
    client.force_login(cast.round_manager)
    page = client.get(reverse("visits:rounds")).content.decode()
    assert "Moorland Mail" in page
    own = client.get(reverse("visits:round_page", args=[rounds["A"].public_id])).content.decode()
    assert "Sam Whitlock" in own
    for name in Resident.objects.values_list("full_name", flat=True):
        assert name not in page + own
    assert client.get(reverse("visits:residents")).status_code == 403
    client.force_login(cast.other_round_manager)
    assert "No rounds yet" in client.get(reverse("visits:rounds")).content.decode()
    refused = client.get(reverse("visits:round_page", args=[rounds["A"].public_id]))
    assert refused.status_code == 404


def test_a_visitor_off_leaves_the_round_to_the_cover_or_to_nobody(
    client, cast, scheme, plan, rounds
):
    client.force_login(cast.round_manager)
    page = reverse("visits:round_page", args=[rounds["A"].public_id])
    day = {"day_day": "2", "day_month": "3", "day_year": "2027"}
    anya = rounds["B"].walks.first().visitor
    assert (
        client.post(page, {"act": "off", **day, "cover": str(anya.public_id)}).status_code == 302
    )
    services.list_day(scheme, TODAY, at=NOW)
    assert {visit.visitor for visit in rounds["A"].visits.all()} == {anya}
    assert "Anya Kos walks" in client.get(reverse("visits:rounds")).content.decode()


def test_spare_minutes_make_a_new_version_and_an_old_page_is_refused(client, cast, plan, rounds):
    client.force_login(cast.round_manager)
    page = reverse("visits:round_page", args=[rounds["A"].public_id])
    minutes = {f"spare_{day}": "20" for day in range(6)}
    assert client.post(page, {"act": "spare", **minutes, "version": "1"}).status_code == 302
    assert [one.number for one in rounds["A"].versions.all()] == [2, 1]
    late = client.post(page, {"act": "spare", **minutes, "spare_0": "5", "version": "1"})
    assert "Somebody changed this round while you were writing" in late.content.decode()
    negative = client.post(page, {"act": "spare", **minutes, "spare_0": "-5", "version": "2"})
    assert "Spare minutes cannot be below 0" in negative.content.decode()


def test_five_short_pages_enrol_a_resident_whom_nobody_visits_before_the_agreement(
    desk, cast, scheme, rounds
):
    def send(page, **fields):
        came = desk.post(page, fields)
        assert came.status_code == 302, came.context["form"].errors
        return came.url

    where = send(
        reverse("visits:new_resident"),
        full_name="Ivy Rowe",
        preferred_name="Mrs Rowe",
        priority="high",
        language="cy",
    )
    resident = Resident.objects.get(full_name="Ivy Rowe")
    outside = desk.post(
        where, {"address": "4 Mill Lane", "position": "300020, 4001500", "version": "1"}
    )
    assert "lies outside the British National Grid" in outside.content.decode()
    when = send(where, address="4 Mill Lane", position="400150, 300020", version="1")
    wrong = desk.post(
        when, {"visits_per_week": "2", "minutes": "5", "days_ok": "Mon", "version": "2"}
    )
    assert "Mon: 1 days for 2 visits a week" in wrong.content.decode()
    contacts = send(when, visits_per_week="2", minutes="5", days_ok="Mon,Thu", version="2")
    again = send(
        contacts, act="add", name="Lou Rowe", email="lou@home.example", may_see=["visited"]
    )
    agreement = send(again, act="go on")
    resident.refresh_from_db()
    assert resident.state == "proposed"
    untold = desk.post(
        agreement,
        {
            "who": "Ivy Rowe",
            "how": "in person",
            "valid_from_day": "2",
            "valid_from_month": "3",
            "valid_from_year": "2027",
        },
    )
    assert "Tick this once they were told" in untold.content.decode()
    send(
        agreement,
        who="Ivy Rowe",
        how="in person",
        valid_from_day="2",
        valid_from_month="3",
        valid_from_year="2027",
        told="on",
    )
    resident.refresh_from_db()
    assert resident.state == "agreed"
    page = desk.get(reverse("visits:resident", args=[resident.public_id])).content.decode()
    assert "That a visit took place" in page
    looks = AuditEntry.objects.filter(thing=str(resident.public_id), action__startswith="look")
    assert looks.count() == 1


def test_a_pause_and_an_end_are_two_taps_and_the_end_takes_them_out_of_the_plan(
    desk, scheme, plan, residents
):
    ada = residents[0]
    page = reverse("visits:resident", args=[ada.public_id])
    day = {"first_day": "2", "first_month": "3", "first_year": "2027"}
    assert desk.post(page, {"act": "pause", **day, "why": "hospital"}).status_code == 302
    assert "in hospital" in desk.get(page).content.decode()
    desk.post(page, {"act": "unpause", "pause": str(ada.suspensions.get().pk)})
    assert "in hospital" not in desk.get(page).content.decode()
    assert desk.post(page, {"act": "end", "why": "moved"}).status_code == 302
    assert not plan.visits.filter(resident=ada).exists()
    services.list_day(scheme, TODAY, at=NOW)
    assert not ada.visits.exists()


def test_two_people_at_one_record_lose_nothing(desk, residents):
    ada = residents[0]
    address = reverse("visits:enrol", args=[ada.public_id, "who"])
    first = {
        "full_name": "Ada Kent",
        "preferred_name": "Ada",
        "priority": "high",
        "language": "en",
        "version": "1",
    }
    assert desk.post(address, first).status_code == 302
    late = desk.post(address, first | {"preferred_name": "Mrs Kent"})
    assert "Somebody changed this record while you were writing" in late.content.decode()
    ada.refresh_from_db()
    assert ada.preferred_name == "Ada"


def test_a_reference_that_somebody_has_is_named(desk, residents):
    page = reverse("visits:new_resident")
    sent = {"full_name": "Ivy Rowe", "priority": "ordinary", "language": "en", "reference": " R1 "}
    assert "is the reference of Ada Kent. Give another" in desk.post(page, sent).content.decode()
    page = reverse("visits:enrol", args=[residents[1].public_id, "who"])
    sent |= {"version": "1"}
    assert "is the reference of Ada Kent. Give another" in desk.post(page, sent).content.decode()
    assert desk.post(page, sent | {"reference": "R2"}).status_code == 302
    assert set(Resident.objects.values_list("full_name", flat=True)) >= {"Ada Kent", "Ivy Rowe"}


def test_an_agreement_sent_twice_is_kept_once(desk, cast, scheme):
    given = services.ResidentGiven("Ivy Rowe", "4 Mill Lane", 400_150, 300_020)
    ivy = services.propose(scheme.pk, given, by=cast.desk, at=NOW)
    said = {"who": "Ivy Rowe", "how": "form", "by": cast.desk}
    for day, many in ((TODAY, 1), (TODAY, 1), (TODAY + timedelta(days=1), 2)):
        services.agree(ivy.public_id, **said, valid_from=day, at=NOW)
        assert ivy.agreements.count() == many
    services.end_visits(ivy.public_id, why="asked", by=cast.desk, at=NOW)
    services.agree(ivy.public_id, **said, valid_from=TODAY + timedelta(days=1), at=NOW)
    assert (ivy.agreements.count(), Resident.objects.get().state) == (4, "agreed")
