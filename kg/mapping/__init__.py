"""From record to triples: the context forwards, and the crosswalk."""
