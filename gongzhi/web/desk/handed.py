"""A spreadsheet that is handed in: kept for an hour, looked at, and taken once that is confirmed."""

import secrets as random
from collections.abc import Callable
from pathlib import Path
from time import time
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.signing import BadSignature
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.shared import secrets
from gongzhi.shared.moves import Refused
from gongzhi.shared.sheets import Limits, RowError, SheetError
from gongzhi.web.desk.setup.doors import said

HOUR = 3600
LIMITS = Limits(size=20 * 2**20, rows=50_000)
# Lines of each kind that a preview shows.
SHOWN = 50


class FileForm(forms.Form):
    """One file of so many rows at most."""

    file = forms.FileField(
        label=_("表格文件"),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )

    def __init__(self, *sent: Any, rows: int) -> None:
        super().__init__(*sent)
        self.fields["file"].help_text = gettext(".xlsx、.xls 或 .csv，最多%(rows)d行。先预览，确认之后才登记。") % {
            "rows": rows
        }


def file_form(request: HttpRequest, *, rows: int) -> FileForm:
    """What was sent of it, or an empty one."""
    return FileForm(request.POST, request.FILES, rows=rows) if request.method == "POST" else FileForm(rows=rows)


def previewed(form: forms.Form, salt: str, look: Callable[[Path], dict[str, Any]], *, more: str = "") -> dict[str, Any]:
    """What a page says of the file of a valid form, with the token that confirms it and carries `more`.

    The form is blamed where the file cannot be read.
    """
    upload, path = form.cleaned_data["file"], None
    try:
        path = _keep(upload)
        seen = look(path)
    except (Refused, SheetError) as error:
        form.add_error("file", error_words(error))
        if path:
            path.unlink(missing_ok=True)
        return {}
    return seen | {"token": secrets.sign(salt, f"{path.name}:{more}:{upload.name}")}


def confirmed(request: HttpRequest, salt: str, token: str, take: Callable[[Path, str, str], int]) -> int | None:
    """How many `take` took of the file, given its path, `more` and its name; None, said to the reader, where it is not to
    be had any more or was refused."""
    try:
        kept, more, name = secrets.read_signed(salt, token, max_age=HOUR).split(":", 2)
        taken = take(_folder() / kept, more, name)
    except (BadSignature, FileNotFoundError):
        messages.error(request, gettext("这份预览已过时，请重新上传。"))
        return None
    except (Refused, SheetError) as error:
        messages.error(request, error_words(error))
        return None
    (_folder() / kept).unlink(missing_ok=True)
    return taken


def error_words(error: Refused | SheetError | RowError) -> str:
    """What is wrong, in the reader's language."""
    return said(Refused(error.message, **error.values))


def _keep(upload: UploadedFile) -> Path:
    """Keep a file for the hour in which it may be confirmed, under a name that cannot be guessed. Raises Refused."""
    if (upload.size or 0) > LIMITS.size:
        raise Refused(gettext("文件超过%(most)d MB，请拆成几个文件。"), most=LIMITS.size // 2**20)
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.iterdir():
        # Previewed and never confirmed: it may hold the numbers of liaisons.
        if left.stat().st_mtime < time() - HOUR:
            left.unlink(missing_ok=True)
    path = folder / random.token_urlsafe(24)
    with path.open("xb") as kept:
        for piece in upload.chunks():
            kept.write(piece)
    return path


def _folder() -> Path:
    return Path(settings.DATA) / "registers"
