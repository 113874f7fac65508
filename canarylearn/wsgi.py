"""The WSGI entry point."""

import os
import re
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "canarylearn.settings")

_CHARSET = re.compile(r";\s*charset\*?\s*=[^;]*", re.IGNORECASE)
_site = get_wsgi_application()


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The site. Its forms are UTF-8 whatever a request says: Django breaks on a charset that is none, such as 'hex'."""
    if "CONTENT_TYPE" in environ:
        environ["CONTENT_TYPE"] = _CHARSET.sub("", environ["CONTENT_TYPE"])
    return _site(environ, start_response)
