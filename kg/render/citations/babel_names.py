"""Names of languages in TeX's babel, which biblatex's `langid` takes (biblatex manual, 2.2.3)."""

_NAMES = {
    "af": "afrikaans", "am": "amharic", "ar": "arabic", "az": "azerbaijani", "be": "belarusian", "bg": "bulgarian",
    "bn": "bengali", "bo": "tibetan", "br": "breton", "bs": "bosnian", "ca": "catalan", "cop": "coptic", "cs": "czech",
    "cu": "churchslavonic", "cy": "welsh", "da": "danish", "de": "german", "dsb": "lowersorbian", "el": "greek",
    "en": "english", "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian",
    "fi": "finnish", "fr": "french", "fur": "friulan", "ga": "irish", "gd": "scottishgaelic", "gl": "galician",
    "grc": "ancientgreek", "he": "hebrew", "hi": "hindi", "hr": "croatian", "hsb": "uppersorbian", "hu": "hungarian",
    "hy": "armenian", "ia": "interlingua", "id": "indonesian", "is": "icelandic", "it": "italian", "ja": "japanese",
    "ka": "georgian", "kk": "kazakh", "km": "khmer", "kn": "kannada", "ko": "korean", "ku": "kurmanji", "la": "latin",
    "lo": "lao", "lt": "lithuanian", "lv": "latvian", "mk": "macedonian", "ml": "malayalam", "mn": "mongolian",
    "mr": "marathi", "ms": "malay", "nb": "norsk", "ne": "nepali", "nl": "dutch", "nn": "nynorsk", "no": "norsk",
    "oc": "occitan", "pa": "punjabi", "pl": "polish", "pms": "piedmontese", "pt": "portuguese", "rm": "romansh",
    "ro": "romanian", "ru": "russian", "sa": "sanskrit", "se": "northernsami", "sh": "serbian", "sk": "slovak",
    "sl": "slovene", "sq": "albanian", "sr": "serbian", "sv": "swedish", "syr": "syriac", "ta": "tamil", "te": "telugu",
    "th": "thai", "tk": "turkmen", "tr": "turkish", "ug": "uyghur", "uk": "ukrainian", "ur": "urdu", "uz": "uzbek",
    "vi": "vietnamese", "zh": "chinese",
    "de-at": "austrian", "de-ch": "nswissgerman", "en-au": "australian", "en-ca": "canadian", "en-gb": "british",
    "en-nz": "newzealand", "en-us": "american", "fr-ca": "canadien", "pt-br": "brazilian", "sr-cyrl": "serbianc",
    "zh-hans": "chinese-hans", "zh-hant": "chinese-hant",
}  # fmt: skip
"""Language tag, in small letters → babel's name."""


def babel_name(tag: str) -> str:
    """Babel's name of a language, of the most special tag that has one; empty for none.

    >>> babel_name("it"), babel_name("en-GB"), babel_name("es-419"), babel_name("tlh")
    ('italian', 'british', 'spanish', '')
    """
    parts = tag.lower().split("-")
    tried = ("-".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((_NAMES[each] for each in tried if each in _NAMES), "")
