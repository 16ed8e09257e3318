"""HTTP semantics: headers, conditional requests, content coding, language, problem details."""
