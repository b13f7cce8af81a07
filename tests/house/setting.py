"""A town in which every address leads to something: what the tests of doors and of queries walk through."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from gongzhi.agreements import actions as agreements
from gongzhi.agreements import queries as agreed
from gongzhi.conferences import actions as conferences
from gongzhi.conferences.actions import Decided
from gongzhi.conferences.actions import spaces as conference_spaces
from gongzhi.conferences.models import Call
from gongzhi.console.demo.cast import FOUNDER
from gongzhi.demands import actions
from gongzhi.demands.actions import Received
from gongzhi.demands.models import Photo
from gongzhi.demands.photos import read_photo
from gongzhi.demands.rules import number
from gongzhi.exchange import actions as exchange
from gongzhi.exchange.actions import NeedDetails, OfferDetails, Party, giving, packages
from gongzhi.exchange.actions.giving import From, Gift
from gongzhi.exchange.models import BalanceTask, Pledge
from gongzhi.exchange.queries import visible_pledges
from gongzhi.exchange.rules import Side
from gongzhi.exchange.talk_rules import Topic
from gongzhi.neighbourhood import actions as neighbourhood
from gongzhi.neighbourhood.models import Account, Appointment, MemberUnit, Network
from gongzhi.neighbourhood.rules import STRANGER
from gongzhi.problems import actions as problems
from gongzhi.problems.actions import field, stories
from gongzhi.problems.actions.field import Finding
from gongzhi.problems.models import Alert, AlertRule, Occasion, Suggestion
from gongzhi.problems.rules import Kind, Origin, VisitKind
from gongzhi.projects import actions as projects
from gongzhi.projects.actions import Details, Given, TaskDetails
from gongzhi.projects.models import TaskProof
from gongzhi.projects.zoning import Part
from gongzhi.shared import notices, secrets, trail
from gongzhi.web.public.new import THANKS
from tests.town import Town
from tests.web.public.test_new import picture

HANDLER = "大渡口区城市管理局（演示）"


@dataclass
class Setting:
    """The town, what stands behind each placeholder of an address, and everyone who may knock."""

    town: Town
    things: dict[str, str]
    people: dict[str, Account | None] = dataclasses.field(default_factory=dict)
    _sessions: dict[str, str] = dataclasses.field(default_factory=dict)

    def client(self, who: str) -> Client:
        """A fresh browser in which this one is logged in; to log in once costs as much as many a page."""
        client = Client(raise_request_exception=True)
        if who in self._sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self._sessions[who]
        elif account := self.people[who]:
            client.force_login(account, backend="gongzhi.web.logins.Logins")
            self._sessions[who] = client.cookies[settings.SESSION_COOKIE_NAME].value
        return client


def furnish(town: Town) -> Setting:
    """A demand in Dongzheng in the hands of the city management bureau, a photo, a resident's account."""
    now = timezone.localtime()
    received = town.report(phone="13800138000", name="某居民", now=now)
    pk = received.demand.pk
    desk = town.actor("dongzheng_shegong", today=now.date())
    actions.dispatch_demand(desk, demand_id=pk, handler=town.units[HANDLER], now=now)
    name = "a" * 32 + ".jpg"
    default_storage.delete(f"photos/{name[:2]}/{name}")
    default_storage.save(f"photos/{name[:2]}/{name}", ContentFile(b"\xff\xd8\xff\xd9"))
    Photo.objects.create(demand_id=pk, name=name, digest="0" * 64, width=1, height=1, added_at=now)
    resident = neighbourhood.open_account(login="jumin", password="gongzhi-demo", now=now)
    things = {
        "demand": str(pk),
        "token": received.link.rpartition("/")[2],
        "photo": name,
        "building": str(town.places["building"].pk),
        "community": str(town.places["dongzheng"].pk),
        "poster": number(town.places["building"].pk),
        **_office(town),
        **_kept_by(town, received, now),
        **_network(town, now),
        **_outings(town, now),
        **_problem(town, received, now),
        **_exchange(town, now),
        **_table(town, now),
        **add_outreach(town, 0, now),
        **add_giving(town, 0, now),
        **add_conference(town, 0, now),
        **add_project(town, 0, now),
    }
    things |= _round(town, int(things["network"]), now)
    things |= _agreements(town, now)
    return Setting(town, things, {"stranger": None, "resident": resident, **town.accounts})


def _office(town: Town) -> dict[str, str]:
    """Someone at Dongzheng's desk, and the office they hold."""
    office = Appointment.objects.get(person=town.accounts["dongzheng_shegong"].person_id)
    return {"person": str(office.person_id), "office": str(office.pk)}


