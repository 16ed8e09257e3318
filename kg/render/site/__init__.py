"""Common parts of all pages: templates, translations, assets, phrases."""
