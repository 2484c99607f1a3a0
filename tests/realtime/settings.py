"""The test settings without the rooms that do not exist yet."""

from importlib.util import find_spec

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS as ALL

INSTALLED_APPS = [app for app in ALL if find_spec(app.split(".")[0]) and (app != "web")]
ROOT_URLCONF = "tests.realtime.urls"
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder"]
