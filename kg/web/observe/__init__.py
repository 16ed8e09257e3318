"""Observability: access log, metrics, notes on a request."""
