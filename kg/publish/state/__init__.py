"""What builds remember of the sources: files, marks of their records, references in several places, problems."""
