"""诉求: a resident's word, from any channel, to its answer and its rating.

Verbs: receive, classify, dispatch, sign, contact, start, ask, answer, return, extend, supervise, park, reopen, rate,
call back, withdraw, wipe. Promises: the first receiver stays accountable; every due time can be explained in one
sentence; nothing accepted is lost or doubled; contact data goes when its time is over. Anything else is private.
"""
