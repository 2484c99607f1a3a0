from django.db import migrations, models

PROMISED = """
    UPDATE rides_stop SET promised_at = promised.at
    FROM (
        SELECT id, min(at) AS at
        FROM (
            SELECT pickup_id AS id, latest_pickup_at AS at, state FROM rides_booking
            UNION ALL
            SELECT dropoff_id, latest_dropoff_at, state FROM rides_booking
        ) AS ends
        WHERE state IN ('HELD', 'WAITING_CONFIRMATION', 'CONFIRMED')
        GROUP BY id
    ) AS promised
    WHERE rides_stop.id = promised.id
"""


class Migration(migrations.Migration):
    dependencies = [("rides", "0005_kerb_words")]

    operations = [
        migrations.AddField(
            model_name="stop",
            name="promised_at",
            field=models.DateTimeField(
                blank=True, help_text="the latest hour that somebody who gets on or off here was promised", null=True
            ),
        ),
        migrations.RunSQL(PROMISED, migrations.RunSQL.noop),
    ]
