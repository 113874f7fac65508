"""What the pages of a class have in common."""

from http import HTTPStatus

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from canarylearn.classes.dates import zone_of
from canarylearn.classes.models import Classroom

ROOM = {"name": "teach"}
UNSAVED = HTTPStatus.UNPROCESSABLE_ENTITY

form_page = require_http_methods(["GET", "HEAD", "POST"])


def see_other(address: str) -> HttpResponse:
    """On to another page, once a form was taken."""
    response = HttpResponseRedirect(address)
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def around(classroom: Classroom) -> dict[str, object]:
    """What every page of a class has."""
    return {"room": ROOM, "classroom": classroom, "zone": str(zone_of(classroom.time_zone))}
