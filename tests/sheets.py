"""Five spreadsheets as archives send them, with what a person would say that each column is. All in them is made up."""

import csv
import io

LETTERS = [
    ["Nº", "Fecha", "Remitente", "Destinatario", "Asunto", "Lugar", "Folios", "Signatura", "Observaciones"],
    ["1", "12 de marzo de 1921", "Ibáñez, Rosa", "Quiroga, Tomás", "Compra de la imprenta", "Sevilla", "2 h.", "C-4/1", ""],
    ["2", "3 de abril de 1921", "Quiroga, Tomás", "Ibáñez, Rosa", "Precio del papel y de los tipos", "Cádiz", "1 h.", "C-4/2", "Falta el sobre"],
    ["3", "mayo de 1921", "Ibáñez, Rosa", "Núñez, Inés", "Invitación a la inauguración", "Sevilla", "1 h.", "C-4/3", ""],
    ["4", "s. f.", "Núñez, Inés", "Ibáñez, Rosa", "Respuesta con los «saludos» de la casa", "Málaga", "3 h.", "C-4/4", "Coste: 40 €"],
    ["5", "ca. 1922", "Quiroga, Tomás", "Núñez, Inés", "Cuenta de los gastos del año", "Cádiz", "2 h.", "C-4/5", ""],
]  # fmt: skip
LETTERS_KEYS = {
    "Nº": "id",
    "Fecha": "dates",
    "Remitente": "sender",
    "Destinatario": "recipient",
    "Asunto": "title@es",
    "Lugar": "places",
    "Folios": "extent",
    "Signatura": "reference",
    "Observaciones": "note@es",
}

MINUTES_GROUPS = ["", "", "Archival reference", "", "", "Dates", "", "People", ""]
MINUTES = [
    ["No.", "Title", "Fond", "Opis", "Delo", "From", "To", "Chair", "Participants"],
    ["M1", "Minutes of the board", "12", "1", "7", "1931-02-01", "1931-02-03", "Orlova, Vera", "Lim, Bo"],
    ["M2", "Minutes of the committee on the library", "12", "1", "8", "1931-03-01", "1931-03-01", "Orlova, Vera", "Vane, Ora"],
    ["M3", "Report to the board", "12", "2", "1", "1932-01-10", "1932-01-12", "Lim, Bo", "Orlova, Vera"],
    ["M4", "Notes for the meeting with the mayor", "13", "1", "4", "1932-05-02", "1932-05-02", "Lim, Bo", "Vane, Ora"],
]  # fmt: skip
MINUTES_KEYS = {
    "No.": "id",
    "Title": "title@en",
    "Archival reference / Fond": "referenceLevels.fond",
    "Archival reference / Opis": "referenceLevels.opis",
    "Archival reference / Delo": "referenceLevels.delo",
    "Dates / From": "dates",
    "Dates / To": "-",
    "People / Chair": "participants",
    "People / Participants": "participants",
}

SUBJECT_COLUMNS = 40
_SUBJECTS = ["Railways", "Strikes", "Harbours", "Bread prices", "Schools"]
CLIPPINGS = [
    ["ID", "Headline", "Newspaper", "Date", *(f"Subject {number}" for number in range(1, SUBJECT_COLUMNS + 1))],
    *(
        [
            f"clip-{number:04}",
            f"The {subject.lower()} of the town and the council, part {number}",
            "The Harbour Echo",
            f"{1900 + number}-05-{number:02}",
            *(_SUBJECTS[: number % 5 + 1] + [""] * SUBJECT_COLUMNS)[:SUBJECT_COLUMNS],
        ]
        for number, subject in enumerate(_SUBJECTS * 2, 1)
    ),
]
CLIPPINGS_KEYS = {"ID": "id", "Headline": "title@en", "Date": "dates"} | {
    f"Subject {number}": "subjects" for number in range(1, SUBJECT_COLUMNS + 1)
}

