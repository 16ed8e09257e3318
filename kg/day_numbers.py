"""Calendar days as numbers that sort as days do, years before the year 1 among them."""


def day_number(day: str) -> int:
    """Number of a calendar day in ISO 8601.

    >>> day_number("1963-04-05"), day_number("-0044-03-15") < day_number("-0043-01-01")
    (19630405, True)
    """
    negative = day.startswith("-")
    year, month, date = day.lstrip("-").split("-")
    return (-int(year) if negative else int(year)) * 10_000 + int(month) * 100 + int(date)
