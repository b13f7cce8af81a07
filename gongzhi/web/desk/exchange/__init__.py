"""The desk's pages of offers and needs: the matching table, one need, one offer, one match, pledges, introductions."""
