"""Addresses of ideas."""

from django.urls import path

from trialogue.ideas.views import answering, reading, writing

app_name = "ideas"
urlpatterns = [
    path("", reading.ideas, name="ideas"),
    path("new/", writing.new, name="new"),
    path("new/problem/", writing.problem, name="problem"),
    path("new/kind/", writing.kind, name="kind"),
    path("new/saving/", writing.saving, name="saving"),
    path("new/check/", writing.check, name="check"),
    path("new/sent/", writing.sent, name="sent"),
    path("confirm/<str:token>/", writing.confirm, name="confirm"),
    path("<int:pk>-<slug:slug>/", reading.idea, name="idea"),
    path("<int:pk>/support/", reading.support, name="support"),
    path("<int:pk>/comment/", reading.comment, name="comment"),
    path("<int:pk>/answer/", answering.answer, name="answer"),
]
