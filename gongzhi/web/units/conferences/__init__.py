"""联席会议 for a member: where to be when, what to bring, what it owes; its roster when it is called to act."""
