"""What the desk's and the units' pages share: lists with their filters, one demand's page, the forms of its moves.

Owns no rows and no addresses; `desk` and `units` call it with their own `base`. Anything not imported there is private.
"""
