"""The district's own set-up: places, people's networks, limits, days, categories, and spreadsheets taken in."""
