from django.db import migrations

# Which transaction wrote an offer last: whoever reads the rows of all transactions that were not over at her last look
# misses none, however long they took (`rides.changes`).
ADD = """
    ALTER TABLE rides_rideoffer ADD COLUMN changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id();
    CREATE INDEX offer_changed ON rides_rideoffer (changed_xid);
    CREATE FUNCTION rides_offer_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.changed_xid := pg_current_xact_id();
        RETURN NEW;
    END
    $$;
    CREATE TRIGGER offer_changed BEFORE UPDATE ON rides_rideoffer
        FOR EACH ROW EXECUTE FUNCTION rides_offer_changed();
"""
REMOVE = """
    DROP TRIGGER offer_changed ON rides_rideoffer;
    DROP FUNCTION rides_offer_changed();
    ALTER TABLE rides_rideoffer DROP COLUMN changed_xid;
"""


class Migration(migrations.Migration):
    dependencies = [("rides", "0006_promised_at")]

    operations = [migrations.RunSQL(ADD, REMOVE)]
