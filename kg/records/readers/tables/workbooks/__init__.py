"""Workbooks of Excel (xlsx, xls) and OpenDocument, as sheets of text that a person sees (D-192)."""
