"""Values of a page in words: relations, lengths of time, fields of a source, addresses outside."""
