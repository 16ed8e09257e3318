"""Storage and queries: generations, triple stores, the search index, the query service."""
