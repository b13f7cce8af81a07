"""Moves on appeals, projects, tasks, versions of zones and things installed, each by one short form."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from gongzhi.demands.masking import mask
from gongzhi.exchange import queries as exchange
from gongzhi.exchange import rules as exchange_rules
from gongzhi.exchange.giving_rules import MONEY
from gongzhi.exchange.queries import giving
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor
from gongzhi.projects import actions, queries, rules, zoning
from gongzhi.projects.rows import Project, Zoning
from gongzhi.web.casework import project_fields as fields
from gongzhi.web.casework.asking import press
from gongzhi.web.casework.fields import UnitField
from gongzhi.web.casework.projected import TASK_DEEDS, Deed, Doing, found, make_move
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now
from gongzhi.web.words import in_words

BASE = "/desk"
MOST = 50
MOST_BYTES = 1024**2
Zones = tuple[zoning.Ring, list[zoning.Part]]


def _read(text: str) -> Zones:
    try:
        return zoning.read_zones(text)
    except zoning.BadZones as bad:
        raise ValidationError(in_words(bad)) from bad


class ZonesField(forms.FileField):
    """Zones as a GeoJSON file; cleaned, they are the site and its parts, or nothing."""

    def clean(self, data: Any, initial: Any = None) -> Zones | None:
        """Read it. Raises ValidationError in the room's own words."""
        file = super().clean(data, initial)
        if not file:
            return None
        if file.size > MOST_BYTES:
            raise ValidationError(_("文件太大，分区图最多1MB。"))
        try:
            return _read(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise ValidationError(_("文件不是UTF-8文本，请另存为UTF-8的GeoJSON。")) from error


class DrawnInput(forms.HiddenInput):
    """The map on which zones are drawn, corner by corner; the browser writes them as GeoJSON into the hidden field."""

    only_js = True

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place

    @property
    def is_hidden(self) -> bool:
        """Drawn with its label among the fields."""
        return False

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The field, the map and what is asked of each zone."""
        field = super().render(name, value, attrs, renderer)
        middle = "" if self.place.lon is None else f"{self.place.lat},{self.place.lon}"
        more = {"field": field, "id": (attrs or {}).get("id", ""), "middle": middle, "place": self.place.pk}
        return render_to_string("parts/project/draw.html", more)


class DrawnField(forms.CharField):
    """Zones drawn on the map; cleaned, they are the site and its parts, or nothing."""

    def clean(self, value: Any) -> Zones | None:
        """Read it. Raises ValidationError in the room's own words."""
        text = super().clean(value)
        return _read(text) if text else None


def _none(actor: Actor, row: Any) -> Mapping[str, forms.Field]:
    return {}


def _reason(actor: Actor, row: Any) -> Mapping[str, forms.Field]:
    return fields.REASON()


def _partner(actor: Actor, row: Any) -> Mapping[str, forms.Field]:
    unit = UnitField(label=_("哪家单位"), help_text=_("写名称的一部分，从列出的名称里选。"))
    return {"unit": unit, "words": fields.line(_("出什么、做什么"), 200)}


def _crew(actor: Actor, row: Any) -> Mapping[str, forms.Field]:
    days = forms.TypedChoiceField(
        label=_("哪些天做工"),
        choices=[("every", _("每天")), ("work", _("只在工作日"))],
        coerce="every".__eq__,
        initial="every",
        widget=forms.RadioSelect,
    )
    return {
        "title": fields.line(_("队伍叫什么"), 40, _("例如“维修队”。同名的会改成新的人数。")),
        "hands": fields.whole(_("每天有几个人手"), 1, 100),
        "every_day": days,
    }


def _spending(actor: Actor, row: Project) -> Mapping[str, forms.Field]:
    rows = giving.visible_contributions(actor).filter(receiving_place=row.place_id, measure=MONEY).order_by("-pk")
    choices = [(one.pk, f"{mask(one.what_for)} {one.came_on:%Y-%m-%d}") for one in rows[:MOST]]
    found_ = {
        "amount": fields.MoneyField(label=_("付了多少元"), help_text=_("记错了，另记一笔负数，并写明更正哪一笔。")),
        "day": fields.day(_("哪天付的"), today=True),
        "what": fields.line(_("用在什么上"), 200),
        "voucher": fields.line(_("凭证号"), 40, needed=False),
    }
    if choices:
        source = forms.TypedChoiceField(
            label=_("从哪笔捐助里出"), choices=[("", _("不是捐助")), *choices], coerce=int, required=False,
            empty_value=None, help_text=_("选了以后，“爱心账”里同时记一笔使用。"),
        )  # fmt: skip
        return found_ | {"contribution_id": source}
    return found_


def _bound(actor: Actor, row: Project) -> Mapping[str, forms.Field]:
    needs, offers = queries.bound_to(actor, row)
    here = {"community": row.community_id} if row.community_id else {"subdistrict": row.subdistrict_id}
    open_needs = exchange.visible_needs(actor).filter(state__in=sorted(exchange_rules.NEED_OPEN), **here)
    open_offers = exchange.visible_offers(actor).exclude(state=exchange_rules.OfferState.ENDED.value)

    def boxes(label: Any, bound: list[Any], others: Any) -> forms.Field:
        rows = {one.pk: one for one in (*bound, *others.order_by("-pk")[:MOST])}
        return forms.TypedMultipleChoiceField(
            label=label, coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
            choices=[(pk, mask(one.title)) for pk, one in rows.items()], initial=[one.pk for one in bound],
        )  # fmt: skip

    return {
        "need_ids": boxes(_("要解决哪些需求"), needs, open_needs),
        "offer_ids": boxes(_("用上哪些资源"), offers, open_offers.filter(**here)),
    }


def _zones(actor: Actor, row: Any) -> Mapping[str, forms.Field]:
    hint = _(
        "GeoJSON文件：一块多边形带“site”表示边界，其余每块写明名称“name”，可写“keeper”（谁看管）和“words”（注意什么）。"
    )
    drawn = DrawnField(
        label=_("在地图上画"), required=False, max_length=MOST_BYTES, widget=DrawnInput(row.place),
        help_text=_("先点出整块地的边界，再一块一块点出分区；相邻的两块，角点在同一处。"),
    )  # fmt: skip
    file = ZonesField(label=_("或者交一个分区图文件"), required=False, help_text=hint)
    return {"drawn": drawn, "zones": file, "words": fields.words(_("说明"), needed=False)}


def _draw(actor: Actor, *, project_id: int, zones: Zones | None, drawn: Zones | None, **given: Any) -> Zoning:
    given.pop("seen", None)
    site, parts = zones or drawn or ((), [])
    return actions.draw_zones(actor, project_id=project_id, site=site, parts=parts, **given)


def _installed(actor: Actor, row: Any) -> Mapping[str, forms.Field]:
    return {
        "what": fields.line(_("装了什么"), 80),
        "spot": fields.line(_("装在哪里"), 80, needed=False),
        "maker": fields.line(_("谁装的、谁保修"), 80, needed=False),
        "day": fields.day(_("哪天装好的"), today=True),
        "warranty_until": fields.day(_("保修到哪天"), needed=False),
    }


def _accepting(actor: Actor, row: Any) -> Mapping[str, forms.Field]:
    return {
        "signed_by": fields.line(_("谁签的字"), 60, _("写姓名和职务。")),
        "day": fields.day(_("哪天验收的"), today=True),
    }


def _post(actor: Actor, row: Any) -> Mapping[str, forms.Field]:
    return {
        "title": fields.line(_("什么岗位"), 60, _("例如“护学岗”。")),
        "people": fields.whole(_("要几个人"), 1, 1000),
        "on": fields.day(_("哪天"), needed=False),
    }


def _moving(actor: Actor, row: Project) -> Mapping[str, forms.Field]:
    return {"due_on": fields.day(_("改到哪天")), "words": fields.words(_("为什么改"))}


APPEALS = Doing(
    "appeal_id",
    rules.APPEAL_MOVES,
    queries.get_appeal,
    queries.appeal_moves,
    {"decline": Deed(_reason, actions.decline_appeal, guarded=False, effect=_("对方会看到您写的理由。"))},
    lambda row: f"/projects/appeals/{row.pk}",
)
PROJECTS = Doing(
    "project_id",
    rules.PROJECT_MOVES,
    queries.get_project,
    queries.project_moves,
    {
        "agree": Deed(_none, partial(actions.move_project, verb="agree"), effect=_("议定以后就可以开工。")),
        "start": Deed(_none, partial(actions.move_project, verb="start"), effect=_("从今天起每天算余量。")),
        "move_day": Deed(_moving, actions.move_day, effect=_("原来的日子和理由都留在记录里。")),
        "add_crew": Deed(_crew, actions.add_crew, guarded=False),
        "add_partner": Deed(_partner, actions.add_partner, guarded=False),
        "bind": Deed(_bound, actions.bind, guarded=False),
        "spend": Deed(_spending, actions.spend, guarded=False, once=True),
        "zone": Deed(_zones, _draw, guarded=False, once=True, effect=_("分区要盖满边界、互不重叠，否则不收。")),
        "install": Deed(
            _installed, actions.install_asset, guarded=False, once=True, effect=_("签字以前一直是“未验收”。")
        ),
        "finish": Deed(lambda actor, row: {"day": fields.day(_("哪天全部做完的"), today=True)}, actions.finish_project),
        "stop": Deed(_reason, actions.stop_project),
    },
    lambda row: f"/projects/{row.pk}",
)
TASKS = Doing(
    "task_id",
    rules.TASK_MOVES,
    queries.get_task,
    queries.task_moves,
    TASK_DEEDS
    | {
        "want_post": Deed(_post, actions.want_post, guarded=False),
        "waive": Deed(_reason, actions.waive_task),
        "reopen": Deed(_reason, actions.reopen_task),
    },
    lambda row: f"/projects/{row.project_id}#task-{row.pk}",
)
ZONINGS = Doing(
    "zoning_id",
    rules.ZONING_MOVES,
    queries.get_zoning,
    queries.zoning_moves,
    {
        "approve": Deed(_none, actions.approve_zones, guarded=False, effect=_("这一版开始用，前一版存档。")),
        "drop": Deed(_reason, actions.drop_zones, guarded=False),
    },
    lambda row: f"/projects/zonings/{row.pk}",
)
ASSETS = Doing(
    "asset_id",
    rules.ASSET_MOVES,
    queries.get_asset,
    queries.asset_moves,
    {
        "accept": Deed(_accepting, actions.accept_asset, guarded=False),
        "object": Deed(_reason, actions.object_to_asset, guarded=False),
        "remove": Deed(_reason, actions.remove_asset, guarded=False),
    },
    lambda row: f"/projects/{row.project_id}#assets",
)


def _door(doing: Doing) -> Any:
    """The view of every move of one kind of thing."""

    @for_standing(*DESK)
    @require_http_methods(["GET", "HEAD", "POST"])
    def on_thing(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """Show the form of one move, or make it."""
        return make_move(request, actor_of(request), doing, pk, verb, base=BASE, once=secrets.token_urlsafe(16))

    return on_thing


on_appeal, on_project, on_task = _door(APPEALS), _door(PROJECTS), _door(TASKS)
on_zoning, on_asset = _door(ZONINGS), _door(ASSETS)


@for_standing(*DESK)
@require_POST
def put_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the tasks where the plan has them, by one press."""
    actor, moment = actor_of(request), now()
    row = found(PROJECTS, actor, pk)

    def act() -> object:
        return _put(actor, row, moment, request.POST.get("seen", ""))

    return press(request, rules.PROJECT_MOVES["plan"].label, reverse("desk-project", args=[pk]), act)


def _put(actor: Actor, row: Project, moment: datetime, seen: str) -> Project:
    known = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else None
    return actions.put_plan(actor, project_id=row.pk, now=moment, seen=known)
