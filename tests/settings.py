"""The site's settings, as tests need them: their own var/, no demo guard, mail kept in memory."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("DJANGO_DEBUG", "1")
os.environ.setdefault("DETOUR_VAR", str(Path(tempfile.gettempdir()) / f"detour-tests-{os.getuid()}"))

from config.settings import *  # noqa: F403

# Each run has a database of its own, see own_database.py.
DATABASES["default"]["TEST"] = {"NAME": f"test_detour_{os.getpid()}"}  # noqa: F405
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if EMAIL_FILE_PATH := os.environ.get("DETOUR_TEST_LETTERS", ""):  # the site of a browser test, see site.py
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
# Push is on, with a key that is no secret, and has nowhere to go.
VAPID_PRIVATE_KEY, VAPID_SUBJECT = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94", "mailto:tests@example.org"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEBUG = False
LOAD_AT_START = env.bool("LOAD_AT_START", False)  # noqa: F405 - tests have a database only while they run
API_LIMITS = {name: (1_000_000, 1_000_000) for name in API_LIMITS}  # noqa: F405 - test_limits.py has its own
if heartbeat_s := os.environ.get("DETOUR_TEST_HEARTBEAT_S"):  # see tests/realtime/test_storm.py
    REALTIME_HEARTBEAT_S = float(heartbeat_s)
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405 - WhiteNoise warns when nothing was ever collected
