"""What every page knows: the district, who is here, large type, language, and the ways on."""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_urlconf, is_valid_path
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from gongzhi.neighbourhood.queries import district_name
from gongzhi.neighbourhood.rules import Standing
from gongzhi.problems.queries import called
from gongzhi.web.entrance import actor_of
from gongzhi.web.switches import ELDER
from gongzhi.web.who import units_of

# address, words, icon: the ways of each audience. A way whose page is not built is left out.
# On a phone the first four stand in the bar at the bottom, the others behind 更多.
WAYS: dict[str, list[tuple[str, Any, str]]] = {
    "public": [
        ("/new", _("反映问题"), "chat-left-text"),
        ("/check", _("查进度"), "search"),
        ("/mine", _("我的诉求"), "person"),
    ],
    "desk": [
        ("/desk/", _("待办"), "inbox"),
        ("/desk/demands/", _("全部诉求"), "list-ul"),
        ("/desk/problems/", pgettext_lazy("复数", "问题"), "fire"),
        ("/desk/inbox", _("通知"), "bell"),
        ("/desk/exchange/", _("供需"), "arrow-left-right"),
        ("/desk/conferences/", _("联席会议"), "people"),
        ("/desk/projects/", _("项目清单"), "flag"),
        ("/desk/agreements/", _("共建协议"), "file-earmark-text"),
        ("/board/", _("看板"), "bar-chart"),
        ("/desk/demands/new", _("接电话"), "telephone"),
        ("/desk/callbacks", _("回访"), "telephone-inbound"),
        ("/desk/visits/", _("走访"), "journal-text"),
        ("/desk/compounds/", _("底数摸排"), "building"),
        ("/desk/setup/import/", _("导入"), "upload"),
        ("/desk/setup/", _("设置"), "gear"),
    ],
    "units": [
        ("/units/", _("派给我们的"), "inbox"),
        # Only where a unit has been called, and then near the top: these wait for it.
        ("/units/whistles/", _("吹哨报到"), "megaphone"),
        ("/units/referrals/", _("监督协调"), "people"),
        ("/units/exchange", _("资源和需求"), "arrow-left-right"),
        ("/units/conferences/", _("联席会议"), "calendar-check"),
        ("/units/projects/", _("项目和求助"), "flag"),
        ("/units/agreements/", _("共建协议"), "file-earmark-text"),
        ("/units/inbox", _("通知"), "bell"),
    ],
    "board": [("/board/", _("看板"), "bar-chart"), ("/desk/", _("工作台"), "inbox")],
}


@dataclass(frozen=True)
class Way:
    """One entry of the navigation; `current` marks the page that is open. Its address says what it is."""

    url: str
    label: str = field(compare=False)
    icon: str = field(compare=False)
    current: bool


@dataclass(frozen=True)
class Page:
    """What a template reads as `page`."""

    audience: str
    district: Any
    actor: Any
    elder: bool
    language: str
    languages: list[tuple[str, str]]
    ways: Any
    # Whether this person takes demands in for callers; asked only where a page offers it.
    takes_calls: Any
    here: str
    demo: bool


def audience_of(path: str) -> str:
    """Whose pages an address belongs to: its first part, or the residents'."""
    first = path.strip("/").split("/", 1)[0]
    return first if first in WAYS else "public"


@lru_cache
def built_ways(audience: str, urlconf: str | None) -> list[tuple[str, Any, str]]:
    """The ways whose pages there are; asked once, for a program's addresses do not change."""
    return [way for way in WAYS[audience] if is_valid_path(way[0], urlconf)]


def ways_of(audience: str, path: str, left_out: Collection[str] = ()) -> list[Way]:
    """The built ways of one audience; the longest address that begins `path` is the current one."""
    built = [way for way in built_ways(audience, get_urlconf()) if way[0] not in left_out]
    current = max((way[0] for way in built if path.startswith(way[0])), key=len, default="")
    return [Way(url, label, icon, url == current) for url, label, icon in built]


def ways_for(request: HttpRequest, audience: str) -> list[Way]:
    """The ways that lead this person to something: a unit that was never called has no page of calls."""
    left_out: list[str] = []
    if audience == "units" and request.user.is_authenticated:
        units = units_of(actor_of(request))
        whistles, referrals = called(units)
        # Who is a member in their own right is handed nothing, and signs nothing.
        of_units = ("/units/", "/units/projects/", "/units/agreements/")
        led = {**dict.fromkeys(of_units, bool(units)), "/units/whistles/": whistles, "/units/referrals/": referrals}
        left_out = [way for way, any_of in led.items() if not any_of]
    return ways_of(audience, request.path, left_out)


def heading() -> str:
    """The name of the district that this program serves, or of the product where none is set up yet."""
    return district_name() or str(_("共治"))


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor named in the settings."""
    audience = audience_of(request.path)
    session = getattr(request, "session", {})
    return {
        "page": Page(
            audience=audience,
            district=SimpleLazyObject(heading),
            actor=SimpleLazyObject(lambda: actor_of(request)),
            elder=bool(session.get(ELDER)),
            language=get_language() or settings.LANGUAGE_CODE,
            languages=list(settings.LANGUAGES),
            ways=SimpleLazyObject(lambda: ways_for(request, audience)),
            takes_calls=SimpleLazyObject(lambda: actor_of(request).holds(Standing.DESK, Standing.LEAD)),
            here=request.get_full_path(),
            demo=settings.DEMO,
        )
    }