TELEGRAMS = [
    ["Record ID", "Title [en]", "Название (рус.)", "Date", "Author", "Language", "Link"],
    ["t-1", "Telegram to the embassy", "Телеграмма в посольство", "1963-04-05", "Orlova, Vera", "Russian", "https://example.org/t/1"],
    ["t-2", "Note on the talks", "Записка о переговорах", "5 May 1963", "Lim, Bo", "English", "https://example.org/t/2"],
    ["t-3", "Letter about the visit", "Письмо о визите", "07.06.1963", "Orlova, Vera", "Russian", "https://example.org/t/3"],
    ["t-4", "Draft of an answer", "Проект ответа на письмо", "10 июня 1963 г.", "Vane, Ora", "Russian", "https://example.org/t/4"],
    ["t-5", "Report on the summer", "Доклад о лете", "summer 1963", "Lim, Bo", "English", "https://example.org/t/5"],
]  # fmt: skip
TELEGRAMS_KEYS = {
    "Record ID": "id",
    "Title [en]": "title@en",
    "Название (рус.)": "title@ru",
    "Date": "dates",
    "Author": "creator",
    "Language": "language",
    "Link": "sourcePage",
}

PHOTOGRAPHS = [
    ["Photo no.", "Caption", "Photographer", "People shown", "Keywords", "Year", "Size", "Box"],
    ["P-001", "The choir on the steps of the hall", "Vane, Ora", "Lim, Bo; Castellan, Jean de", "Choirs; Halls", "1911", "9 x 12 cm", "3"],
    ["P-002", "A picnic by the river", "Vane, Ora; Lim, Bo", "Castellan, Jean de", "Picnics", "1912", "9 x 12 cm", "3"],
    ["P-003", "The new fire engine of the town", "Lim, Bo", "Smith, Ann, Mrs; Orlova, Vera", "Fire engines; Towns", "1912", "13 x 18 cm", "3"],
    ["P-004", "Ora Vane in her studio", "Lim, Bo", "Vane, Ora", "Studios; Portraits", "1913", "9 x 12 cm", "4"],
]  # fmt: skip
PHOTOGRAPHS_KEYS = {
    "Photo no.": "id",
    "Caption": "title@en",
    "Photographer": "creator",
    "People shown": "mentions",
    "Keywords": "subjects",
    "Year": "dates",
    "Box": "containers.box",
}
PHOTOGRAPHS_SEPARATORS = {"Photographer": ";", "People shown": ";", "Keywords": ";"}


def text_of(rows, delimiter=","):
    """The rows as text, as programs write it."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def write_letters(folder):
    """A table as text in cp1252, with semicolons."""
    (folder / "letters.csv").write_text(text_of(LETTERS, ";"), encoding="cp1252")
    return folder / "letters.csv"


def write_minutes(folder):
    """A workbook with a title, two rows of headings, and merged cells in both and in the data."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Minutes"
    sheet.append(["Minutes of the reading room, 1931 to 1932"])
    sheet.append(MINUTES_GROUPS)
    for row in MINUTES:
        sheet.append(row)
    sheet.merge_cells("A1:I1")
    sheet.merge_cells("C2:E2")
    sheet.merge_cells("F2:G2")
    sheet.merge_cells("H2:I2")
    sheet["C5"] = None
    sheet.merge_cells("C4:C5")
    book.save(folder / "minutes.xlsx")
    return folder / "minutes.xlsx"


def write_clippings(folder):
    """A table with forty columns of subjects, most of them empty, as a spreadsheet program saves UTF-8."""
    (folder / "clippings.csv").write_text(text_of(CLIPPINGS), encoding="utf-8-sig")
    return folder / "clippings.csv"


def write_telegrams(folder):
    """A table with dates in four shapes and two languages, with tabs."""
    (folder / "telegrams.tsv").write_text(text_of(TELEGRAMS, "\t"), encoding="utf-8")
    return folder / "telegrams.tsv"


def write_photographs(folder):
    """A table with names, the family name first, several in a cell."""
    (folder / "photographs.csv").write_text(text_of(PHOTOGRAPHS), encoding="utf-8")
    return folder / "photographs.csv"


SHEETS = {
    "letters": (write_letters, LETTERS_KEYS, len(LETTERS) - 1),
    "minutes": (write_minutes, MINUTES_KEYS, len(MINUTES) - 1),
    "clippings": (write_clippings, CLIPPINGS_KEYS, len(CLIPPINGS) - 1),
    "telegrams": (write_telegrams, TELEGRAMS_KEYS, len(TELEGRAMS) - 1),
    "photographs": (write_photographs, PHOTOGRAPHS_KEYS, len(PHOTOGRAPHS) - 1),
}
"""Name → how it is written, the key of each column, the number of its records."""
