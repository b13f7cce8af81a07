"""From the best of the linear programme to a plan that holds: whole needs or none, few offers, smallest parts. Pure.

Needs that break no rule keep what the programme gave them. For the others, and those that got nothing, it is solved
again and again, each time with a little of what breaks a rule shut out; what is left then is put in where there is room.
That takes moments; `improving` goes on while there is time. An ask costs here what it cost at the programme's best,
whoever else is asked.
"""

from typing import NamedTuple

import numpy as np

from gongzhi.exchange.programme import Programme
from gongzhi.exchange.solving import DUST, WORTH, Facts, Relaxed

_TURNS, _FREE_TURNS = 12, 4
_NEEDS_SHAKEN, _OFFERS_SHAKEN, _PERHAPS = 6, 8, (0.7, 1.3)
_NEAR_NONE, _NEAR_HALF = 0.3, 0.5
_PAIRS = 150
"""How many pairs of needs that stand in each other's way are planned anew at once."""


def settle(facts: Facts, best: np.ndarray, offer_prices: np.ndarray) -> np.ndarray:
    """A plan that keeps all rules, from the best of the programme and what it says one of each offer is worth."""
    faults = _faults(facts, best)
    again = faults.needs | (faults.got < DUST)
    plan = np.where(again[facts.need], 0.0, best)
    at = np.flatnonzero(again[facts.need] & fitting(facts, plan))
    if len(at) and faults.needs.any():
        plan[at] = _by_turns(part_of(facts, at, plan))
    plan = put_in(facts, tidy(facts, _rounded(facts, plan)), offer_prices)
    return push_in(facts, plan, offer_prices, best) if faults.needs.any() else plan


def holds(facts: Facts, quantity: np.ndarray) -> bool:
    """Whether no need breaks a rule."""
    return not _faults(facts, quantity).needs.any()


class _Faults(NamedTuple):
    """Which pairs are too small or share an offer in one piece, which needs break a rule, which of them by too many
    offers; `got` their shares."""

    pairs: np.ndarray
    needs: np.ndarray
    many: np.ndarray
    got: np.ndarray


def _faults(facts: Facts, quantity: np.ndarray) -> _Faults:
    some = quantity > 0
    takers = np.bincount(facts.offer, some, minlength=len(facts.held))
    pairs = some & ((quantity < facts.least - DUST) | (~facts.divisible & (takers > 1))[facts.offer])
    got = np.bincount(facts.need, quantity, minlength=len(facts.wanted)) / facts.wanted
    many = np.bincount(facts.need, some, minlength=len(got)) > facts.few
    needs = many | (np.bincount(facts.need, pairs, minlength=len(got)) > 0)
    return _Faults(pairs, needs | (facts.whole_only & (got > DUST) & (got < 1 - DUST)), many, got)


def _by_turns(facts: Facts) -> np.ndarray:
    """The best of a smaller programme, solved again each time something that breaks a rule is shut out."""
    relaxed = Relaxed(facts)
    quantity = relaxed.best()
    for turn in range(_TURNS):
        faults = _faults(facts, quantity)
        if not faults.needs.any():
            break
        relaxed.shut(_too_much(facts, quantity, faults, turn))
        if turn >= _FREE_TURNS:
            good = ~faults.needs & (faults.got > 0)
            pairs = np.flatnonzero(good[facts.need] & (relaxed.column >= 0))
            relaxed.hold(pairs, quantity[pairs])
        quantity = relaxed.best()
    return quantity * ~_faults(facts, quantity).needs[facts.need]


def _too_much(facts: Facts, quantity: np.ndarray, faults: _Faults, turn: int) -> np.ndarray:
    """The pairs to be shut out next: of each need at fault its least part, or all of it where it can hardly be met."""
    part = faults.needs & facts.whole_only & (faults.got < 1 - DUST)
    hopeless = part & (faults.got < (_NEAR_NONE if turn < _FREE_TURNS - 1 else _NEAR_HALF))
    less = (faults.many | (np.bincount(facts.need, faults.pairs, minlength=len(part)) > 0)) & ~hopeless
    if turn > _FREE_TURNS or not (hopeless | less).any():
        hopeless |= part & ~less
    share = np.where(quantity > 0, quantity / facts.most - faults.pairs, np.inf)
    order = np.lexsort((share, facts.need))
    least = order[np.unique(facts.need[order], return_index=True)[1]]
    return np.concatenate([np.flatnonzero(hopeless[facts.need]), least[less[facts.need[least]]]])


def part_of(facts: Facts, at: np.ndarray, rest: np.ndarray) -> Facts:
    """These pairs alone, of what all others leave of each offer."""
    held = left(facts, rest)
    return facts._replace(
        need=facts.need[at],
        offer=facts.offer[at],
        most=np.minimum(facts.most, held[facts.offer])[at],
        least=facts.least[at],
        metres=facts.metres[at],
        whole=facts.whole[at],
        held=held,
    )


