"""问题: one trouble, however many demands speak of it. So far the engine alone.

Will own problems, what belongs to them, their heat, causes and blockers. Verbs of the engine: group, explain, rank.
Promises: demands that one handling would answer stand together; the same archive gives the same problems in
whatever order it comes; why two demands stand together can be said in words. Anything else is private.
"""
