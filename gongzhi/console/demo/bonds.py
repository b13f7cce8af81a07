"""Agreements of Dongzheng with its units, each at another point of its life, and the district's with everybody. All made up."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import count
from typing import NamedTuple

from gongzhi.agreements import actions, queries
from gongzhi.agreements.actions import ClauseDetails
from gongzhi.agreements.rows import Agreement, Clause, Party
from gongzhi.agreements.rules import ProofKind, Side
from gongzhi.console.demo.names import BANK, BUREAU, DONGZHENG, FACTORY, INSURER, SCHOOL
from gongzhi.console.demo.voices import Voices
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import MemberUnit, Place
from gongzhi.neighbourhood.rules import Actor

DAY = timedelta(days=1)
# Of the template's measures; the meetings prove what the three forms, which Dongzheng does not ask for, cannot.
MEASURES = ("duty", "communication", "assessment", "evaluation", "facilities", "report")
MEETINGS = "每次联席会议派人到会。"


class Noted(NamedTuple):
    """Something that a party did for a clause: of which measure, on which side, how many days ago, in words."""

    measure: str
    side: Side
    days: int
    words: str


NOTED = (
    Noted("assessment", Side.LOCAL, 80, "在年中会上通报了协议执行情况。"),
    Noted("report", Side.LOCAL, 190, "交了第一份书面报告。"),
    Noted("report", Side.LOCAL, 98, "交了第二份书面报告。"),
    Noted("evaluation", Side.UNIT, 84, "交了评议表。"),
)


def load(communities: dict[str, Place], district: Place, units: list[MemberUnit], voices: Voices) -> None:
    """One in force, one under review, one about to end, one that binds one side only, one with everybody."""
    told = _Bonds(communities[DONGZHENG], voices)
    told.in_force()
    told.under_review()
    told.about_to_end()
    told.one_sided()
    told.with_everybody(district, [*communities.values()], units)
    actions.keep_agreements(now=voices.now)
    actions.write_due_reports(now=voices.now)


class _Bonds:
    def __init__(self, place: Place, voices: Voices) -> None:
        self.place, self.voices = place, voices
        self.desk, self.lead = voices.desk(place), voices.lead(place)
        self.keys = (f"demo-bond-{number}" for number in count())

    def in_force(self) -> None:
        """Ten clauses with the city management, proven by what came and who came to the meetings."""
        row = self._signed(BUREAU, since=240, left=490)
        parties = {queries.side_of(one): one.pk for one in queries.parties_of(row)}
        clauses = {(one.measure.code, one.side): one.pk for one in queries.clauses_of(row)}
        for one in NOTED:
            actions.note_evidence(
                self.desk, agreement_id=row.pk, clause_id=clauses[one.measure, one.side], party_id=parties[one.side],
                day=self.voices.ago(one.days).date(), words=one.words, now=self.voices.ago(one.days),
                once=next(self.keys),
            )  # fmt: skip

    def under_review(self) -> None:
        """The insurer has judged, sealed; Dongzheng has not yet."""
        row, (_unit, officer) = self._signed(INSURER, since=300, left=65), self.voices.named(INSURER)
        review = actions.start_review(self.desk, agreement_id=row.pk, now=self.voices.ago(6))
        (form,) = queries.forms_to_fill(officer, review)
        marks = {str(one.pk): ("kept", "") for one in form.clauses}
        marks[str(form.clauses[-1].pk)] = ("partly", "第二季度的报告晚了十来天。")
        actions.judge(
            officer, review_id=review.pk, party_id=form.party.pk, marks=marks, wish="renew", now=self.voices.ago(2),
            words="居民还车位很守时，想继续。",
        )  # fmt: skip

    def about_to_end(self) -> None:
        """The bank's ends in some weeks; both were told."""
        self._signed(BANK, since=345, left=20)

    def one_sided(self) -> None:
        """A draft from which the community's duty was struck out: it cannot go round."""
        row = self._drafted(FACTORY, since=0, left=365, at=2)
        gone = next(one for one in queries.clauses_of(row) if (one.measure.code, one.side) == ("duty", Side.LOCAL))
        actions.drop_clause(self.desk, agreement_id=row.pk, clause_id=gone.pk, now=self.voices.ago(1))

    def with_everybody(self, district: Place, communities: Iterable[Place], units: list[MemberUnit]) -> None:
        """The district's own: all streets, towns, communities and units are asked, the first have signed."""
        at, who = self.voices.ago(12), self.voices.lead(district)
        row = actions.draft_agreement(
            who, place=district, title="区域化党建共建协议（全区）", since=(self.voices.now + 20 * DAY).date(),
            until=(self.voices.now + 385 * DAY).date(), units=units, now=at, once=next(self.keys),
        )  # fmt: skip
        places = {one.pk: one for place in communities for one in (place, place.parent) if one}
        actions.add_parties(who, agreement_id=row.pk, places=places.values(), now=at)
        actions.circulate(who, agreement_id=row.pk, now=at)
        for name in (BUREAU, SCHOOL, BANK):
            self._sign(row, self.voices.named(name)[1], self.voices.ago(9).date(), 9)
        self._sign(row, self.lead, self.voices.ago(8).date(), 8)

    def _drafted(self, name: str, *, since: int, left: int, at: int) -> Agreement:
        """Drafted so many days ago, in force since so many days ago and for so many more."""
        ago, unit = self.voices.ago, neighbourhood.unit_named(name)
        row = actions.draft_agreement(
            self.desk, place=self.place, title=f"{self.place.name}与{name.removesuffix('（演示）')}共建协议", units=[unit],
            since=ago(since).date(), until=(self.voices.now + left * DAY).date(), now=ago(at), once=next(self.keys),
        )  # fmt: skip
        for one in queries.clauses_of(row):
            if one.measure.code not in MEASURES:
                actions.drop_clause(self.desk, agreement_id=row.pk, clause_id=one.pk, now=ago(at))
            elif one.proof == ProofKind.LISTS:
                self._by_meetings(row, one, at)
        return row

    def _by_meetings(self, row: Agreement, one: Clause, at: int) -> None:
        details = ClauseDetails(one.measure, one.side, MEETINGS, ProofKind.MEETINGS, 80)
        actions.write_clause(self.desk, agreement_id=row.pk, details=details, clause_id=one.pk, now=self.voices.ago(at))

    def _signed(self, name: str, *, since: int, left: int) -> Agreement:
        """Drafted, sent round and signed by both sides before its first day."""
        row = self._drafted(name, since=since, left=left, at=since + 14)
        actions.circulate(self.desk, agreement_id=row.pk, now=self.voices.ago(since + 12))
        _unit, officer = self.voices.named(name)
        for who in (officer, self.lead):
            row = self._sign(row, who, self.voices.ago(since + 5).date(), since)
        return row

    def _sign(self, row: Agreement, who: Actor, day: date, noted: int) -> Agreement:
        party: Party = queries.signing_of(who, row).unsigned[0]
        signer = who.label.split("（")[0]
        return actions.sign_agreement(
            who, agreement_id=row.pk, party_id=party.pk, signer=signer, signed_on=day, now=self.voices.ago(noted)
        )
