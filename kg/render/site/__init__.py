"""What all pages share: templates, translations, assets, phrases."""
