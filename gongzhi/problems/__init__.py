"""问题: one trouble, however many demands speak of it; its heat, cause and blockers; visits and baseline surveys.

Verbs: place, join, split, merge, survey, name_cause, name_blocker, whistle, refer, solve, reopen; the engine groups.
Promises: demands that one handling would answer stand together; what a person decided the engine leaves; why two
demands stand together can be said in words; an alert comes in time and once. Anything else is private.
"""
