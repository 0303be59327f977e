"""No objective lies under itself: a check that two people at once cannot slip by."""

from django.db import migrations

# The lock lasts until the transaction ends; after it the query sees what the other one committed.
FUNCTION = """
CREATE FUNCTION plumbline_objective_tree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.parent_id IS NULL OR NEW.parent_id = NEW.id THEN -- its own parent: objective_not_own_parent refuses that
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('alignment_objective.parent_id', 0));
    IF EXISTS (
        WITH RECURSIVE above(id) AS (
            SELECT NEW.parent_id
            UNION
            SELECT o.parent_id FROM alignment_objective o JOIN above a ON o.id = a.id WHERE o.parent_id IS NOT NULL
        )
        SELECT FROM above WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'objective % would lie under itself', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'objective_tree_has_no_circle';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER objective_tree BEFORE INSERT OR UPDATE OF parent_id ON alignment_objective
    FOR EACH ROW EXECUTE FUNCTION plumbline_objective_tree();
"""
BACK = """
DROP TRIGGER objective_tree ON alignment_objective;
DROP FUNCTION plumbline_objective_tree();
"""


class Migration(migrations.Migration):
    """The trigger alone."""

    dependencies = [("alignment", "0005_personal_looks")]
    operations = [migrations.RunSQL(FUNCTION, BACK)]
