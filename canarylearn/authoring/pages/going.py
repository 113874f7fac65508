"""From one page to another, with or without a script."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect


def go_to(request: HttpRequest, address: str) -> HttpResponse:
    """Go to another page after a button was pressed."""
    if not getattr(request, "htmx", False):
        return HttpResponseRedirect(address)
    response = HttpResponse()
    response["HX-Redirect"] = address
    return response
