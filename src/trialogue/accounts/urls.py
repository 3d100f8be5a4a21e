"""Addresses of accounts."""

from django.urls import path

from trialogue.accounts.views import audit, days, details, people, settings, signing_in

app_name = "accounts"
urlpatterns = [
    path("account/sign-in/", signing_in.sign_in, name="sign_in"),
    path("account/sign-out/", signing_in.sign_out, name="sign_out"),
    path("account/password/", signing_in.password_reset, name="password_reset"),
    path("account/password/<uuid:public_id>/<str:token>/", signing_in.password, name="password"),
    path("account/invitation/<str:token>/", signing_in.invitation, name="invitation"),
    path("account/", details.details, name="details"),
    path("account/change/", details.change, name="change"),
    path("account/e-mails/", details.mail, name="mail"),
    path("account/change-password/", details.change_password, name="change_password"),
    path("account/sign-out-everywhere/", details.everywhere, name="everywhere"),
    path("account/tokens/", details.tokens, name="tokens"),
    path("account/tokens/<uuid:public_id>/revoke/", details.revoke, name="revoke"),
    path("settings/", settings.settings, name="settings"),
    path("settings/first-steps/", settings.begin, name="begin"),
    path("settings/council/", settings.council, name="council"),
    path("settings/areas/new/", settings.area, name="new_area"),
    path("settings/areas/<slug:slug>/", settings.area, name="area"),
    path("settings/pauses/new/", settings.pause, name="pause"),
    path("settings/pauses/end/", settings.end_pause, name="end_pause"),
    path("settings/clocks/", days.clocks, name="clocks"),
    path("settings/working-days/", days.working_days, name="working_days"),
    path("settings/working-days/change/", days.change_day, name="change_day"),
    path("settings/tokens/", settings.tokens, name="all_tokens"),
    path("settings/tokens/<uuid:public_id>/revoke/", settings.revoke_token, name="revoke_any"),
    path("settings/test-message/", settings.test_message, name="test_message"),
    path("settings/people/", people.people, name="people"),
    path("settings/people/invite/", people.invite, name="invite"),
    path("settings/people/partner/", people.partner, name="partner"),
    path("settings/people/<uuid:public_id>/", people.person, name="person"),
    path(
        "settings/people/<uuid:public_id>/roles/<slug:organisation>/", people.roles, name="roles"
    ),
    path("settings/people/<uuid:public_id>/end/", people.end_access, name="end_access"),
    path("settings/audit/", audit.audit, name="audit"),
]
