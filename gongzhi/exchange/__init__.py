"""资源清单·需求清单: what units and communities can give, what is needed, and what was promised and delivered between them.

Verbs: state, verify, suggest, offer, accept, decline, deliver, confirm, dispute, close, introduce; the engine matches.
Promises: nothing commits by itself, both sides accept on their own; nothing is promised twice; what was delivered is
said by the giver and confirmed by the receiver alone; both columns are shown, never priced. Anything else is private.
"""
