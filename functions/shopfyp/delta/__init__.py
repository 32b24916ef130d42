"""What changed since a release was built, served beside it until the next build merges it.

A changed product keeps its row and a new one gets one after the last, so that all that is known by
row stays true: `records`, `vectors` and `words` are the release's own parts with some rows changed,
`changed` puts them together as a release, and `live` keeps up with Firestore.
"""
