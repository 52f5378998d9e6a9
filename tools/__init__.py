"""What maintainers run: the environment, executing notebooks, badges and navigation."""
