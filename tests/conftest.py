"""What every test may ask for."""

pytest_plugins = ["tests.own_database", "tests.realtime.ending", "tests.browser", "tests.site"]
