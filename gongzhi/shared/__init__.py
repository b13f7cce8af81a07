"""What every room stands on; knows no room.

`trail` (who did what), `moves` (reads lifecycle tables), `notices` (tell a person), `workdays` (which days count),
`sheets` (spreadsheets in and out), `secrets` (sealed columns, signed links) and `texts` (search in Chinese).
Anything else belongs to a room.
"""
