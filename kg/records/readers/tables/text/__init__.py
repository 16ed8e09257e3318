"""Tables as text: CSV, TSV and what programs call so."""
