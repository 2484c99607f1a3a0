"""The site's settings, as tests need them: their own var/, no demo guard, mail kept in memory."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("DJANGO_DEBUG", "1")
os.environ.setdefault("DETOUR_VAR", str(Path(tempfile.gettempdir()) / f"detour-tests-{os.getuid()}"))

from config.settings import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEBUG = False
