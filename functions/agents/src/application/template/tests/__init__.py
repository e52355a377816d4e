# Composed by rules. No licence is stated.
