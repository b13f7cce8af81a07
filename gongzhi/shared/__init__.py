"""What every room stands on; knows no room.

`trail` (who did what), `moves` (reads lifecycle tables), `steps` (one move of one row), `notices` (tell a person),
`workdays` (which days count), `days` (the calendar as rows), `sheets` (spreadsheets in and out), `secrets` (sealed
columns, signed links), `texts` (search in Chinese), `writing` (rows of several tables in one trip), `reading` (what
every page asks), `tries` (limits on guessing), `checks` (conditions of constraints). Anything else belongs to a room.
"""
