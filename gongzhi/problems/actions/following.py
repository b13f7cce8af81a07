"""One tap instead of one more report: neighbours who have the same trouble, and how they are reached."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from gongzhi.demands import queries as demands
from gongzhi.demands import upstairs
from gongzhi.neighbourhood import actions as neighbourhood
from gongzhi.neighbourhood.rules import CLOCK, STRANGER, Actor
from gongzhi.problems import finding, queries
from gongzhi.problems.actions import belonging, telling, watching
from gongzhi.problems.models import Follower, Problem, Report
from gongzhi.problems.rules import Joining
from gongzhi.shared import notices, secrets, trail
from gongzhi.shared.moves import Missing, Refused, _

LINK = "follow"
_GONE = _("这件事已经办结或者找不到了。如果还有这个情况，请重新填写。")


@transaction.atomic
def follow(
    actor: Actor,
    *,
    key: int,
    once: str,
    mark: str,
    now: datetime,
    phone: str = "",
    email: str = "",
    name: str = "",
) -> Follower:
    """Say that one has the same trouble: counts as a further report, and the alert may fire with it.

    `key` is that of a `NearBy`: a problem, or the negative of a demand that stands alone, which becomes a problem.
    `mark` is what tells one person from another, such as their browser's cookie: one person counts once a problem,
    however often they tap; `once` is the form's key. Raises Refused where the trouble has ended meanwhile.
    """
    if not once or not mark:
        raise Missing(_("请从填写页面关注，再试一次。"), field="once")
    before = Follower.objects.filter(once=once).first()
    if before:
        return before
    problem = _held(key, now=now)
    fingerprint = secrets.mark(f"follow {mark}")
    known = Follower.objects.filter(Q(once=once) | Q(problem=problem, mark=fingerprint)).first()
    if known:
        return known
    card = neighbourhood.seal_contact(
        purpose="follow", name=name.strip()[:60], phone=phone.strip()[:40], email=email.strip()[:200], now=now
    )
    account = actor.account_id if not actor.offices else None
    follower = Follower.objects.create(
        problem=problem, once=once[:64], followed_at=now, contact=card, account_id=account, mark=fingerprint
    )
    # By whom is not written: a follower is known by what they left, sealed, and by nothing else.
    trail.write(trail.entry(STRANGER, at=now, noun="problem", noun_id=problem.pk, verb="follow"))
    watching.recount(problem, now=now)
    telling.tell_together(problem, now=now)
    return follower


def _held(key: int, *, now: datetime) -> Problem:
    """The open problem behind a key, locked; raised from a demand that stood alone until now."""
    if key < 0:
        return _raised_from(-key, now=now)
    found = finding.followed_on(Problem.objects.all(), key)
    problem = Problem.objects.select_for_update().filter(pk=found.pk, ended_at=None).first() if found else None
    if problem is None:
        raise Refused(_GONE)
    return problem


def _raised_from(demand_id: int, *, now: datetime) -> Problem:
    words = upstairs.words_of(demand_id)
    if words is None or not words.stands or words.confidential:
        raise Refused(_GONE)
    belonging.hold([words.community])
    report = Report.objects.select_for_update().filter(demand=demand_id).first()
    if report is None:
        raise Refused(_GONE)
    if report.problem_id:
        return _held(report.problem_id, now=now)
    voices = upstairs.voices([demand_id])
    problem = belonging.open_problem(voices, now=now)
    belonging.put_in(problem, [report], Joining.ENGINE, now=now)
    data = {"demands": [demand_id], "followed": True}
    entry = trail.entry(
        CLOCK, at=now, noun="problem", noun_id=problem.pk, verb="raise", to_state=problem.state, data=data
    )
    trail.write(entry)
    return problem


@transaction.atomic
def leave_contact(*, follower_id: int, phone: str = "", email: str = "", now: datetime) -> None:
    """Keep how a follower is told, in place of what was left before; with neither, forget that.

    Raises Refused where the trouble has ended: there is nothing left to tell.
    """
    follower = Follower.objects.select_for_update().filter(pk=follower_id).first()
    if follower is None:
        raise Refused(_GONE)
    before, left = follower.contact_id, bool(phone or email)
    if left and Problem.objects.filter(pk=follower.problem_id, ended_at__isnull=False).exists():
        raise Refused(_GONE)
    follower.contact = neighbourhood.seal_contact(purpose="follow", phone=phone[:40], email=email[:200], now=now)
    follower.save(update_fields=["contact"])
    if before:
        neighbourhood.wipe_contact(before, now=now)
        if not left:
            trail.write(trail.entry(CLOCK, at=now, noun="problem", noun_id=follower.problem_id, verb="wipe"))


def follow_link(follower_id: int) -> str:
    """The signed address under which a follower sees how it goes."""
    return f"{settings.SITE_ADDRESS}/f/{secrets.sign(LINK, follower_id)}"


def read_follow_link(token: str) -> int:
    """The follower behind a signed link; raises `django.core.signing.BadSignature` or `SignatureExpired`."""
    return int(secrets.read_signed(LINK, token, max_age=demands.threshold("link_days") * 86_400))


def wipe_followers(*, now: datetime, most: int = 500) -> int:
    """Forget how to reach the followers of problems that ended so many days ago. Returns how many were wiped."""
    before = now - timedelta(days=queries.settings()["contact_days"])
    rows = Follower.objects.filter(problem__ended_at__lt=before, contact__wiped_at=None, contact__isnull=False)
    wiped = list(rows.order_by("pk").values_list("pk", "problem", "contact")[:most])
    for follower_id, problem_id, card_id in wiped:
        with transaction.atomic():
            # Locked, so that it is not taken up again at this moment.
            if not Problem.objects.select_for_update().filter(pk=problem_id, ended_at__lt=before).exists():
                continue
            neighbourhood.wipe_contact(card_id, now=now)
            notices.wipe("problem", problem_id)
            notices.wipe("follower", follower_id)
            trail.write(trail.entry(CLOCK, at=now, noun="problem", noun_id=problem_id, verb="wipe"))
    return len(wiped)
