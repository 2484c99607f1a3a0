"""`python -m tests.policy` writes docs/authorisation.md anew."""

import os
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "authorisation.md"

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from tests.policy.policy import POLICY
    from tests.policy.table import page

    PAGE.write_text(page(POLICY))
