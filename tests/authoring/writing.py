"""Authors for tests: they fill in the fields of the editor as a browser would, and press its buttons."""

import html
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import Permission, User
from django.test import Client

from canarylearn.authoring.models import Draft
from canarylearn.authoring.proofs import prove_next

_TEXTAREA = re.compile(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', re.DOTALL)
_INPUT = re.compile(r"<input([^>]*)>")
_SELECT = re.compile(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)
_CHOSEN = re.compile(r'<option value="([^"]*)" selected>')
_FIRST = re.compile(r'<option value="([^"]*)"')
_FORM = re.compile(r'<form class="author".*?</form>', re.DOTALL)
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_ERROR = re.compile(r'<span class="error" id="f-([^"]+)-error">(.*?)</span>', re.DOTALL)
_MEND = re.compile(r'<(?:details|section) class="mend".*?</(?:details|section)>', re.DOTALL)

PASSWORD = "as-long-as-it-takes"  # of nobody


def fields_of(page: str) -> dict[str, str]:
    """The fields of the editor, as a browser would send them."""
    found = _FORM.search(page)
    assert found, "there is no editor on this page"
    form = found[0]
    fields = {}
    for attributes in _INPUT.findall(form):
        known = dict(_ATTRIBUTE.findall(attributes))
        if known.get("type") == "radio" and " checked" not in attributes:
            continue
        if "name" in known:
            fields[known["name"]] = html.unescape(known.get("value", ""))
    for name, text in _TEXTAREA.findall(form):
        fields[name] = html.unescape(text)
    for name, options in _SELECT.findall(form):
        chosen = _CHOSEN.search(options) or _FIRST.search(options)
        fields[name] = html.unescape(chosen[1]) if chosen else ""
    return fields


class Author:
    """Somebody who writes, signed in to the admin."""

    def __init__(self, name: str = "ann", *permissions: str, superuser: bool = False) -> None:
        self.user, _ = User.objects.get_or_create(username=name, defaults={"is_staff": True, "is_superuser": superuser})
        for permission in permissions or ("add_draft", "change_draft", "delete_draft", "add_scene", "change_scene"):
            self.user.user_permissions.add(
                Permission.objects.get(content_type__app_label="authoring", codename=permission)
            )
        self.client = Client()
        self.client.force_login(self.user, backend="canarylearn.accounts.backends.ByName")
        self.page = ""
        self.status = 0

    def get(self, path: str) -> str:
        """Open a page."""
        return self._keep(self.client.get(path))

    def post(self, path: str, fields: Mapping[str, Any], *, htmx: bool = False) -> str:
        """Send fields."""
        body = urlencode(fields).replace("%0A", "%0D%0A").replace("%0D%0D", "%0D")  # as browsers end lines
        headers = {"HX-Request": "true"} if htmx else None
        kind = "application/x-www-form-urlencoded"
        return self._keep(self.client.post(path, body, content_type=kind, headers=headers, follow=True))

    def _keep(self, answer: Any) -> str:
        self.status, self.page = answer.status_code, answer.content.decode()
        return self.page

    def begin(self, start: str = "new:task", title: str = "A new item", slug: str = "") -> Draft:
        """Begin a draft, and open it."""
        self.post("/admin/authoring/draft/add/", {"title": title, "id": slug, "from": start})
        return Draft.objects.order_by("-pk")[0]

    def open(self, draft: Draft, way: str = "form") -> dict[str, str]:
        """The fields of a draft in the editor."""
        self.get(f"/admin/authoring/draft/{draft.pk}/change/?as={way}")
        return fields_of(self.page)

    def send(self, draft: Draft, fields: Mapping[str, str], do: str = "save", *, htmx: bool = False) -> str:
        """Press a button of the editor."""
        return self.post(f"/admin/authoring/draft/{draft.pk}/change/", {**fields, "do": do}, htmx=htmx)

    def prove(self, draft: Draft) -> str:
        """Have what is saved proven, and look at the proof."""
        self.post(f"/admin/authoring/draft/{draft.pk}/proof/", {"do": "prove"})
        prove_next()
        return self.get(f"/admin/authoring/draft/{draft.pk}/proof/")

    def publish(self, draft: Draft) -> str:
        """Press "Publish"."""
        return self.post(f"/admin/authoring/draft/{draft.pk}/publish/", {"do": "publish"})

    @property
    def errors(self) -> dict[str, str]:
        """What the page says is wrong, by the field at which it says so."""
        return {name.replace("-", "."): html.unescape(said) for name, said in _ERROR.findall(self.page)}

    @property
    def mend(self) -> str:
        """The list of what has to be mended."""
        found = _MEND.search(self.page)
        return html.unescape(found[0]) if found else ""