def _kept_by(town: Town, received: Received, now: datetime) -> dict[str, str]:
    """A saved list, a file handed in, and the short-lived link that a resident takes home."""
    desk = town.actor("dongzheng_shegong", today=now.date())
    sheet = "标题,内容,地点\n路灯不亮,单元门口的路灯不亮,东正社区\n".encode()
    file = actions.hand_in_file(desk, name="诉求.csv", source=BytesIO(sheet), now=now)
    return {
        "view": str(actions.save_view(desk, name="我的待办", question="group=due").pk),
        "file": str(file.pk),
        "thanks": secrets.sign(THANKS, f"{received.demand.pk}:{received.code}:0"),
    }


def _network(town: Town, now: datetime) -> dict[str, str]:
    """Dongzheng's network with one unit, and a notice that could not be delivered."""
    day = now.date()
    network = neighbourhood.found_network(FOUNDER, name="实体", place=town.places["dongzheng"], on=day, now=now)
    membership = neighbourhood.join_network(FOUNDER, network=network, unit=town.units[HANDLER], on=day, now=now)
    failed = notices.notice(
        at=now, noun="demand", noun_id=0, channel="email", subject="样例", body="样例", address="a@example.cn"
    )
    failed.state = "failed"
    notices.tell(failed)
    return {"network": str(network.pk), "membership": str(membership.pk), "notice": str(notices.troubled()[0].pk)}


def _outings(town: Town, now: datetime) -> dict[str, str]:
    """A visit to Dongzheng's building, a survey of its compound with one finding, a story told there."""
    desk, compound = town.actor("dongzheng_shegong", today=now.date()), town.places["compound"]
    visit = field.note_visit(
        desk, place=town.places["building"], kind=VisitKind.HOUSEHOLD, words="灯不亮", once="visit", now=now
    ).visit
    found = [Finding("雨天满地泥")]
    baseline = field.survey_compound(
        desk, place=compound, surveyed_on=now.date(), findings=found, once="baseline", now=now
    )
    story = stories.tell_story(
        desk, baseline_id=baseline.pk, words="二十年了", age_band="70-79", years_there=20, told_on=now.date(), now=now
    )
    return {"visit": str(visit.pk), "place": str(compound.pk), "story": str(story.pk)}


def _problem(town: Town, received: Received, now: datetime) -> dict[str, str]:
    """A problem of Dongzheng with that demand, followed, called and referred; and a pair that waits for a person."""
    lead = town.actor("dongzheng_shuji", today=now.date())
    problems.load_occasions(FOUNDER, now=now)
    problem = problems.raise_problem(lead, demand_ids=[received.demand.pk], title="车库漏水", now=now)
    unit, occasion = town.units[HANDLER], Occasion.objects.order_by("pk")[0]
    whistle = problems.blow_whistle(
        lead, problem_id=problem.pk, occasion_id=occasion.pk, unit=unit, words="请到场", now=now
    )
    referral = problems.refer_problem(lead, problem_id=problem.pk, unit=unit, words="请协调", now=now)
    rule = AlertRule.objects.order_by("pk")[0]
    Alert.objects.create(problem=problem, rule=rule, times=1, since=now, crossed_at=now, raised_at=now)
    trail.write(trail.entry(lead, at=now, noun="problem", noun_id=problem.pk, verb="alert", data={"name": rule.name}))
    other = town.report(now=now).demand
    pair = Suggestion.objects.create(
        demand=other, nearest=received.demand, community=other.community, likelihood=0.4, made_at=now
    )
    follower = problems.follow(STRANGER, key=problem.pk, once="f" * 24, mark="f", now=now)
    return {
        "problem": str(problem.pk),
        "number": number(problem.pk),
        "follower": problems.follow_link(follower.pk).rpartition("/")[2],
        "whistle": str(whistle.pk),
        "referral": str(referral.pk),
        "pair": str(pair.pk),
    }


