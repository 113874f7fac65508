"""People who sign up and in, at a served site or straight at Django."""

from tests.people import Person, Reply, Visitor

ADDRESS = "ada.lovelace@example.org"
PASSWORD = "engine copper violet thimble"
SIGN_IN, SIGN_UP, SIGN_OUT = "/account/sign-in/", "/account/sign-up/", "/account/sign-out/"
FORGOTTEN, OWN_DATA, EXPORT, DELETE = (
    "/account/password/forgotten/",
    "/account/",
    "/account/export/",
    "/account/delete/",
)


def send(somebody: Person | Visitor, path: str, **fields: str) -> Reply:
    """Open the page of a form and send it, filled in."""
    return somebody.post(path, {**somebody.get(path).hidden, **fields})


def sign_up(somebody: Person | Visitor, address: str = ADDRESS, password: str = PASSWORD) -> Reply:
    """Sign up, which signs in as well."""
    return send(somebody, SIGN_UP, email=address, password1=password)


def sign_in(somebody: Person | Visitor, address: str = ADDRESS, password: str = PASSWORD) -> Reply:
    """Sign in."""
    return send(somebody, SIGN_IN, login=address, password=password)


def sign_out(somebody: Person | Visitor) -> Reply:
    """Sign out."""
    return send(somebody, SIGN_OUT)


def is_signed_in(somebody: Person | Visitor) -> bool:
    """Whether the header has this person's name."""
    page = somebody.get("/").text
    assert (">Sign out<" in page) != (">Sign in<" in page)
    return ">Sign out<" in page
