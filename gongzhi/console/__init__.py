"""The `gongzhi` command: starts, checks and serves one district.

Verbs: demo, serve, worker, migrate, doctor, secrets, manage, and what other modules of `commands/` add.
Promises: what it starts it stops; it refuses to start unsafely, and says why in both languages.
Anything but `main.main`, `postgres.Postgres` and `surroundings.prepare` is private to this room.
"""