def _exchange(town: Town, now: datetime) -> dict[str, str]:
    """An offer and a need of the handler, a match that waits for its answer, and a pledge with one part delivered."""
    desk, unit = town.actor("dongzheng_shegong", today=now.date()), town.actor("chengguan_lianluo", today=now.date())
    hours = {"kind": "skill", "quantity": 10, "measure": "小时"}
    handler, place = town.units[HANDLER], town.places["dongzheng"]
    given, asked = OfferDetails(title="电工", **hours), NeedDetails(title="检修", **hours)
    offer = exchange.state_offer(unit, details=given, unit=handler, now=now, once="house").offer
    own = exchange.state_need(unit, details=asked, unit=handler, now=now, once="house").need
    matches = []
    for count in range(2):
        need = exchange.state_need(desk, details=asked, place=place, now=now, once=f"house {count}").need
        exchange.verify_need(desk, need_id=need.pk, now=now)
        match = exchange.suggest_match(desk, need_id=need.pk, offer_id=offer.pk, quantity=4, now=now)
        matches.append(exchange.offer_match(desk, match_id=match.pk, now=now).pk)
    exchange.accept_match(unit, match_id=matches[1], side=Side.GIVER, now=now)
    exchange.accept_match(desk, match_id=matches[1], side=Side.RECEIVER, now=now)
    pledge = visible_pledges(unit).get(match=matches[1])
    part = exchange.deliver(unit, pledge_id=pledge.pk, quantity=1, day=timezone.localdate(), now=now)
    return {
        "offer": str(offer.pk),
        "need": str(own.pk),
        "match": str(matches[0]),
        "pledge": str(pledge.pk),
        "part": str(part.pk),
        "unit": str(handler.pk),
    }


def _round(town: Town, network_id: int, now: datetime) -> dict[str, str]:
    """A period of the three forms in Dongzheng's network, of which the handler is a member."""
    desk, today = town.actor("dongzheng_shegong", today=now.date()), timezone.localdate()
    days = {"since": today, "until": today + timedelta(days=30), "due_on": today + timedelta(days=9)}
    network = Network.objects.get(pk=network_id)
    row = exchange.open_round(desk, network=network, name="本季度", now=now, **days)
    head = _head(network, now)
    own = exchange.hand_out_link(desk, member_id=int(head), now=now).rpartition("/")[2]
    return {"round": str(row.pk), "member": str(town.units[HANDLER].pk), "head": head, "own": own}


def _head(network: Network, now: datetime) -> str:
    """A member of that network in their own right, without a login."""
    person = neighbourhood.register_person(FOUNDER, name="倪小雨", phone="13900139000", now=now)
    row = neighbourhood.join_network(
        FOUNDER, network=network, person=person, capacity="物业企业负责人", on=timezone.localdate(), now=now
    )
    return str(row.pk)


def _agreements(town: Town, now: datetime) -> dict[str, str]:
    """Agreements of Dongzheng and the handler: one in force with a report and a review, one that goes round, a draft."""
    agreements.load_defaults(FOUNDER, now=now)
    rows = [add_agreement(town, name, now) for name in ("执行", "签署", "草稿")]
    desk, unit = town.actor("dongzheng_shuji", today=now.date()), town.actor("chengguan_lianluo", today=now.date())
    kept, going, drafted = rows
    for row in (kept, going):
        agreements.circulate(desk, agreement_id=row, now=now)
    seen = agreed.get_agreement(desk, kept)
    for actor in (desk, unit):
        (party,) = agreed.own_parties(actor, seen)
        agreements.sign_agreement(
            actor, agreement_id=kept, party_id=party.pk, signer="某人", signed_on=now.date(), now=now
        )
    report = agreements.write_report(desk, agreement_id=kept, since=now.date(), now=now)
    review = agreements.start_review(desk, agreement_id=kept, now=now)
    seen, round_about = agreed.get_agreement(desk, drafted), agreed.get_agreement(desk, going)
    return {
        "agreement": str(kept),
        "going": str(going),
        "drafted": str(drafted),
        "clause": str(agreed.clauses_of(seen)[0].pk),
        "partner": str(agreed.parties_of(seen)[1].pk),
        "place_party": str(agreed.own_parties(desk, round_about)[0].pk),
        "unit_party": str(agreed.own_parties(unit, round_about)[0].pk),
        "judge": str(agreed.own_parties(desk, review.agreement)[0].pk),
        "judged": str(agreed.own_parties(unit, review.agreement)[0].pk),
        "review": str(review.pk),
        "report": str(report.pk),
    }


def add_agreement(town: Town, name: str, now: datetime) -> int:
    """One draft more of Dongzheng and the handler."""
    days = {"since": now.date(), "until": now.date() + timedelta(days=300)}
    return agreements.draft_agreement(
        town.actor("dongzheng_shuji", today=now.date()), place=town.places["dongzheng"], title=name, now=now, once=name,
        units=[town.units[HANDLER]], **days,
    ).pk  # fmt: skip


