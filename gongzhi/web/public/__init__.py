"""居民: ask, follow, rate; no account needed."""
