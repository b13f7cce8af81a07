"""Made-up demands in the words of the trade, some words in every tenth of them, some in one of fifty thousand."""

import random
from dataclasses import dataclass

# (weight, what is wrong): each sentence is ours.
TROUBLES = (
    (14, ("小区门口乱停车，把消防通道堵住了", "地下车库没有固定停车位，天天抢", "路边停车占了人行道，轮椅过不去")),
    (9, ("单元门口的路灯不亮有一个星期了", "院坝的路灯白天亮晚上灭", "步道灯坏了三盏，老人摔过跤")),
    (9, ("楼下垃圾桶满了没有人收，味道很大", "有人半夜往绿化带倒建筑垃圾", "垃圾房的门坏了，野猫把袋子翻得到处都是")),
    (8, ("楼上住户深夜打麻将，声音很大", "对面工地凌晨还在施工，睡不着觉", "楼下餐馆的抽油烟机整天轰鸣")),
    (8, ("电梯这个月坏了三次，昨天又关了人", "电梯按键失灵，要走十几层楼", "电梯年检过期了还在用")),
    (7, ("早上停水到现在没有通知", "水压太小，热水器打不着火", "水表走得快，上月多收了水费")),
    (6, ("物业不开发票，收费也不公示", "物业把公共收益用到哪里没有人知道", "保安夜里睡觉，楼道进了小偷")),
    (5, ("楼道里堆满纸箱和旧家具，怕着火", "有人在楼梯间给电动车充电", "消防栓里没有水，灭火器过期了")),
    (4, ("顶楼一下雨就漏水，墙皮都泡掉了", "屋顶漏水一年多，修了又漏", "外墙瓷砖空鼓，掉下来砸坏了车")),
    (3, ("下水道堵了，污水漫到路上", "化粪池冒水，一楼没法住")),
    (2, ("路面坑坑洼洼，推婴儿车过不去", "人行道的盲道被摊位占了")),
    (1, ("健身器材的螺丝松了，小孩玩着危险", "儿童滑梯裂了口子")),
    (1, ("老房子想加装电梯，一楼不同意怎么办", "加装电梯的补贴什么时候发")),
    (1, ("窨井盖不见了，晚上看不清", "井盖翘起来，车过就响")),
)
PLEAS = (
    "请社区来看看。", "希望尽快处理，谢谢。", "打过两次电话都没有人管。", "请给一个明确的答复。", "我们整栋楼都签了名。",
    "家里有老人，实在不方便。", "去年也反映过，好了两个月又这样。", "请问归哪个部门管？", "如果需要可以提供照片。",
    "白天上班不在家，晚上七点以后可以联系。", "邻居之间为这件事吵过好几回。", "希望街道能来协调一下。",
)  # fmt: skip
DETAILS = (
    "从上个月开始就是这样，越来越严重。", "前天夜里下大雨的时候最厉害，水一直流到二楼的楼梯口。",
    "我们几户人家自己凑钱修过一次，没有用，师傅说要从主管道修起。", "物业说归市政管，市政说归物业管，来回推了半年。",
    "孩子上学每天从这里过，家长都很担心，已经有人摔倒送了医院。", "问过居委会，说要开会商量，后来没有下文。",
    "附近的店铺也受影响，生意都不好做，几家老板一起写了意见。", "听说别的小区已经改好了，我们这里什么时候轮到？",
    "如果没有经费，我们愿意按户分摊一部分，但是要公开账目。", "夏天蚊虫多，气味也大，窗户都不敢开。",
    "冬天供暖的时候也出过同样的事，当时赔了一点钱就算了。", "隔壁单元情况一样，他们说已经登记了，还没有轮到。",
)  # fmt: skip
# Signs for names of shops and alleys, so that pairs have a long tail as in real texts.
SIGNS = (
    "金银玉石山水云霞春夏秋冬东西南北福禄寿喜龙凤麟鹤松柏竹梅兰菊荷桂江河湖海桥渡坪坝沟湾岭"
    "坡嘴垭塘井泉洞岩溪田园林庄村店铺坊馆堂阁斋轩居苑庭府宅院巷弄街路道口门关台亭楼塔寺庙宫观"
)
# Word, one row of so many.
RARE = (("鹦鹉学舌", 50_000), ("蜂窝煤炉", 20_000), ("广场舞音箱", 2_000), ("烧烤摊", 400))


@dataclass(frozen=True)
class Text:
    """The words of one demand; `trouble` is the place in TROUBLES."""

    subject: str
    body: str
    where: str
    trouble: int


def text(number: int, chance: random.Random) -> Text:
    """The words of the demand with this number."""
    pick = chance.random
    trouble = _WEIGHTED[int(pick() * len(_WEIGHTED))]
    sentences = TROUBLES[trouble][1]
    said = sentences[int(pick() * len(sentences))]
    name = "".join(SIGNS[int(pick() * len(SIGNS))] for _ in range(3))
    floor = f"{int(pick() * 40) + 1}栋{int(pick() * 4) + 1}单元{int(pick() * 30) + 1}楼"
    parts = [f"{name}旁边，{floor}，{said}。"]
    length = pick()
    parts += [DETAILS[int(pick() * len(DETAILS))] for _ in range(0 if length < 0.5 else 2 if length < 0.9 else 6)]
    parts += [f"{word}也在那里。" for word, every in RARE if number % every == 7]
    parts.append(PLEAS[int(pick() * len(PLEAS))])
    return Text(said[:30], "".join(parts), f"{floor}{name}", trouble)


_WEIGHTED = [place for place, (weight, _said) in enumerate(TROUBLES) for _ in range(weight)]