def left(facts: Facts, quantity: np.ndarray) -> np.ndarray:
    """What each offer still has; one in one piece nothing once anybody has some of it."""
    rest = facts.held - np.bincount(facts.offer, quantity, minlength=len(facts.held))
    taken = np.bincount(facts.offer, quantity > 0, minlength=len(rest)) > 0
    return np.asarray(np.where(~facts.divisible & taken, 0.0, np.maximum(rest, 0.0)))


def fitting(facts: Facts, plan: np.ndarray) -> np.ndarray:
    """The pairs whose offers still have the smallest part."""
    return np.asarray(left(facts, plan)[facts.offer] >= np.maximum(facts.least, DUST))


def _rounded(facts: Facts, quantity: np.ndarray) -> np.ndarray:
    """Whole numbers where only they will do: each up or down, so that needs get, and offers and givers give, as much as before.

    A transport of single pieces has whole numbers at its best; so has one whose offers are counted by giver as well.
    """
    found = np.where(facts.whole, np.round(quantity), quantity)
    part = np.flatnonzero(facts.whole & (np.abs(quantity - found) > DUST))
    if not len(part):
        return found
    found[part] = np.floor(quantity[part])
    programme, ones = Programme(len(part)), np.ones(len(part))
    for group, room in (
        (facts.need, facts.wanted - np.bincount(facts.need, found, minlength=len(facts.wanted))),
        (facts.offer, facts.held - np.bincount(facts.offer, found, minlength=len(facts.held))),
        (facts.by, np.full(len(facts.asked), np.inf)),
    ):
        numbers, row = np.unique(group[part], return_inverse=True)
        sums = np.bincount(row, quantity[part] - found[part])
        # Beside what comes in parts, a whole piece more may not find room.
        most = np.minimum(np.ceil(sums - DUST), np.floor(room[numbers] + DUST))
        programme.row([(row, np.arange(len(part)), ones)], np.minimum(np.floor(sums + DUST), most), most)
    columns = programme.least((facts.walk / WORTH - facts.value)[part], ones)
    if columns is not None:
        found[part] += np.round(columns)
    return found


def tidy(facts: Facts, quantity: np.ndarray) -> np.ndarray:
    """Quantities that hold exactly: nothing below the smallest part, nothing beyond what is held or wanted."""
    quantity = np.where(facts.whole, np.round(quantity), np.round(quantity, 6))
    quantity = np.clip(quantity, 0, facts.most)
    quantity[quantity < np.maximum(facts.least - 1e-5, DUST)] = 0
    for group, limit in ((facts.offer, facts.held), (facts.need, facts.wanted)):
        over = np.bincount(group, quantity, minlength=len(limit)) - limit
        for at in np.flatnonzero(over > 0):
            mine = np.flatnonzero(group == at)
            for biggest in mine[np.argsort(-quantity[mine], kind="stable")]:
                more = quantity[mine].sum() - limit[at]
                if more <= 0:
                    break
                less = np.ceil(more - DUST) if facts.whole[biggest] else more
                rest = quantity[biggest] - less
                quantity[biggest] = rest if rest >= max(facts.least[biggest] - 1e-5, DUST) else 0.0
    return quantity * ~_faults(facts, quantity).needs[facts.need]


def put_in(facts: Facts, quantity: np.ndarray, offer_prices: np.ndarray) -> np.ndarray:
    """The plan with every need that gets nothing met as far as what is left allows, dearest first."""
    desk = Desk(facts, quantity, offer_prices)
    got = np.bincount(facts.need, quantity, minlength=len(facts.wanted))
    for need in np.argsort(-facts.worth, kind="stable"):
        if got[need] == 0:
            desk.meet(int(need))
    return desk.quantity


def push_in(facts: Facts, quantity: np.ndarray, offer_prices: np.ndarray, best: np.ndarray) -> np.ndarray:
    """The plan with needs met that get less than the programme gave them, in place of such as weigh less.

    Whoever has to give way is met otherwise if there is room; nothing is changed where no weight is gained by it.
    """
    desk = Desk(facts, quantity, offer_prices)
    lost = facts.worth * np.bincount(facts.need, best - quantity, minlength=len(facts.wanted)) / facts.wanted
    for need in np.argsort(-lost, kind="stable"):
        if lost[need] <= DUST:
            break
        desk.push(int(need))
    return desk.quantity


