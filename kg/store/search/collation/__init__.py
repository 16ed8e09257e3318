"""Order of titles and names: sort keys by the alphabet of a language, and people by surname."""
