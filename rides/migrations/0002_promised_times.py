from django.db import migrations, models
from django.db.models import F


def promise_what_is_planned(apps, schema_editor):
    apps.get_model("rides", "Booking").objects.update(latest_pickup_at=F("pickup_at"), latest_dropoff_at=F("dropoff_at"))


class Migration(migrations.Migration):
    dependencies = [("rides", "0001_initial")]
    operations = [
        migrations.AddField("booking", "latest_pickup_at", models.DateTimeField(null=True)),
        migrations.AddField("booking", "latest_dropoff_at", models.DateTimeField(null=True)),
        migrations.RunPython(promise_what_is_planned, migrations.RunPython.noop),
        migrations.AlterField(
            "booking",
            "latest_pickup_at",
            models.DateTimeField(help_text="no later booking makes the car later than that"),
        ),
        migrations.AlterField("booking", "latest_dropoff_at", models.DateTimeField()),
        migrations.AlterField(
            "booking", "pickup_at", models.DateTimeField(help_text="as the plan now has it")
        ),
        migrations.AlterField(
            "booking", "dropoff_at", models.DateTimeField(help_text="as the plan now has it")
        ),
    ]