class Desk:
    """A plan that grows by one need at a time, and what each offer still has."""

    def __init__(self, facts: Facts, quantity: np.ndarray, offer_prices: np.ndarray) -> None:
        self.facts, self.quantity, self.rest = facts, quantity.copy(), left(facts, quantity)
        self.price = facts.walk / WORTH + offer_prices[facts.offer]
        self.value = facts.value - facts.walk / WORTH
        self.starts = np.searchsorted(facts.need, np.arange(len(facts.wanted) + 1))
        order = np.argsort(facts.offer, kind="stable")
        self.of_offer = np.split(order, np.searchsorted(facts.offer[order], np.arange(1, len(facts.held))))

    def meet(self, need: int, chance: np.random.Generator | None = None) -> bool:
        """Meet a need that gets nothing from what is left; False where its rules do not allow it. By `chance` now and
        then from another offer than the cheapest."""
        facts = self.facts
        run = np.arange(self.starts[need], self.starts[need + 1])
        room = np.minimum(facts.most[run], self.rest[facts.offer[run]])
        good = room >= np.maximum(facts.least[run], DUST)
        run, room = run[good], room[good]
        price = self.price[run] * (chance.uniform(*_PERHAPS, len(run)) if chance else 1.0)
        # The cheapest first; where that takes too many, the biggest.
        for order in (np.argsort(price, kind="stable"), np.argsort(-room, kind="stable")):
            if len(run) and (some := _filled(facts, run[order], room[order])):
                for at, much in some:
                    self.quantity[at] = much
                    offer = facts.offer[at]
                    self.rest[offer] = self.rest[offer] - much if facts.divisible[offer] else 0.0
                return True
        return False

    def push(self, need: int) -> None:
        """Meet a need in place of such as weigh less, if that gains anything."""
        quantity, rest = self.quantity.copy(), self.rest.copy()
        run = np.arange(self.starts[need], self.starts[need + 1])
        weight = self.value[run] @ quantity[run]
        self._clear(need)
        gave_way: list[int] = []
        open_ = self.facts.wanted[need]
        for at in run[np.argsort(self.price[run], kind="stable")][: min(len(run), int(self.facts.few[need]))]:
            much = min(open_, self.facts.most[at])
            for other in self._cheaper(int(self.facts.offer[at]), self.facts.worth[need]):
                if self.rest[self.facts.offer[at]] >= much:
                    break
                weight += self._clear(other)
                gave_way.append(other)
            open_ -= min(much, self.rest[self.facts.offer[at]])
            if open_ <= DUST:
                break
        if self.meet(need):
            weight -= self.value[run] @ self.quantity[run]
            for other in sorted(gave_way, key=lambda one: -self.facts.worth[one]):
                if self.meet(other):
                    weight -= self._weight(other)
            if weight < -DUST:
                return
        self.quantity, self.rest = quantity, rest

    def shake(self, need: int, chance: np.random.Generator) -> None:
        """Meet a need and some of those around it anew, in an order and from offers left to chance, if nothing is lost."""
        facts = self.facts
        offers = chance.permutation(facts.offer[self.starts[need] : self.starts[need + 1]])[:_OFFERS_SHAKEN]
        taken = [facts.need[pairs[self.quantity[pairs] > 0]] for pairs in (self.of_offer[offer] for offer in offers)]
        around = np.setdiff1d(np.concatenate(taken), [need])
        around = chance.permutation(around)[: chance.integers(2, _NEEDS_SHAKEN + 1)]
        touched = [need, *around.tolist()]
        runs = [slice(self.starts[one], self.starts[one + 1]) for one in touched]
        before, rest = [self.quantity[run].copy() for run in runs], self.rest.copy()
        weight = sum(self._clear(one) for one in touched)
        order = np.argsort(-facts.worth[around] * chance.uniform(0.5, 1.5, len(around)))
        for one in (need, *around[order].tolist()):
            self.meet(one, chance)
        if sum(self._weight(one) for one in touched) < weight - DUST:
            for run, quantity in zip(runs, before, strict=True):
                self.quantity[run] = quantity
            self.rest = rest

    def _cheaper(self, offer: int, worth: float) -> list[int]:
        """Needs that have some of an offer and weigh less, the least first."""
        pairs = self.of_offer[offer]
        needs = self.facts.need[pairs[self.quantity[pairs] > 0]]
        return sorted(
            (int(one) for one in needs if self.facts.worth[one] < worth), key=lambda one: self.facts.worth[one]
        )

    def _weight(self, need: int) -> float:
        run = slice(self.starts[need], self.starts[need + 1])
        return float(self.value[run] @ self.quantity[run])

    def _clear(self, need: int) -> float:
        """Take back what a need got; its weight."""
        weight = self._weight(need)
        for at in range(self.starts[need], self.starts[need + 1]):
            if self.quantity[at] > 0:
                offer = self.facts.offer[at]
                self.rest[offer] = (
                    self.rest[offer] + self.quantity[at] if self.facts.divisible[offer] else self.facts.held[offer]
                )
                self.quantity[at] = 0.0
        return weight


def _filled(facts: Facts, run: np.ndarray, room: np.ndarray) -> list[tuple[int, float]]:
    """One need met from these pairs in turn; nothing where its rules cannot be kept so."""
    need = facts.need[run[0]]
    open_ = float(facts.wanted[need])
    found: list[tuple[int, float]] = []
    for at, most in zip(run.tolist(), room.tolist(), strict=True):
        much = min(open_, most)
        much = float(np.floor(much + DUST)) if facts.whole[at] else much
        if much >= max(facts.least[at], DUST) and len(found) < facts.few[need]:
            found.append((at, much))
            open_ -= much
    return [] if facts.whole_only[need] and open_ > DUST else found
