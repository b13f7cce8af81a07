"""项目清单: what was agreed to be done together by a day: its tasks, crews, funds, zones, and what was installed.

Verbs: ask, open, agree, start, plan, report, close, waive, finish, stop, spend, zone, install, accept.
Promises: the margin to the fixed day is shown every day; a task closes with proof or a reasoned waiver; what is
installed is not accepted until it is signed for; no project is without its strand. Anything else is private.
"""
