"""Keeps the catalogues of languages in step with the sentences in code and templates, without system gettext.

python -m config.catalogues update    adds new sentences, drops those that nobody says any more
python -m config.catalogues check     fails while a sentence has no translation, or one with other blanks to fill
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("config", "web", "rides", "accounts", "realtime", "demo")
LANGUAGES = ("fr",)
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def catalogue(language: str) -> Path:
    """The file with the sentences of `language`; `make setup` compiles it."""
    return ROOT / "web" / "locale" / language / "LC_MESSAGES" / "django.po"


def sentences() -> Catalog:
    """All that the rooms say, with the files where they say it."""
    found = Catalog(charset="utf-8")
    for file in _files():
        name = str(file.relative_to(ROOT))
        source = file.read_text()
        if file.suffix != ".py":
            # Its calls of gettext are Python, on one line each; what is around them is noise, indented at will.
            source = "\n".join(line.strip() for line in templatize(source, origin=name).splitlines())
        for _, message, comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS, ["Translators:"]):
            found.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return found


def updated(language: str) -> Catalog:
    """The catalogue as it is, with all sentences of today and no others."""
    path = catalogue(language)
    known = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as file:
            known = read_po(file, locale=language)
    known.header_comment, known.fuzzy = "# What Détour says. `make messages` keeps it in step with the code.", False
    known.project, known.version, known.copyright_holder = "Détour", "1", "the Détour authors"
    known.last_translator = known.language_team = "the Détour authors"
    known.msgid_bugs_address = ""
    known.update(sentences(), no_fuzzy_matching=True, update_creation_date=False)
    known.obsolete.clear()
    return known


def faults(known: Catalog) -> Iterator[str]:
    """Each sentence without a translation, or with one that would fill other blanks."""
    for message in known:
        if message.id:
            sentence = message.id if isinstance(message.id, str) else message.id[0]
            string = message.string or ""
            if message.fuzzy or not string or not all(string):
                yield f"no translation: {sentence}"
                continue
            for error in message.check(known):
                yield f"{error}: {sentence}"


def _files() -> Iterator[Path]:
    for room in ROOMS:
        for pattern in ("**/*.py", "**/*.html", "**/*.txt"):
            yield from sorted((ROOT / room).glob(pattern))


def main(verb: str) -> int:
    """Carry out `update` or `check`; return how many languages have faults."""
    settings.configure()  # templatize reads one of them
    faulty = 0
    for language in LANGUAGES:
        known = updated(language)
        if verb == "update":
            catalogue(language).parent.mkdir(parents=True, exist_ok=True)
            with catalogue(language).open("wb") as file:
                write_po(file, known, width=120, sort_by_file=True, include_lineno=False)
        found = list(faults(known))
        sys.stdout.writelines(f"{language}: {fault}\n" for fault in found)
        sys.stdout.write(f"{language}: {len(known)} sentences, {len(found)} faults\n")
        faulty += bool(found)
    return faulty if verb == "check" else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
