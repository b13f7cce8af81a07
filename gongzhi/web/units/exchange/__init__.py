"""The units' pages of offers and needs: what waits for an answer, what was promised, what came, the two lists."""