def add_exchange(setting: Setting, number: int) -> None:
    """That many more offers, needs, matches, pledges and parts of the handler's."""
    town, now = setting.town, timezone.localtime()
    desk, unit = town.actor("dongzheng_shegong", today=now.date()), town.actor("chengguan_lianluo", today=now.date())
    hours, handler = {"kind": "skill", "quantity": 10, "measure": "小时"}, town.units[HANDLER]
    for count in range(number):
        given, asked = OfferDetails(title=f"电工{count}", **hours), NeedDetails(title=f"检修{count}", **hours)
        offer = exchange.state_offer(unit, details=given, unit=handler, now=now, once=f"more {count}").offer
        exchange.state_need(unit, details=asked, unit=handler, now=now, once=f"more {count}")
        need = exchange.state_need(
            desk, details=asked, place=town.places["dongzheng"], now=now, once=f"theirs {count}"
        ).need
        exchange.verify_need(desk, need_id=need.pk, now=now)
        match = exchange.suggest_match(desk, need_id=need.pk, offer_id=offer.pk, quantity=4, now=now)
        exchange.offer_match(desk, match_id=match.pk, now=now)
        if count % 2:
            exchange.accept_match(unit, match_id=match.pk, side=Side.GIVER, now=now)
            exchange.accept_match(desk, match_id=match.pk, side=Side.RECEIVER, now=now)
    pledge, today = int(setting.things["pledge"]), timezone.localdate()
    for _part in range(3):
        exchange.deliver(unit, pledge_id=pledge, quantity=1, day=today, now=now)


def _table(town: Town, now: datetime) -> dict[str, str]:
    """A need of Dongzheng beside an offer of its unit, both sides agreed; a unit asked for; one that got nothing."""
    place, unit = town.places["dongzheng"], town.units[HANDLER]
    other = next(one for name, one in town.units.items() if name != HANDLER)
    for one, where in ((unit, place), (other, town.places["xinyu"])):
        MemberUnit.objects.filter(pk=one.pk).update(registered_place=where)
        one.refresh_from_db()
    desk = town.actor("dongzheng_shegong", today=now.date())
    asking = {"unit": other, "to_community": place, "words": "想请对方来讲一次"}
    task = BalanceTask.objects.create(
        unit=unit, place=place, community=place, subdistrict=place.subdistrict, raised_at=now
    )
    return add_match(town, 0, now) | {
        "asking": str(exchange.ask_introduction(desk, now=now, **asking).pk),
        "task": str(task.pk),
    }


def add_match(town: Town, number: int, now: datetime) -> dict[str, str]:
    """One more need with two matches, one delivered in part and one only suggested; and an offer that nobody took."""
    desk, lead, unit = (
        town.actor(who, today=now.date()) for who in ("dongzheng_shegong", "dongzheng_shuji", "chengguan_lianluo")
    )
    said = {"kind": "skill", "quantity": 10, "measure": "小时"}
    offers = [
        exchange.state_offer(
            unit,
            details=OfferDetails(title=f"电工{n}", **said),
            unit=town.units[HANDLER],
            now=now,
            once=f"{number}-{n}",
        ).offer.pk
        for n in range(3)
    ]
    details = NeedDetails(title="楼道照明", **said)
    place = town.places["dongzheng"]
    need = exchange.state_need(desk, details=details, place=place, now=now, once=f"need {number}").need.pk
    exchange.verify_need(desk, need_id=need, now=now)
    match, _suggested = (
        exchange.suggest_match(desk, need_id=need, offer_id=one, quantity=4, now=now).pk for one in offers[:2]
    )
    exchange.offer_match(desk, match_id=match, now=now)
    exchange.accept_match(unit, match_id=match, side=Side.GIVER, now=now)
    exchange.accept_match(lead, match_id=match, side=Side.RECEIVER, now=now)
    pledge = Pledge.objects.get(match=match).pk
    exchange.deliver(unit, pledge_id=pledge, quantity=2, day=now.date(), now=now)
    return {
        "desk_need": str(need),
        "desk_offer": str(offers[0]),
        "desk_match": str(match),
        "desk_pledge": str(pledge),
    }


