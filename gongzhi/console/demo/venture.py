"""A young firm in the street of its registered address: it gives little at first, lacks money and a technical answer,
is met by two referrals, and gives in turn. All made up.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from gongzhi.console.demo import bargains
from gongzhi.console.demo.names import SOFTWARE
from gongzhi.console.demo.voices import Voices
from gongzhi.exchange import actions, talk_rules
from gongzhi.exchange.actions import NeedDetails, OfferDetails, Party
from gongzhi.exchange.talk_rules import Topic
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor

FACTS = "一家本地软件企业，十几名员工，有在手订单，想融资，也想请人看一个图像识别的难题。"
QUESTION, REPLY = "识别的是什么？光线固定吗？", "识别零件表面的划痕，光线固定，小划痕常漏。"


def load(street: Place, voices: Voices, *, now: datetime) -> None:
    """What it lacked in spring, who helped, and what it has given since."""
    unit, firm = voices.named(SOFTWARE)
    desk, ago = voices.desk(street), voices.ago
    details = NeedDetails(
        "funds", "流动资金和一个技术难题", Decimal(100), "万元", urgency=3, confidential=True,
        words="接了一个大单，要垫设备款；检测程序对小划痕总是漏。", deadline=(now + timedelta(days=60)).date(),
    )  # fmt: skip
    need = actions.state_need(firm, details=details, unit=unit, now=ago(160), once="demo-firm").need.pk
    actions.verify_need(desk, need_id=need, now=ago(158))
    bank = _asked(desk, firm, need, "江畔银行科技支行（演示）", "请看看能不能给一笔流动资金贷款。", ago(150))
    expert = _asked(desk, firm, need, "某高校图像识别实验室（演示）", "请一位老师看看漏检是怎么回事。", ago(149))
    _helped(bank, firm, "授信已批，分两次放款。", 100, ago(140), ago(120))
    _asked_back(expert, firm, ago(146))
    _helped(expert, firm, "来厂里看过一天：换一个打光角度，再补两百张样片，漏检就下来了。", None, ago(143), ago(128))
    actions.meet_need(desk, need_id=need, words="贷款到了，难题也解了。", now=ago(115))
    _gives(street, desk, voices)


def _asked(desk: Actor, firm: Actor, need: int, name: str, asked: str, at: datetime) -> int:
    """The desk writes what the outsider may be told, the firm agrees to the words; the outreach."""
    row = actions.start_outreach(
        desk, need_id=need, party=Party(name), asked=asked, facts=FACTS, now=at, once=f"demo-{name}"
    )
    actions.agree_outreach(firm, outreach_id=row.pk, now=at + timedelta(hours=6))
    actions.open_outreach(talk_rules.outsider(row.pk), outreach_id=row.pk, now=at + timedelta(hours=26))
    return row.pk


def _asked_back(outreach: int, firm: Actor, at: datetime) -> None:
    """The expert wants to know more first; the firm answers."""
    about = talk_rules.outsider(outreach)
    actions.ask_more(about, outreach_id=outreach, words=QUESTION, now=at, once="demo-q")
    actions.write_message(
        firm,
        topic=Topic.OUTREACH,
        about_id=outreach,
        words=REPLY,
        asks=False,
        now=at + timedelta(hours=20),
        once="demo-a",
    )


def _helped(outreach: int, firm: Actor, result: str, brought: int | None, said: datetime, done: datetime) -> None:
    who = talk_rules.outsider(outreach)
    actions.answer_outreach(who, outreach_id=outreach, verb="accept", words="可以帮忙。", now=said)
    actions.report_outreach(who, outreach_id=outreach, words=result, brought=brought, now=done)
    actions.confirm_outreach(firm, outreach_id=outreach, now=done + timedelta(days=1))


def _gives(street: Place, desk: Actor, voices: Voices) -> None:
    """Hours of its people for the street's page of services, in two parts; and places for young people to look in."""
    unit, firm = voices.named(SOFTWARE)
    ago, last = voices.ago, (voices.now + timedelta(days=180)).date()
    hours = OfferDetails("skill", "网页制作", 40, "小时", tags=["网页"], valid_until=last, place=street)
    visits = OfferDetails("information", "见习岗位", 4, "次", tags=["招聘信息"], valid_until=last, place=street)
    page, _looks = (
        actions.state_offer(firm, details=one, unit=unit, now=ago(100), once=f"demo-{one.title}").offer.pk
        for one in (hours, visits)
    )
    wanted = NeedDetails("skill", "街道便民服务网页", 16, "小时", tags=["网页"], deadline=last)
    need = actions.state_need(desk, details=wanted, place=street, now=ago(98), once="demo-page").need.pk
    actions.verify_need(desk, need_id=need, now=ago(98))
    pledge = bargains.agreed(desk, firm, desk, need, page, 16, due=ago(60), at=ago(95))
    for days, part in ((85, 10), (70, 6)):
        bargains.handed_over(firm, desk, pledge, part, at=ago(days))
