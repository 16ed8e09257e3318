"""Name index: the things that documents name, counted and in order of name, made anew or moved by differences."""