def add_outreach(town: Town, number: int, now: datetime) -> dict[str, str]:
    """One more need of the handler's for which a bank was asked, with a message each in both threads."""
    desk, unit = town.actor("dongzheng_shegong", today=now.date()), town.actor("chengguan_lianluo", today=now.date())
    handler = town.units[HANDLER]
    details = NeedDetails(kind="funds", title=f"周转{number}", quantity=10, measure="万元")
    need = exchange.state_need(unit, details=details, unit=handler, now=now, once=f"outside {number}").need
    exchange.verify_need(desk, need_id=need.pk, now=now)
    party = Party("江畔银行", "某经理", "13812345678")
    outreach = exchange.start_outreach(
        desk, need_id=need.pk, party=party, asked="请看看能不能帮忙", now=now, once=f"outside {number}"
    )
    exchange.write_message(unit, topic=Topic.NEED, about_id=need.pk, words="等一等", now=now, once="a")
    message = exchange.write_message(
        unit, topic=Topic.OUTREACH, about_id=outreach.pk, words="请看看", now=now, once="a"
    )
    liaison = town.accounts["chengguan_lianluo"].person_id
    return {
        "outreach": str(outreach.pk),
        "outside": exchange.outreach_link(outreach).rpartition("/")[2],
        "thread": str(message.thread_id),
        "unit": str(handler.pk),
        "liaison": str(liaison),
    }


def add_giving(town: Town, number: int, now: datetime) -> dict[str, str]:
    """One contribution more, told without a name and used once; and one package more."""
    desk, place = town.actor("dongzheng_shegong", today=now.date()), town.places["dongzheng"]
    day, once = timezone.localdate(), f"given {number}"
    gift = Gift(kind="funds", amount="100", measure="元", came_on=day, what_for="绿化")
    row = giving.note_contribution(
        desk, place=place, giver=From(unit=town.units[HANDLER]), gift=gift, now=now, once=once
    )
    giving.use_contribution(desk, contribution_id=row.pk, quantity=1, day=day, what="树苗", now=now)
    giving.agree_public(desk, contribution_id=row.pk, openness="unnamed", words="来函", now=now)
    package = packages.make_package(
        desk, place=place, programme="工疗站", surveyor="区残联", surveyed_on=day, words="缺布料", now=now, once=once,
        parts=[NeedDetails(kind="goods", title="布料", quantity=5, measure="米")],
    )  # fmt: skip
    return {"gift": str(row.pk), "package": str(package.pk)}


def add_conference(town: Town, number: int, now: datetime) -> dict[str, str]:
    """One conference more of Dongzheng that calls the handler, under way with a topic of each, a draft and a roll; one
    that is yet to be notified; one call to act with its roster; one matter of the pavilion; a space with a slot; a calendar."""
    desk, lead, unit = (
        town.actor(who, today=now.date()) for who in ("dongzheng_shegong", "dongzheng_shuji", "chengguan_lianluo")
    )
    place, handler, once = town.places["dongzheng"], town.units[HANDLER], f"meet {number}"
    said = {"place": place, "starts_at": now, "units": [handler], "now": now}
    row = conferences.plan_conference(desk, title="联席会议", once=once, **said).pk
    planned = conferences.plan_conference(desk, title="下次会议", once=f"{once} next", **said).pk
    conferences.notify_conference(desk, conference_id=row, starts_at=now, venue="三楼", now=now)
    conferences.table_topic(desk, conference_id=row, title="积水", now=now, once=once)
    topic = conferences.table_topic(unit, conference_id=row, title="清淤", now=now, once=once).pk
    chair = town.accounts["dongzheng_shuji"].person
    conferences.open_conference(lead, conference_id=row, chair=chair, now=now)
    decided = Decided(kind="other", what="清淤", owner_unit=handler, due_on=now.date(), topic_id=topic)
    decision = conferences.decide(desk, conference_id=row, decided=decided, now=now, once=once).pk
    act = conferences.mobilise(desk, title="清理垃圾", once=once, **said).pk
    conferences.answer_mobilisation(unit, mobilisation_id=act, unit_id=handler.pk, roster="队员甲 13800000001", now=now)
    matter = conferences.raise_deliberation(desk, place=place, subject="跳舞", raised_on=now.date(), now=now, once=once)
    space = conference_spaces.register_space(desk, place=place, name=f"广场{number}", now=now)
    (slot,) = conference_spaces.hold_slots(
        desk, space_id=space.pk, user="舞蹈队", what="跳舞", day=now.date(), repeat="weekly", first=1140, last=1230, now=now,
        once=once,
    )  # fmt: skip
    feed = conferences.renew_feed(town.accounts["chengguan_lianluo"].pk)
    return {
        "conference": str(row),
        "planned": str(planned),
        "call": str(Call.objects.get(conference=row).pk),
        "topic": str(topic),
        "decision": str(decision),
        "act": str(act),
        "matter": str(matter.pk),
        "space": str(space.pk),
        "slot": str(slot.pk),
        "feed": feed,
    }


