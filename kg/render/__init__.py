"""What is said of a thing, as Turtle, JSON-LD and HTML."""
