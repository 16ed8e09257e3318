"""EAC-CPF 2010 authority records."""
