"""Pages, one folder per audience; views are thin: a form, one action, one redirect.

Owns no rows. `context` says what every page knows, `switches` holds large type and language,
`security` sends the policy.
Promises: every page works without JavaScript; nothing is shown that a room's query did not return to this person.
"""
