"""HTTP/1.1 server: processes, connections, request parsing, limits."""
