"""The addresses of accounts. The library looks for its own pages by these names."""

from allauth.account import views as library
from django.urls import path, re_path

from canarylearn.accounts import views

urlpatterns = [
    path("", views.own_data, name="own_data"),
    path("preferences/", views.preferences, name="preferences"),
    path("export/", views.download, name="export"),
    path("delete/", views.delete, name="delete_account"),
    path("sign-in/", library.login, name="account_login"),
    path("sign-out/", library.logout, name="account_logout"),
    path("sign-up/", library.signup, name="account_signup"),
    path("closed/", library.account_inactive, name="account_inactive"),
    path("confirm-access/", library.reauthenticate, name="account_reauthenticate"),
    path("address/", library.email, name="account_email"),
    path("address/sent/", library.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^address/(?P<key>[-:\w]+)/$", library.confirm_email, name="account_confirm_email"),
    path("password/", library.password_change, name="account_change_password"),
    path("password/first/", library.password_set, name="account_set_password"),
    path("password/forgotten/", views.forgotten, name="account_reset_password"),
    path("password/forgotten/sent/", library.password_reset_done, name="account_reset_password_done"),
    path("password/new/done/", library.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        library.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]
