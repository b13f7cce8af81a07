"""Figures with their definitions, for the board and its bulletins.

Owns nothing but definitions: every figure is counted from the rows of the other rooms when it is asked for.
Verbs: none. Promises: a figure counts only what the asker may see, says how it came to be and over how many,
and leads to exactly the rows that it counted. What was stated by others is never mixed with what we counted.
"""
