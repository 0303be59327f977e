"""Readings are held to their batches once for each statement, not once for each row.

A foreign key looks its row up for each row that is written: of the time of an undo, which writes a revision for each
reading with two batches in it, this was more than half. Triggers with transition tables look up each batch once.
"""

import django.db.models.deletion
from django.db import migrations, models

FUNCTIONS = """
CREATE FUNCTION plumbline_batches_exist() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    named bigint[];
    found integer;
BEGIN
    IF TG_TABLE_NAME = 'alignment_observation' THEN
        SELECT coalesce(array_agg(DISTINCT batch_id), '{}') INTO named FROM new_rows WHERE batch_id IS NOT NULL;
    ELSE
        SELECT coalesce(array_agg(id), '{}') INTO named FROM (
            SELECT batch_id AS id FROM new_rows WHERE batch_id IS NOT NULL
            UNION SELECT replaced_by_id FROM new_rows WHERE replaced_by_id IS NOT NULL) both_columns;
    END IF;
    PERFORM 1 FROM alignment_importbatch WHERE id = ANY (named) FOR KEY SHARE;
    GET DIAGNOSTICS found = ROW_COUNT;
    IF found < cardinality(named) THEN
        RAISE EXCEPTION '% names an import batch that does not exist', TG_TABLE_NAME
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION plumbline_batches_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM old_rows o WHERE EXISTS (SELECT FROM alignment_observation r WHERE r.batch_id = o.id)
        OR EXISTS (SELECT FROM alignment_observationrevision r WHERE r.batch_id = o.id)
        OR EXISTS (SELECT FROM alignment_observationrevision r WHERE r.replaced_by_id = o.id))
    THEN
        RAISE EXCEPTION 'readings name this import batch' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER batches_exist_insert AFTER INSERT ON alignment_observation
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION plumbline_batches_exist();
CREATE TRIGGER batches_exist_update AFTER UPDATE ON alignment_observation
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION plumbline_batches_exist();
CREATE TRIGGER batches_exist_insert AFTER INSERT ON alignment_observationrevision
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION plumbline_batches_exist();
CREATE TRIGGER batches_stay AFTER DELETE ON alignment_importbatch
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION plumbline_batches_stay();
"""
BACK = """
DROP TRIGGER batches_exist_insert ON alignment_observation;
DROP TRIGGER batches_exist_update ON alignment_observation;
DROP TRIGGER batches_exist_insert ON alignment_observationrevision;
DROP TRIGGER batches_stay ON alignment_importbatch;
DROP FUNCTION plumbline_batches_exist();
DROP FUNCTION plumbline_batches_stay();
"""


class Migration(migrations.Migration):
    """The columns stay what they are."""

    dependencies = [("alignment", "0008_imports_again")]

    operations = [
        migrations.AlterField(
            model_name="observation",
            name="batch",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="observations",
                to="alignment.importbatch",
            ),
        ),
        migrations.AlterField(
            model_name="observationrevision",
            name="batch",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="alignment.importbatch",
            ),
        ),
        migrations.AlterField(
            model_name="observationrevision",
            name="replaced_by",
            field=models.ForeignKey(
                db_constraint=False,
                help_text="the batch whose reading took this one's place, or the batch that was undone",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="revisions",
                to="alignment.importbatch",
            ),
        ),
        migrations.RunSQL(FUNCTIONS, BACK),
    ]
