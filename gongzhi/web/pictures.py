"""Photos of demands, sent only to who may see the demand."""

from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.urls import path
from django.views.decorators.http import require_safe

from gongzhi.demands import queries
from gongzhi.demands.models import Photo
from gongzhi.neighbourhood.rules import Actor
from gongzhi.web.entrance import actor_of


def photo_response(actor: Actor, name: str) -> FileResponse:
    """The picture of this name, for whoever may see its demand. Raises Http404, also where the file is lost."""
    try:
        photo = queries.demand_of_photo(actor, name)
        file = default_storage.open(f"photos/{photo.name[:2]}/{photo.name}")
    except (Photo.DoesNotExist, FileNotFoundError) as error:
        raise Http404 from error
    response = FileResponse(file, content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=3600"
    # Never read as anything but a picture, whatever its bytes say.
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    return response


@login_required
@require_safe
def show_photo(request: HttpRequest, name: str) -> FileResponse:
    """A photo for someone who is logged in; residents with a link have their own address."""
    return photo_response(actor_of(request), name)


urlpatterns = [path("photos/<str:name>", show_photo, name="photo")]
