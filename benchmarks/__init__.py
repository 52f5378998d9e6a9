"""How fast the package trains, how much memory it takes, and how it compares.

``python -m benchmarks`` runs everything and keeps the numbers in ``results/``; ``make bench`` does
the same. Nothing here is part of the package.
"""
