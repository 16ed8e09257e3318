"""Updates of a catalogue: changes of some things, applied to the catalogue of the generation before."""
