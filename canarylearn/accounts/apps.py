"""The accounts app: people, their passwords, and their own data."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registered as 'accounts'."""

    name = "canarylearn.accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from canarylearn.accounts import joining  # noqa: F401 (connects itself, once the models are there)
