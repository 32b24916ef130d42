"""The demo: a shop, its clips and its shoppers, generated from a seed, and the suite to run it."""
