"""Whether a plan of `gongzhi match` keeps every rule of its problem: python -m bench.feasible PROBLEM.json PLAN.json

Written from docs/matching.md alone and slowly, pair by pair. Shares no code with the engine: only Python's own library.
"""

import argparse
import json
import math
import sys
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

Row = dict[str, Any]
EARTH_M = 6_371_008.8
A_LITTLE = 1e-4


def broken(problem: Row, plan: Row) -> list[str]:
    """Every rule that a plan breaks, in words; both as the files have them."""
    needs = {row["id"]: row for row in problem.get("needs", [])}
    offers = {row["id"]: row for row in problem.get("offers", [])}
    got, gave = defaultdict(list), defaultdict(list)
    wrong = []
    pairs = set()
    for row in plan["suggestions"]:
        name = f"{row['need']} × {row['offer']}"
        if (row["need"], row["offer"]) in pairs:
            wrong.append(f"{name}: twice")
        pairs.add((row["need"], row["offer"]))
        need, offer = needs[row["need"]], offers[row["offer"]]
        got[need["id"]].append(row["quantity"])
        gave[offer["id"]].append(row["quantity"])
        wrong += [f"{name}: {rule}" for rule in _misfits(problem, need, offer, row["quantity"])]
    for need in needs.values():
        parts = got[need["id"]]
        if sum(parts) > need["quantity"] + A_LITTLE:
            wrong.append(f"{need['id']}: more than needed")
        if need.get("whole_only") and 0 < sum(parts) < need["quantity"] - A_LITTLE:
            wrong.append(f"{need['id']}: in part, though only whole")
        if need.get("most_offers") is not None and len(parts) > need["most_offers"]:
            wrong.append(f"{need['id']}: of {len(parts)} offers")
    for offer in offers.values():
        parts = gave[offer["id"]]
        if sum(parts) > offer["quantity"] + A_LITTLE:
            wrong.append(f"{offer['id']}: more than there is")
        if not offer.get("divisible", True) and len(parts) > 1:
            wrong.append(f"{offer['id']}: divided")
    return wrong + _miscounted(needs, got, plan)


def _miscounted(needs: dict[str, Row], got: dict[str, list[float]], plan: Row) -> list[str]:
    """Needs that the plan neither meets nor names as unmet, or names with another share than it gives."""
    unmet = {row["need"]: row["share"] for row in plan["unmet"]}
    found = []
    for name, need in needs.items():
        share = sum(got[name]) / need["quantity"]
        if abs(share - unmet.get(name, 1.0)) > A_LITTLE:
            found.append(f"{name}: said to be met by {unmet.get(name, 1.0):g}, gets {share:g}")
    return found


def _misfits(problem: Row, need: Row, offer: Row, quantity: float) -> list[str]:
    tags, audience = set(need.get("tags", [])), set(need.get("audience", []))
    others, meant = set(offer.get("tags", [])), set(offer.get("audience", []))
    kept = {
        "kind": need["kind"] == offer["kind"],
        "measure": need["measure"] == offer["measure"],
        "tags": not tags or not others or tags <= others,
        "audience": not meant or (audience and audience <= meant),
        "asks itself": need["asker"] != offer["giver"],
        "time": _in_time(problem["day"], need, offer),
        "reach": _within_reach(need, offer),
        "place": _serves(need, offer),
        "windows": _minutes(need.get("windows", []), offer.get("windows", [])) >= 30,
        "most": offer.get("most") is None or quantity <= offer["most"] + A_LITTLE,
        "smallest": quantity >= min(offer.get("smallest", 0), need["quantity"]) - A_LITTLE,
        "whole numbers": not (_whole(need["quantity"]) and _whole(offer["quantity"])) or _whole(quantity),
        "nothing": quantity > 0,
        "declined": not any(_refuses(row, problem["day"], need, offer) for row in problem.get("refusals", [])),
    }
    return [rule for rule, good in kept.items() if not good]


def _in_time(day: str, need: Row, offer: Row) -> bool:
    last = max(need.get("deadline") or "9999-12-31", day)
    return (offer.get("valid_from") or day) <= last and (offer.get("valid_until") or day) >= day


def _within_reach(need: Row, offer: Row) -> bool:
    if offer.get("reach_m") is None:
        return True
    if not need.get("position") or not offer.get("position"):
        return False
    return _metres(need["position"], offer["position"]) <= offer["reach_m"] * 1.001


def _serves(need: Row, offer: Row) -> bool:
    if offer.get("reach_places") is None:
        return True
    for code in offer["reach_places"]:
        # 500104002000 names a street: all codes that begin as it does before its zeros lie in it.
        begins = code
        while len(begins) > 6 and begins[-3:] == "000":
            begins = begins[:-3]
        if begins and need.get("place", "").startswith(begins):
            return True
    return False


def _minutes(mine: list[list[int]], theirs: list[list[int]]) -> int:
    """Minutes of the week in common, counted one by one."""
    weeks = [
        {(day, minute) for day, since, until in windows for minute in range(since, until)}
        for windows in (mine, theirs)
        if windows
    ]
    return len(set.intersection(*weeks)) if weeks else 7 * 1440


def _metres(one: list[float], other: list[float]) -> float:
    """Along the great circle, by the cosine."""
    east, north, far_east, far_north = (math.radians(value) for value in (*one, *other))
    flat = math.cos(north) * math.cos(far_north) * math.cos(far_east - east)
    return EARTH_M * math.acos(min(1.0, math.sin(north) * math.sin(far_north) + flat))


def _refuses(row: Row, day: str, need: Row, offer: Row) -> bool:
    if row["why"] == "declined":
        return bool(row["need"] == need["id"] and row["offer"] == offer["id"])
    if row["giver"] != offer["giver"]:
        return False
    if row["why"] == "not_this_kind":
        return bool(row["kind"] == offer["kind"])
    if row["why"] == "not_before":
        return date.fromisoformat(day) < date.fromisoformat(row["day"])
    return bool(row["asker"] == need["asker"])


def _whole(value: float) -> bool:
    return abs(value - round(value)) < 1e-9


def main() -> int:
    """Print what is broken; 1 where something is."""
    asked = argparse.ArgumentParser(prog="bench.feasible", description=__doc__)
    asked.add_argument("problem", type=Path)
    asked.add_argument("plan", type=Path)
    options = asked.parse_args()
    problem, plan = (json.loads(path.read_text(encoding="utf-8")) for path in (options.problem, options.plan))
    wrong = broken(problem, plan)
    print("\n".join(wrong) or f"{len(plan['suggestions'])} suggestions keep every rule.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
