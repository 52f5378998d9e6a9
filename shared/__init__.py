"""A neural network in NumPy, built chapter by chapter in the notebooks of this repository.

Every module is small enough to be read in one sitting. Import what you need from the module
that holds it, as the chapters do: ``from shared.layers import Dense``.
"""
