from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_api_tokens")]

    operations = [
        migrations.CreateModel(
            name="Bucket",
            fields=[
                ("key", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("empty_at", models.DateTimeField(help_text="when all of it will have leaked out")),
            ],
        ),
        # Nothing is lost that anybody would miss, and no request waits for the disk; the room left on each page keeps
        # the many new versions of a row beside the old ones.
        migrations.RunSQL(
            "ALTER TABLE accounts_bucket SET UNLOGGED; ALTER TABLE accounts_bucket SET (fillfactor = 50)",
            "ALTER TABLE accounts_bucket SET LOGGED; ALTER TABLE accounts_bucket RESET (fillfactor)",
        ),
    ]
