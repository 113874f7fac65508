"""Second factors for tests: the codes that an authenticator app shows, by the public rule (RFC 6238)."""

import base64
import hashlib
import hmac
import re
import struct

from tests.accounts.signing import PASSWORD
from tests.people import Person, Reply, Visitor

HALF_A_MINUTE = 30
FACTORS, APP_ON, APP_OFF = "/account/factors/", "/account/factors/app/on/", "/account/factors/app/off/"
CODES, NEW_CODES, ASKED = "/account/factors/codes/", "/account/factors/codes/new/", "/account/factors/sign-in/"
PASSKEYS, NEW_PASSKEY = "/account/passkeys/", "/account/passkeys/new/"
PASSKEY_SIGN_IN, CONFIRM = "/account/passkeys/sign-in/", "/account/confirm-access/"

_SECRET = re.compile(r'<code class="secret">([A-Z2-7=]+)</code>')
_CODE = re.compile(r"<li><code>(\d{8})</code></li>")


def code_at(secret: str, moment: float) -> str:
    """What an app that knows the secret shows at that moment."""
    counter = struct.pack(">Q", int(moment) // HALF_A_MINUTE)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF) % 10**6:06d}"


def secret_on(page: Reply) -> str:
    """The secret that a page shows to be typed into an app."""
    found = _SECRET.search(page.text)
    assert found, page.text
    return found[1]


def codes_on(page: Reply) -> list[str]:
    """The recovery codes that a page shows."""
    return _CODE.findall(page.text)


def turn_app_on(somebody: Person | Visitor, moment: float) -> str:
    """Turn an authenticator app on; its secret."""
    page = somebody.get(APP_ON)
    secret = secret_on(page)
    reply = somebody.post(APP_ON, {**page.hidden, "code": code_at(secret, moment)})
    assert (reply.status, reply.header("Location")) == (302, CODES), reply.text
    return secret


def show_codes(somebody: Person | Visitor) -> list[str]:
    """Look at the recovery codes, which works once."""
    return codes_on(somebody.post(CODES, somebody.get(CODES).hidden))


def show_it_is_me(somebody: Person | Visitor, path: str) -> Reply:
    """Give the password again on the way to a page."""
    asked = somebody.get(path)
    assert asked.status == 302
    form = somebody.get(asked.header("Location"))
    return somebody.post(CONFIRM, {**form.hidden, "password": PASSWORD, "next": path})