def add_project(town: Town, number: int, now: datetime) -> dict[str, str]:
    """One project more, for an appeal of the handler's, with two tasks of which it owns one, a proof, zones and an asset;
    and one appeal that waits."""
    desk, lead, unit = (
        town.actor(who, today=now.date()) for who in ("dongzheng_shegong", "dongzheng_shuji", "chengguan_lianluo")
    )
    place, day, handler = town.places["dongzheng"], now.date(), town.units[HANDLER]
    due = day + timedelta(days=13)
    first, waiting = (
        projects.raise_appeal(
            unit, unit=handler, place=place, title="开学", words="", due_on=due, now=now, once=f"{number} {count}"
        )
        for count in range(2)
    )
    details = Details(title=f"修围墙{number}", due_on=due, strands=["governance"])
    row = projects.open_project(desk, place=place, details=details, now=now, once=f"{number}", appeal_id=first.pk)
    tasks = [
        projects.add_task(
            desk, project_id=row.pk, now=now, once=f"{number} {count}",
            details=TaskDetails(title=f"第{count}段", stream="施工", days=2, proof_kind="signature", owner=owner),
        )
        for count, owner in enumerate((handler, None))
    ]  # fmt: skip
    given = Given(kind="photo", photos=[read_photo(picture().read())])
    projects.prove_task(desk, task_id=tasks[0].pk, given=given, now=now)
    ring = [(106.42, 29.41), (106.421, 29.41), (106.421, 29.411)]
    zones = projects.draw_zones(
        desk, project_id=row.pk, site=ring, parts=[Part("校门", ring)], now=now, once=f"{number}"
    )
    projects.move_project(lead, project_id=row.pk, verb="agree", now=now)
    projects.move_project(desk, project_id=row.pk, verb="start", now=now)
    asset = projects.install_asset(desk, project_id=row.pk, what="健身器材", day=day, now=now, once=f"{number}")
    return {
        "project": str(row.pk),
        "job": str(tasks[0].pk),
        "appeal": str(waiting.pk),
        "zoning": str(zones.pk),
        "asset": str(asset.pk),
        "proof": TaskProof.objects.filter(task=tasks[0]).values_list("photo", flat=True)[0],
    }


def add_demands(town: Town, number: int) -> None:
    """That many more demands at the same building, half of them answered, all of them lately."""
    now = timezone.localtime()
    desk = town.actor("dongzheng_shegong", today=now.date())
    for count in range(number):
        received = town.report(
            body=f"第{count}件：楼道灯不亮", now=now - timedelta(minutes=count), phone=f"139{count:08d}"
        )
        actions.classify_demand(desk, demand_id=received.demand.pk, category=town.category(), now=now)
        if count % 4 == 0:
            actions.dispatch_demand(desk, demand_id=received.demand.pk, handler=town.units[HANDLER], now=now)
        elif count % 2:
            actions.answer_demand(desk, demand_id=received.demand.pk, answer="换好了。", now=now)


def add_problems(setting: Setting, number: int) -> None:
    """That many more problems, demands in the one that is looked at, and pairs to decide."""
    town, now = setting.town, timezone.localtime()
    lead, problem = town.actor("dongzheng_shuji", today=now.date()), int(setting.things["problem"])
    mine = [town.report(body=f"第{count}次：车库漏水", now=now).demand for count in range(number)]
    problems.join_demands(lead, problem_id=problem, demand_ids=[one.pk for one in mine], now=now)
    for count in range(number):
        kinds = {"kind": Kind.TROUBLE, "origin": Origin.PATROL, "place": town.places["building"]}
        problems.raise_problem(lead, title=f"第{count}个", now=now, **kinds)
        one, other = (town.report(now=now).demand for _ in range(2))
        Suggestion.objects.create(demand=one, nearest=other, community=one.community, likelihood=0.3, made_at=now)


def routes() -> dict[str, Callable[..., Any]]:
    """Every address of the product as Django writes it, with its view."""

    def walk(entries: list[Any], before: str) -> dict[str, Callable[..., Any]]:
        found: dict[str, Callable[..., Any]] = {}
        for entry in entries:
            route = before + str(entry.pattern)
            if isinstance(entry, URLResolver):
                found |= walk(entry.url_patterns, route)
            elif isinstance(entry, URLPattern):
                found[route] = entry.callback
        return found

    return walk(get_resolver().url_patterns, "")
