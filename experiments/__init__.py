"""Experiments that are too long for a notebook: ``python -m experiments NAME``.

Each experiment is a module of this package, with its results beside it in ``results/``. Chapters
read the results with `experiments.analysis`.
"""
