"""资源清单·需求清单: what is needed, what can be given, who could meet what, who promised it, and whether it came.

Verbs: offer, need, propose, decline, accept, deliver; the engine matches needs and offers over all of them at once.
Promises: every suggestion says why; what was declined is not proposed again; nobody is asked for all because they once
said yes; who gave and who got stands open to both, counted and never priced. Anything else is private.
"""
