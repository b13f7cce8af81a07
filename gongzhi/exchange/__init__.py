"""资源清单·需求清单: what units and communities can give, what is needed, and what was promised and delivered between them.

Verbs: state, verify, suggest, offer, accept, decline, deliver, confirm, dispute, close, introduce; the engine matches.
Promises: nothing commits by itself, both sides accept on their own; every suggestion says why, and what was declined is
not suggested again; nothing is promised twice; both columns are shown, never priced. Anything else is private.
"""
