"""No sentence of code or template goes untranslated unnoticed."""

import pytest
from babel.messages.pofile import write_po

from config import catalogues

CODE = """from django.utils.translation import gettext_lazy as _, ngettext
title = _("A ride")
seats = ngettext("%(count)s seat", "%(count)s seats", 2)
"""
TEMPLATE = """{% load i18n %}<p>
      {% blocktranslate with name=driver %}{{ name }} drives{% endblocktranslate %}
   <b title="{% translate "Where to?" %}">{{ "it's noise" }}</b></p>
"""


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A house that says four sentences, and has no catalogue yet."""
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "views.py").write_text(CODE)
    (tmp_path / "web" / "page.html").write_text(TEMPLATE)


def save(known):
    catalogues.catalogue("fr").parent.mkdir(parents=True, exist_ok=True)
    with catalogues.catalogue("fr").open("wb") as file:
        write_po(file, known)


@pytest.fixture
def translated(house):
    known = catalogues.updated("fr")
    known["A ride"].string = "Un trajet"
    known["Where to?"].string = "Où ?"
    known["%(name)s drives"].string = "%(name)s conduit"
    known["%(count)s seat"].string = ("%(count)s place", "%(count)s places")
    save(known)


def test_every_sentence_is_found_in_code_and_templates(house):
    assert {message.id for message in catalogues.sentences() if message.id} == {
        "A ride",
        "Where to?",
        "%(name)s drives",
        ("%(count)s seat", "%(count)s seats"),
    }


def test_a_catalogue_with_all_of_them_has_no_fault(translated):
    assert list(catalogues.faults(catalogues.updated("fr"))) == []


def test_a_new_sentence_is_a_fault_until_it_is_translated(translated, tmp_path):
    (tmp_path / "web" / "more.py").write_text('x = gettext("Not yet")')
    assert list(catalogues.faults(catalogues.updated("fr"))) == ["no translation: Not yet"]


def test_a_translation_that_fills_another_blank_is_a_fault(translated):
    known = catalogues.updated("fr")
    known["%(name)s drives"].string = "%(nom)s conduit"
    (fault,) = catalogues.faults(known)
    assert "%(name)s drives" in fault


def test_a_sentence_that_nobody_says_any_more_is_dropped(translated, tmp_path):
    (tmp_path / "web" / "page.html").unlink()
    assert {message.id for message in catalogues.updated("fr") if message.id} == {
        "A ride",
        ("%(count)s seat", "%(count)s seats"),
    }
