"""Files that a browser saves."""

from django.http import HttpResponse


def download(name: str) -> HttpResponse:
    """Return an empty CSV file that a browser saves under a name."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
