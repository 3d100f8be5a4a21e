from datetime import date

import pytest
from django import forms
from django.template.loader import render_to_string

from trialogue.methods.problems import Problem
from trialogue.pages.forms import DateField, Form, choice, number, text, tick


class Asked(Form):
    title = text("Title", needed="Enter a title", help_text="Say what and for whom")
    hours = number("Hours a month")
    kind = choice("Who with", [("a", "Staff"), ("b", "Residents")], needed="Choose who with")
    start = DateField(label="Start date", required=False)
    agreed = tick("I agree")
    list_1_share = number("Share of the second group")
    file = forms.FileField(required=False)


def page(form):
    return render_to_string("forms/error_summary.html", {"form": form}) + render_to_string(
        "forms/fields.html", {"form": form}
    )


def test_each_error_leads_to_the_first_input_of_its_field():
    html = page(
        Asked({"hours": "many", "start_day": "31", "start_month": "2", "start_year": "2027"})
    )

    assert '<a href="#id_title">Enter a title</a>' in html
    assert '<a href="#id_kind_0">Choose who with</a>' in html
    assert 'id="id_kind_0"' in html
    assert "Hours a month must be a number, like 12 or 7.5" in html
    assert "&quot;31/2/2027&quot; is not a date" in html
    assert 'href="#id_start_0"' in html
    assert 'id="id_start_0"' in html


def test_hints_and_errors_are_tied_to_their_input():
    html = page(Asked({}))

    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_error"' in html
    assert "required" not in html


def test_what_was_typed_is_kept():
    html = page(Asked({"title": "Evening text", "start_day": "3", "start_year": "2027"}))

    assert 'value="Evening text"' in html
    assert 'name="start_year" type="text" inputmode="numeric" value="2027"' in html
    assert "Start date must include a month" in html


def test_a_problem_of_a_service_stands_beside_its_field():
    form = Asked({"title": "x", "kind": "a"})
    assert form.is_valid()

    form.show(
        [
            Problem("Shares are whole", "Write 1", column="list.1.share"),
            Problem("is also in row 12", "Each street may appear once", row=48, column="id"),
        ]
    )

    assert form.errors["list_1_share"] == ["Shares are whole. Write 1"]
    assert form.non_field_errors() == [
        "Row 48, id: is also in row 12. Each street may appear once"
    ]


@pytest.mark.parametrize("typed", [("3", "2", "2027"), ("03", "02", "2027")])
def test_a_date_is_read_from_three_boxes(typed):
    day, month, year = typed
    form = Asked(
        {"title": "x", "kind": "a", "start_day": day, "start_month": month, "start_year": year}
    )

    assert form.is_valid(), form.errors
    assert form.cleaned_data["start"] == date(2027, 2, 3)
