"""`gongzhi train categories`: learned from what people classified, judged before it is used, and used by the pages."""

import itertools
import random
from pathlib import Path

import pytest

from gongzhi.console.commands.train import _kept_back
from gongzhi.console.demo.cast import FOUNDER
from gongzhi.console.main import modules, parser
from gongzhi.demands import actions, clock, suggestions
from gongzhi.demands.categorising import CategoryModel
from gongzhi.demands.models import Demand
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.queries import places
from tests.town import NOW, Town, build
from tests.working import work

_TOPICS = {
    "0101": (["车库", "负一楼", "地下停车场"], ["漏水", "滴水，车淋湿了", "积水很深"]),
    "0102": (["垃圾桶", "垃圾房", "楼下垃圾"], ["没人清运", "发臭", "堆满了"]),
}


def messages(code: str, number: int) -> list[str]:
    """So many different messages about one topic, the same at every run."""
    things, troubles = _TOPICS[code]
    whole = [
        f"{where}的{thing}{trouble}，{when}，请社区处理"
        for where, thing, trouble, when in itertools.product(
            ["东门", "三栋", "小区里", "我家旁边"], things, troubles, ["昨天开始", "有一周了", "一个月了", "每天晚上"]
        )
    ]
    return random.Random(7).sample(whole, number)


def run(*words: object) -> int:
    args = parser(modules()).parse_args(["train", "categories", *map(str, words)])
    return args.module.run(args)


@pytest.fixture(autouse=True)
def data(tmp_path, settings, monkeypatch) -> Path:
    """A data folder of this test's own, and no model remembered from another."""
    settings.DATA = tmp_path / "data"
    monkeypatch.setattr(suggestions, "_kept", None)
    return settings.DATA


@pytest.fixture
def history(town: Town) -> Town:
    """Forty messages of each of two kinds, classified at the desk."""
    desk = town.actor("dongzheng_shegong")
    for code in _TOPICS:
        for body in messages(code, 40):
            pk = town.report(body=body).demand.pk
            actions.classify_demand(desk, demand_id=pk, category=town.category(code), now=NOW)
    return town


def table(path: Path, rows: list[tuple[str, str]], header: str = "text,category") -> Path:
    lines = [header, *(f"{text},{label}" for text, label in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def labelled(number: int = 60) -> list[tuple[str, str]]:
    return [(text.replace(",", "，"), code) for code in _TOPICS for text in messages(code, number)]


def test_it_learns_from_the_districts_own_and_the_pages_use_it(history: Town, data: Path, capsys):
    assert suggestions.model() is None
    assert run() == 0
    said = capsys.readouterr().out
    assert "2 类" in said and "五折交叉验证" in said and "已启用" in said
    model = suggestions.model()
    assert model is not None and model.origin == "history"
    assert model.suggest("地下停车场又漏水了")[0].code == "0101"
    assert CategoryModel.load(data / "models" / "categories.npz").suggest("垃圾房发臭")[0].code == "0102"


def test_a_worse_model_is_refused_unless_it_is_wanted_anyway(town: Town, tmp_path: Path, data: Path, capsys):
    good = table(tmp_path / "good.csv", labelled())
    assert run("--from", good) == 0
    before = (data / "models" / "categories.npz").read_bytes()
    swapped = {"0101": "0102", "0102": "0101"}
    rows = [(text, code if _kept_back(text) else swapped[code]) for text, code in labelled()]
    bad = table(tmp_path / "bad.csv", rows)
    assert run("--from", bad) == 1
    assert "新模型不如现有模型，未启用" in capsys.readouterr().out
    assert (data / "models" / "categories.npz").read_bytes() == before
    assert run("--from", bad, "--anyway") == 0
    assert (data / "models" / "categories.npz").read_bytes() != before
    assert (data / "models" / "categories.previous.npz").read_bytes() == before


def test_a_new_file_is_picked_up_and_an_unreadable_one_is_no_trouble(town: Town, tmp_path: Path, data: Path, caplog):
    run("--from", table(tmp_path / "good.csv", labelled()))
    first = suggestions.model()
    assert suggestions.model() is first, "read once"
    rows = [(text, code) for text, code in labelled() if "滴水" not in text]
    assert run("--from", table(tmp_path / "fewer.csv", rows), "--anyway") == 0
    assert suggestions.model() is not first
    (data / "models" / "categories.npz").write_bytes(b"half a file")
    actions.load_categories(FOUNDER, now=NOW)
    model = suggestions.model()
    assert model is not None and model.origin == "seeds"
    assert "cannot be read" in caplog.text


@pytest.mark.parametrize(
    ("content", "words", "said"),
    [
        (None, [], "找不到文件"),
        ("text,kind\n漏水,0101\n", [], "没有这一列 no such column：category"),
        ("text,category\n漏水,天文\n", [], "没有本区的类别"),
        ("", [], ""),
        ("text,category\n漏水,0101\n", ["--text-column", "text", "subject"], "subject"),
    ],
)
def test_what_it_cannot_use_is_said_in_words(town: Town, tmp_path: Path, capsys, content, words, said):
    path = tmp_path / "rows.csv"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert run("--from", path, *words) == 2
    assert said in capsys.readouterr().err


def test_labels_may_be_names_and_strange_ones_are_said(town: Town, tmp_path: Path, capsys):
    names = {"0101": "车库漏水", "0102": "暴露垃圾"}
    rows = [(text, names[code]) for text, code in labelled()] + [("星星太亮", "天文")] * 3
    assert run("--from", table(tmp_path / "named.csv", rows)) == 0
    assert "天文（3）" in capsys.readouterr().out
    model = suggestions.model()
    assert model is not None and set(model.codes) == {"0101", "0102"}


def test_too_little_is_nothing_to_learn_from(town: Town, tmp_path: Path, capsys):
    assert run() == 1
    assert run("--from", table(tmp_path / "few.csv", [("车库漏水", "0101"), ("垃圾发臭", "0102")])) == 1
    assert "无法训练：至少要有两个类别" in capsys.readouterr().out


def test_the_task_stores_suggestions_with_reasons_and_chooses_nothing(history: Town):
    assert run() == 0
    pk = history.report(body="我家旁边的地下停车场漏水，有一周了").demand.pk
    clock.suggest_category(district=neighbourhood.district_name(), demand_id=pk)
    demand = Demand.objects.get(pk=pk)
    first = demand.suggestions[0]
    assert first["code"] == "0101"
    assert 0.5 < first["confidence"] <= 1
    assert any("漏水" in word or "停车场" in word for word in first["because"])
    assert demand.category_id is None


def test_a_job_of_another_district_is_refused(town: Town):
    with pytest.raises(clock.ElsewhereError):
        clock.suggest_category(district="别的区", demand_id=1)


@pytest.mark.django_db(transaction=True)
def test_the_worker_takes_what_an_intake_left(data: Path):
    places._district_name.cache_clear()
    town = build()
    actions.load_categories(FOUNDER, now=NOW)
    pk = town.report(body="单元门口的路灯不亮，电梯也坏了").demand.pk
    work("text")
    demand = Demand.objects.get(pk=pk)
    assert demand.category_id is None
    assert demand.suggestions
    assert all(0 < one["confidence"] <= 0.5 for one in demand.suggestions), "a first model never looks sure"
