"""npm packages lie in node_modules/ with thousands of files; the site shows the few that it names."""

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from web.npm import NpmFinder

LIBRARY = "maplibre-gl/dist/maplibre-gl.mjs"


def test_a_named_file_is_served():
    assert finders.find(f"vendor/{LIBRARY}") == str(settings.BASE_DIR / "node_modules" / LIBRARY)
    assert finders.find(f"vendor/{LIBRARY}", find_all=True) == [str(settings.BASE_DIR / "node_modules" / LIBRARY)]


@pytest.mark.parametrize("path", ["vendor/maplibre-gl/package.json", "vendor/../package.json", LIBRARY])
def test_any_other_file_is_not(path):
    assert finders.find(path) is None
    assert finders.find(path, find_all=True) == []


def test_every_named_file_is_there():
    assert NpmFinder().check() == []


def test_a_named_file_that_npm_has_not_delivered_is_reported(settings):
    settings.NPM_FILES = [LIBRARY, "maplibre-gl/dist/no-such-file.js"]
    (problem,) = NpmFinder().check()
    assert "no-such-file.js is missing" in problem.msg


def test_collectstatic_takes_the_named_files_and_no_others():
    assert [name for name, _ in NpmFinder().list(None)] == settings.NPM_FILES
    assert "maplibre-gl/dist/maplibre-gl.css" not in [name for name, _ in NpmFinder().list(["*.css"])]
