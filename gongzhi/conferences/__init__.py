"""联席会议: who meets when about what, what was decided, who has it in hand by which day, and what became of it.

Verbs: propose, notify, table, open, call the roll, decide, close, sign; mobilise; raise, discuss, decide, carry out, check;
register a space, hold, skip, end, give up a slot.
Promises: no minutes are signed while a decision lacks its owner or its day; pledges, needs and projects come of the signing or
not at all; the next meeting opens with what became of the last; no two use a space at once. Anything else is private.
"""
