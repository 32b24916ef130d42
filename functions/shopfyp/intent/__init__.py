"""What a query says beyond its words: slots, and how well products suit them.

`parsing` reads a query by rules (`patterns`, `words`) and by the catalogue's own `vocabulary`;
`fitting` gives products a factor. Nothing is imported here: the API's models need `slots` only.
"""
