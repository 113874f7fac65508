"""The addresses of accounts. The library looks for its own pages by these names."""

from allauth.account import views as library
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes.views import generate_recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path, re_path

from canarylearn.accounts import views
from canarylearn.accounts.factor_views import RecoveryCodesView

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
    path("factors/", factors.index, name="mfa_index"),
    path("factors/sign-in/", factors.authenticate, name="mfa_authenticate"),
    path("factors/confirm/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("factors/app/on/", totp.activate_totp, name="mfa_activate_totp"),
    path("factors/app/off/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("factors/codes/", RecoveryCodesView.as_view(), name="mfa_view_recovery_codes"),
    path("factors/codes/new/", generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("passkeys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("passkeys/new/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("passkeys/sign-in/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("passkeys/confirm/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("passkeys/<int:pk>/name/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
]
