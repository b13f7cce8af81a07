"""A suggestion is right on clear words, modest on strange ones, and never breaks on what people type."""

import io
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.demands.categorising import (
    CategoryModel,
    NothingToLearn,
    UnreadableModel,
    cold_start,
    cross_validate,
    read_seeds,
    score,
    train,
)

_TOPICS = {
    "lift": (["电梯", "轿厢", "困人"], ["坏了", "停运", "总是晃动"]),
    "noise": (["广场舞", "装修", "夜间施工"], ["太吵", "噪音大", "吵得睡不着"]),
    "bins": (["垃圾桶", "垃圾房", "暴露垃圾"], ["没人清运", "发臭", "堆满"]),
}


def _messages(number: int = 90) -> tuple[list[str], list[str]]:
    chance = random.Random(7)
    texts, labels = [], []
    for at in range(number):
        label = list(_TOPICS)[at % 3]
        things, troubles = _TOPICS[label]
        where = chance.choice(["东门", "三栋", "小区里", "楼下", "我家旁边"])
        when = chance.choice(["昨天", "上周", "一个月了", "每天晚上", "最近"])
        texts.append(f"{where}的{chance.choice(things)}{chance.choice(troubles)}\n{when}，{at}号，请社区处理")
        labels.append(label)
    return texts, labels


@pytest.fixture(scope="module")
def model() -> CategoryModel:
    return train(*_messages())


def test_clear_words_find_their_category_and_are_named_as_the_reason(model):
    first = model.suggest("三栋的电梯坏了")[0]
    assert first.code == "lift"
    assert any("电梯" in words for words in first.because)
    assert 0.5 < first.confidence <= 1


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "\x00\u202e", "!!!"])
def test_nothing_is_suggested_for_nothing(model, text):
    assert model.suggest(text) == []


def test_nonsense_gets_low_confidence(model):
    chance = random.Random(1)
    for _ in range(20):
        text = "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(30))
        assert all(found.confidence < 0.3 for found in model.suggest(text))


def test_a_very_long_text_is_read_by_its_opening(model):
    assert model.suggest("电梯坏了" * 25_000)[0].code == "lift"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_confidences_are_probabilities_in_order(model, text):
    shares = [found.confidence for found in model.suggest(text)]
    assert all(0 < share <= 1 for share in shares)
    assert sum(shares) <= 1 + 1e-9
    assert shares == sorted(shares, reverse=True)


def test_the_same_messages_give_the_same_file_and_it_reads_back(model):
    first, second = io.BytesIO(), io.BytesIO()
    model.save(first)
    train(*_messages()).save(second)
    assert first.getvalue() == second.getvalue()
    first.seek(0)
    assert CategoryModel.load(first).suggest("楼下广场舞太吵") == model.suggest("楼下广场舞太吵")


def test_a_file_that_is_no_model_is_refused(tmp_path):
    (tmp_path / "m.npz").write_bytes(b"not a model")
    with pytest.raises(UnreadableModel):
        CategoryModel.load(tmp_path / "m.npz")
    np.savez(tmp_path / "p.npz", about=np.array([{}], object))
    with pytest.raises(UnreadableModel):
        CategoryModel.load(tmp_path / "p.npz")


def test_one_category_or_no_messages_is_nothing_to_learn():
    texts, _ = _messages(30)
    for some, labels in ((texts, ["lift"] * 30), ([], []), ([""] * 10, list("ab") * 5)):
        with pytest.raises(NothingToLearn):
            train(some, labels)


def test_a_category_with_hardly_any_messages_is_left_out_and_named():
    texts, labels = _messages()
    assert train([*texts, "路灯不亮"], [*labels, "lamp"]).left_out == ("lamp",)


def test_cross_validation_tells_good_labels_from_random_ones():
    texts, labels = _messages()
    shuffled = random.Random(2).sample(labels, len(labels))
    assert cross_validate(texts, labels).macro_f1 > 0.9 > 0.6 > cross_validate(texts, shuffled).macro_f1


def test_the_first_model_knows_the_delivered_categories_and_says_where_it_comes_from():
    model = cold_start([row for row in read_seeds() if row.parent_code])
    assert (model.origin, model.calibrated) == ("seeds", False)
    name = {row.code: row.name for row in read_seeds()}
    for text, wanted in (("路灯不亮", "路灯"), ("电梯困人", "电梯"), ("墙上贴了好多小广告", "非法小广告")):
        assert wanted in [name[found.code] for found in model.suggest(text)]
    assert score(model, ["路灯不亮"], [model.suggest("路灯不亮")[0].code]).rows == 1


def test_a_model_that_never_met_a_message_never_looks_sure():
    rows = [row for row in read_seeds() if row.parent_code]
    model = cold_start(rows)
    for text in ("电梯", "加装电梯要多少户同意", " ".join(f"{row.name} 电梯困人 电梯坏了" for row in rows)):
        assert all(found.confidence <= 0.5 for found in model.suggest(text))


def test_delivered_categories_are_whole():
    rows = read_seeds()
    keys = {(row.version, row.code) for row in rows}
    assert len(keys) == len(rows)
    assert all(row.name and row.english and row.valid_from for row in rows)
    assert all(not row.parent_code or (row.version, row.parent_code) in keys for row in rows)
    assert len([row for row in rows if row.version == "letters7"]) == 7
