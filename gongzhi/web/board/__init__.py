"""看板: figures, maps and bulletins for the district, its subdistricts and communities.

Every number leads to the rows behind it and says how it came to be; nobody sees beyond their own places.
"""
