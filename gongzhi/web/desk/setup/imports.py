"""Spreadsheets of demands: hand in, say what the columns hold, look, confirm."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from gongzhi.demands import actions
from gongzhi.demands.actions.import_reading import DATUMS, read_rows
from gongzhi.demands.actions.importing import AT_ONCE, chosen
from gongzhi.demands.importing import FIELDS, RowError
from gongzhi.demands.rows import ImportFile
from gongzhi.neighbourhood.rules import Actor, Right
from gongzhi.shared.moves import Refused, WrongState
from gongzhi.shared.sheets import column_letter, write_csv
from gongzhi.web.desk.setup.doors import importing, said, tell


class UploadForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label=_("表格文件"),
        help_text=_("可以是 .xlsx、.xls 或 .csv，最大 50 MB。上传后先预览，确认之后才导入。"),
        allow_empty_file=True,
        max_length=200,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}),
    )


class ChoiceForm(forms.Form):
    """What the whole file is, and where rows without a place go."""

    fallback = forms.ChoiceField(
        label=_("认不出地点的归入"), help_text=_("按街道、社区的名字认地点；认不出的归到这里，原来的写法会保留。")
    )
    historic = forms.ChoiceField(
        label=_("这些是"),
        choices=[("", _("新诉求：受理并计时")), ("yes", _("历史工单：只存档，不计时"))],
        required=False,
        widget=forms.RadioSelect,
    )
    datum = forms.ChoiceField(label=_("经纬度来自"), choices=list(DATUMS.items()), required=False)
    add_categories = forms.BooleanField(
        label=_("把未知类别添加为本区自己的类别"), help_text=_("不勾选时，这些行不带类别导入。"), required=False
    )

    def __init__(self, actor: Actor, *args: Any, with_position: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {str(place.pk): place for place in actions.places_to_choose(actor)}
        self.fields["fallback"].choices = [(key, str(place)) for key, place in self.places.items()]  # type: ignore[attr-defined]
        if not with_position:
            del self.fields["datum"]
        if not actor.may(Right.SET_UP):
            del self.fields["add_categories"]

    def choices(self, columns: dict[str, int]) -> actions.Choices:
        """What was chosen, for the action."""
        given = self.cleaned_data
        return actions.Choices(
            columns=columns,
            fallback=self.places[given["fallback"]],
            historic=bool(given["historic"]),
            add_categories=given.get("add_categories", False),
            datum=given.get("datum") or "gcj02",
        )


def _file(actor: Actor, file_id: int) -> ImportFile:
    try:
        return actions.visible_imports(actor).get(pk=file_id)
    except ImportFile.DoesNotExist as error:
        raise Http404 from error


@importing
def show_files(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The files handed in so far, and the form for one more."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            row = actions.hand_in_file(actor, name=upload.name, source=upload, now=timezone.localtime())
        except Refused as refused:
            form.add_error("file", said(refused))
        else:
            return HttpResponseRedirect(reverse("setup-import", args=[row.pk]))
    files = actions.visible_imports(actor)[:50]
    status = 422 if form.errors else 200
    return render(request, "desk/setup/imports.html", {"form": form, "files": files}, status=status)


@importing
def show_file(request: HttpRequest, actor: Actor, file_id: int) -> HttpResponse:
    """One file: the meaning of its columns, the preview, and what came of it."""
    row = _file(actor, file_id)
    if row.state != "preview":
        return render(request, "desk/setup/import_done.html", {"file": row})
    if row.mapping.get("asked_at") and not row.mapping.get("failure"):
        return HttpResponseRedirect(reverse("setup-import-progress", args=[row.pk]))
    if request.method == "POST":
        return _choose(request, actor, row)
    form = ChoiceForm(actor, initial=_initial(actor, row), with_position=_has_position(row.mapping["columns"]))
    return _show(request, actor, row, form, row.mapping["columns"])


def _choose(request: HttpRequest, actor: Actor, row: ImportFile) -> HttpResponse:
    columns, doubled = _columns(request, row)
    form = ChoiceForm(actor, request.POST, with_position=_has_position(columns))
    if doubled:
        form.add_error(None, gettext("有两列都选了“%(field)s”，请只留一列。") % {"field": gettext(FIELDS[doubled])})
    if form.is_valid():
        try:
            choices = form.choices(columns)
            actions.choose_columns(actor, import_file=row, choices=choices, now=timezone.localtime())
        except WrongState as refused:
            tell(request, refused)
            return HttpResponseRedirect(reverse("setup-import", args=[row.pk]))
        except Refused as refused:
            form.add_error(None, said(refused))
        else:
            return HttpResponseRedirect(reverse("setup-import", args=[row.pk]) + "#preview")
    return _show(request, actor, row, form, columns, status=422)


def _columns(request: HttpRequest, row: ImportFile) -> tuple[dict[str, int], str]:
    """Field to column as posted, and the field that two columns were given, if one was."""
    columns: dict[str, int] = {}
    doubled = ""
    for place in range(len(row.mapping["header"])):
        name = request.POST.get(f"column-{place}", "")
        if name not in FIELDS:
            continue
        doubled = doubled or (name if name in columns else "")
        columns.setdefault(name, place)
    return columns, doubled


def _initial(actor: Actor, row: ImportFile) -> dict[str, Any]:
    mine = next((office.place_id for office in actor.offices if office.place_id), None)
    return {
        "fallback": str(row.fallback_place_id or mine or ""),
        "historic": "yes" if row.historic else "",
        "datum": row.mapping.get("datum", "gcj02"),
        "add_categories": row.mapping.get("add_categories", False),
    }


def _has_position(columns: dict[str, int]) -> bool:
    return "lon" in columns


def _show(
    request: HttpRequest, actor: Actor, row: ImportFile, form: ChoiceForm, columns: dict[str, int], status: int = 200
) -> HttpResponse:
    meaning = {place: name for name, place in columns.items()}
    lines = [
        {
            "place": place,
            "letter": column_letter(place + 1),
            "name": name,
            "samples": samples,
            "field": meaning.get(place),
        }
        for place, (name, samples) in enumerate(zip(row.mapping["header"], row.mapping["samples"], strict=True))
    ]
    context = {"file": row, "form": form, "lines": lines, "fields": FIELDS, "before": actions.taken_before(row)}
    if row.mapping.get("chosen") and status == 200:
        try:
            seen = actions.preview_file(actor, row, chosen(row), now=timezone.localtime())
            context |= {
                "seen": seen,
                "errors": [(error, error_words(error)) for error in seen.errors],
                "unknown_categories": seen.unknown_categories.most_common(100),
            }
        except Refused as refused:
            context["broken"] = said(refused)
    return render(request, "desk/setup/import_file.html", context, status=status)


@importing
@require_POST
def take(request: HttpRequest, actor: Actor, file_id: int) -> HttpResponse:
    """Confirm: a small file is taken at once, a large one by the worker."""
    row, now = _file(actor, file_id), timezone.localtime()
    try:
        rows = int(request.POST.get("rows") or 0)
        if rows > AT_ONCE and actor.account_id:
            actions.take_later(actor, import_file=row, now=now, rows=rows)
            return HttpResponseRedirect(reverse("setup-import-progress", args=[row.pk]))
        row = actions.take_file(actor, import_file=row, now=now)
    except (Refused, ValueError) as refused:
        messages.error(request, said(refused) if isinstance(refused, Refused) else gettext("请重新确认。"))
    else:
        messages.success(request, gettext("已导入 %(count)d 行。") % {"count": row.rows_taken})
    return HttpResponseRedirect(reverse("setup-import", args=[row.pk]))


@importing
@require_GET
def show_progress(request: HttpRequest, actor: Actor, file_id: int) -> HttpResponse:
    """How far the worker is; asked again every two seconds, or by reloading."""
    row = _file(actor, file_id)
    fragment = bool(request.headers.get("HX-Request"))
    if row.state != "preview" or row.mapping.get("failure"):
        address = reverse("setup-import", args=[row.pk])
        if fragment:
            return HttpResponse(headers={"HX-Redirect": address})
        return HttpResponseRedirect(address)
    template = "desk/setup/parts/progress.html" if fragment else "desk/setup/import_progress.html"
    return render(request, template, {"file": row, "expected": row.mapping.get("rows") or None})


@importing
@require_POST
def drop(request: HttpRequest, actor: Actor, file_id: int) -> HttpResponse:
    """Set the file aside."""
    row = _file(actor, file_id)
    try:
        actions.drop_file(actor, import_file=row, now=timezone.localtime())
    except Refused as refused:
        tell(request, refused)
    else:
        messages.success(request, gettext("“%(name)s”已作废，没有导入任何内容。") % {"name": row.name})
    return HttpResponseRedirect(reverse("setup-imports"))


@importing
@require_GET
def download_errors(request: HttpRequest, actor: Actor, file_id: int) -> StreamingHttpResponse:
    """Every error of the file with its row and column, as a CSV that Excel opens."""
    row = _file(actor, file_id)
    try:
        choices = chosen(row)
    except Refused as refused:
        raise Http404 from refused

    def lines() -> Iterator[list[object]]:
        try:
            for found in read_rows(actor, row, choices, now=timezone.localtime()):
                if isinstance(found, RowError):
                    yield [found.row, found.letter, found.column_name, error_words(found), found.value]
        except Refused as refused:
            yield ["", "", "", said(refused), ""]

    header = [str(name) for name in (_("行"), _("列"), _("列名"), _("问题"), _("内容"))]
    response = StreamingHttpResponse(write_csv(header, lines()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{row.pk}-errors.csv"'
    return response


def error_words(error: RowError) -> str:
    """What is wrong with a row, in the reader's language."""
    return said(Refused(error.message, **error.values))
