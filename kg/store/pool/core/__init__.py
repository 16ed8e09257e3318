"""Pure core of the query pool: states, events and actions, without input, output, clock or event loop."""
