"""底座: places, people, member units and networks; who is what, where, and since when.

Verbs: register and retire places, register people and units, appoint, join and leave networks.
Promises: official codes are never reused; contact data stands sealed in its own table under its own right;
each level sees its own subtree; 63 persons are never counted as 63 communities.
"""
