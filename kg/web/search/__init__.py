"""Search pages: query string, presentation, exports, picture views."""
