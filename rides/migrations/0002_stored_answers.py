from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rides", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="idempotencykey",
            name="answer",
            field=models.TextField(default="", help_text="exact JSON: a repeated command reads the same bytes"),
        ),
    ]
