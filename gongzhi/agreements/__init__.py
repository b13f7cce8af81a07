"""共建协议: what streets and communities and their units owe each other, who signed which version, how it is kept.

Verbs: draft, circulate, sign, amend, review, judge, renew, end; proofs gather themselves from what really happened.
Promises: nothing is signed that binds one side only; what was signed is not changed, only followed by a version that is
signed anew; neither side reads the other's judgement before both are in; no party is scored. Anything else is private.
"""
