"""联席会议 at the desk: planned, called, led in the room, signed and filed; calls to act; the pavilion."""
