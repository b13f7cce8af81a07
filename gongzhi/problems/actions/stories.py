"""What residents told: kept for a while, shown to others only with consent, wiped where none was given."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import CLOCK, Actor
from gongzhi.problems import field_rules, queries, visits
from gongzhi.problems.actions.field import YEARS_BACK, line, needed
from gongzhi.problems.models import ResidentStory
from gongzhi.shared import trail
from gongzhi.shared.moves import Missing, NotAllowed, WrongState, _


@transaction.atomic
def tell_story(
    actor: Actor,
    *,
    baseline_id: int,
    words: str,
    age_band: str,
    years_there: int | None,
    told_on: date,
    now: datetime,
    consent_words: str = "",
) -> ResidentStory:
    """Keep what a resident told of living there: seen by the community's own desk and leader alone before consent.

    `consent_words` says how they agreed, where they did on the spot. No name and no date of birth is asked for.
    """
    baseline = visits.visible_baselines(actor).select_related("place").get(pk=baseline_id)
    _must_keep(actor, baseline.place)
    text = needed(words, "words")
    if age_band and age_band not in field_rules.AGE_BANDS:
        raise Missing(_("年龄只记年龄段，请从列出的里面选。"), field="age_band")
    if years_there is not None and not 0 <= years_there <= 120:
        raise Missing(_("住了多少年，请看看数字。"), field="years_there")
    if field_rules.says_birth_date(text):
        raise Missing(_("请不要写出生日期，写年龄段就够了。"), field="words")
    _check_told(told_on, bool(consent_words.strip()), now)
    story = ResidentStory.objects.create(
        baseline=baseline, words=text, age_band=age_band, years_there=years_there, told_on=told_on
    )
    _write_story(actor, story, "tell", now)
    return (
        give_consent(actor, story_id=story.pk, consent_words=consent_words, now=now) if consent_words.strip() else story
    )


def _check_told(told_on: date, consented: bool, now: datetime) -> None:
    today = timezone.localtime(now).date()
    if told_on > today:
        raise Missing(_("讲述日期还没有到。"), field="told_on")
    if told_on < today - timedelta(days=366 * YEARS_BACK):
        raise Missing(_("讲述日期太早了，请看看年份。"), field="told_on")
    days = queries.settings()["story_days"]
    if not consented and told_on < today - timedelta(days=days):
        raise Missing(_("讲述已过 %(days)d 天，没有居民同意不能再记。"), field="told_on", days=days)


@transaction.atomic
def give_consent(actor: Actor, *, story_id: int, consent_words: str, now: datetime) -> ResidentStory:
    """Write down that the resident agreed, and how: those above may now read the story. Raises visits.NO_STORY."""
    story = _begin_story(actor, story_id)
    if not story.words:
        raise WrongState(_("这个故事的内容已经清除，不能再公开。"))
    if story.consented_at and not story.withdrawn_at:
        raise WrongState(_("居民已经同意过了。"))
    text = line(consent_words, 200)
    if not text:
        raise Missing(_("请写明居民是怎么同意的，例如当面签字。"), field="consent_words")
    story.consent_words, story.consented_at, story.withdrawn_at = text, now, None
    story.save(update_fields=["consent_words", "consented_at", "withdrawn_at"])
    _write_story(actor, story, "consent", now)
    return story


@transaction.atomic
def withdraw_consent(actor: Actor, *, story_id: int, now: datetime) -> ResidentStory:
    """The resident no longer agrees: the story is hidden at once and wiped after the days that the district set."""
    story = _begin_story(actor, story_id)
    if not story.consented_at or story.withdrawn_at:
        raise WrongState(_("居民现在没有同意公开，不用撤回。"))
    story.withdrawn_at = max(now, story.consented_at)
    story.save(update_fields=["withdrawn_at"])
    _write_story(actor, story, "withdraw", now)
    return story


def wipe_stories(*, now: datetime) -> int:
    """Empty every story that waited too long for consent, or whose consent was withdrawn so long ago; with a trail."""
    days, today = queries.settings()["story_days"], timezone.localtime(now).date()
    kept = ResidentStory.objects.exclude(words="")
    open_ = kept.filter(consented_at=None) | kept.filter(withdrawn_at__isnull=False)
    done = 0
    for pk in list(open_.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            story = ResidentStory.objects.select_for_update().get(pk=pk)
            agreed = story.consented_at and not story.withdrawn_at
            if not story.words or agreed or visits.kept_until(story, days) >= today:
                continue
            story.words, story.age_band, story.years_there = "", "", None
            story.save(update_fields=["words", "age_band", "years_there"])
            _write_story(CLOCK, story, "wipe", now)
            done += 1
    return done


def _must_keep(actor: Actor, place: Place) -> None:
    if not visits.is_keeper(actor, place):
        raise NotAllowed(_("居民故事只由本社区的经办和负责人记录。"))


def _begin_story(actor: Actor, story_id: int) -> ResidentStory:
    seen = ResidentStory.objects.filter(baseline__in=visits.visible_baselines(actor))
    place = seen.select_related("baseline__place").get(pk=story_id).baseline.place
    if not visits.is_keeper(actor, place):
        # Before consent nobody else may know that there is one.
        raise visits.NO_STORY
    return ResidentStory.objects.select_for_update().get(pk=story_id)


def _write_story(actor: Actor, story: ResidentStory, verb: str, now: datetime) -> None:
    trail.write(
        trail.entry(actor, at=now, noun="story", noun_id=story.pk, verb=verb, data={"baseline": story.baseline_id})
    )
