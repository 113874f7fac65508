"""The accounts app: people, their passwords, and their own data."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registered as 'accounts'."""

    name = "canarylearn.accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from django.contrib import admin

        from canarylearn.accounts import joining  # noqa: F401 (connects itself, once the models are there)
        from canarylearn.accounts.factor_forms import AdminSignInForm

        admin.site.login_form = AdminSignInForm
