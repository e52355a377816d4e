# Composed by rules. No licence is stated.
"""A small web application on Python's standard library alone."""
