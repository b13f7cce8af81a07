"""统计: figures with their definitions. Reads every room, writes only its own.

Promises: every figure names its n and how it came to be (counted, stated, estimated); small groups are suppressed.
"""
