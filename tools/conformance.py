"""Generator of the protocol cases in docs/conformance.md. Run by `make docs`; a test keeps it up to date."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "conformance.md"
BEGIN, END = "<!-- cases: written by `make docs` -->", "<!-- end of the cases -->"


sys.path.insert(0, str(ROOT / "tests" / "web"))
from protocol_cases import rows  # noqa: E402  # the tests are no package


def main() -> None:
    page = PAGE.read_text(encoding="utf-8")
    cases = f"{BEGIN}\n\n{rows()}\n\n{END}"
    PAGE.write_text(re.sub(f"(?s){re.escape(BEGIN)}.*{re.escape(END)}", lambda _: cases, page), encoding="utf-8")


if __name__ == "__main__":
    main()
