"""What a member of staff was told on the pages."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gongzhi.web.casework.inbox import inbox_page
from gongzhi.web.who import DESK, for_standing


@for_standing(*DESK)
@require_safe
def show_inbox(request: HttpRequest) -> HttpResponse:
    """Notices to this person."""
    return inbox_page(request, base="/desk", layout="desk/layout.html")
