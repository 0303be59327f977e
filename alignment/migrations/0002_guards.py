"""What columns alone cannot say: the audit trail, append-only tables, period starts, groups, the first policy."""

from datetime import UTC, datetime
from typing import Any

from django.db import migrations

AUDITED = (
    "alignment_budgetline",
    "alignment_company",
    "alignment_epic",
    "alignment_guardrail",
    "alignment_importbatch",
    "alignment_keyresult",
    "alignment_keyresulttarget",
    "alignment_metric",
    "alignment_objective",
    "alignment_scorepolicy",
    "alignment_team",
    "alignment_theme",
    "alignment_user",
    "alignment_user_groups",
    "alignment_valuestream",
)
APPEND_ONLY = ("alignment_auditevent", "alignment_observationrevision")

# Statement-level triggers with transition tables cost about a third of row-level ones. The function runs with
# its owner's rights, so that the application's role needs none on the trail but to read it. Secrets stay out.
AUDIT_FUNCTION = """
CREATE FUNCTION plumbline_audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
DECLARE
    actor text := coalesce(nullif(current_setting('plumbline.actor', true), ''), 'database:' || session_user);
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.alignment_auditevent (table_name, row_id, operation, actor, before, after, at)
        SELECT TG_TABLE_NAME, n.id::text, 'insert', actor, NULL, to_jsonb(n) - 'password', clock_timestamp()
        FROM new_rows n;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.alignment_auditevent (table_name, row_id, operation, actor, before, after, at)
        SELECT TG_TABLE_NAME, o.id::text, 'delete', actor, to_jsonb(o) - 'password', NULL, clock_timestamp()
        FROM old_rows o;
    ELSE
        INSERT INTO public.alignment_auditevent (table_name, row_id, operation, actor, before, after, at)
        SELECT TG_TABLE_NAME, coalesce(n.id, o.id)::text, 'update', actor,
               to_jsonb(o) - 'password', to_jsonb(n) - 'password', clock_timestamp()
        FROM old_rows o FULL JOIN new_rows n USING (id)
        WHERE to_jsonb(o) - 'last_login' IS DISTINCT FROM to_jsonb(n) - 'last_login';
    END IF;
    RETURN NULL;
END $$;
"""

APPEND_ONLY_FUNCTION = """
CREATE FUNCTION plumbline_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: write a correcting row instead of changing one', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

# A statement-level check joins each touched row to its metric once, whatever the number of rows.
PERIOD_START_FUNCTION = """
CREATE FUNCTION plumbline_period_start() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT m.key, m.cadence, n.period_start INTO wrong
    FROM new_rows n
    JOIN alignment_metric m ON m.id = n.metric_id
    LEFT JOIN alignment_company c ON c.id = 1
    WHERE CASE m.cadence
        WHEN 'week' THEN extract(isodow FROM n.period_start) - 1 <> coalesce(c.first_day_of_week, 0)
        WHEN 'month' THEN extract(day FROM n.period_start) <> 1
        WHEN 'quarter' THEN extract(day FROM n.period_start) <> 1 OR
            mod(extract(month FROM n.period_start)::int - coalesce(c.fiscal_year_start_month, 1) + 12, 3) <> 0
        WHEN 'fiscal-year' THEN extract(day FROM n.period_start) <> 1 OR
            extract(month FROM n.period_start) <> coalesce(c.fiscal_year_start_month, 1)
        ELSE false END
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% is no first day of a % of metric %', wrong.period_start, wrong.cadence, wrong.key
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""


def _triggers() -> str:
    statements = [AUDIT_FUNCTION, APPEND_ONLY_FUNCTION, PERIOD_START_FUNCTION]
    for table in AUDITED:
        for operation, rows in (
            ("INSERT", "NEW TABLE AS new_rows"),
            ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
            ("DELETE", "OLD TABLE AS old_rows"),
        ):
            statements.append(
                f"CREATE TRIGGER audit_{operation.lower()} AFTER {operation} ON {table} REFERENCING {rows} "
                "FOR EACH STATEMENT EXECUTE FUNCTION plumbline_audit();"
            )
    statements += [
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION plumbline_append_only();"
        for table in APPEND_ONLY
    ]
    statements += [
        f"CREATE TRIGGER period_start_{operation.lower()} AFTER {operation} ON alignment_observation "
        "REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION plumbline_period_start();"
        for operation in ("INSERT", "UPDATE")
    ]
    statements += [
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_value_finite CHECK (value <> 'NaN');"
        for table in ("alignment_observation", "alignment_observationrevision")
    ]
    return "\n".join(statements)


def _undo_triggers() -> str:
    statements = []
    for table in AUDITED:
        statements += [f"DROP TRIGGER audit_{o} ON {table};" for o in ("insert", "update", "delete")]
    statements += [f"DROP TRIGGER append_only ON {table};" for table in APPEND_ONLY]
    statements += [f"DROP TRIGGER period_start_{o} ON alignment_observation;" for o in ("insert", "update")]
    statements += [
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_value_finite;"
        for table in ("alignment_observation", "alignment_observationrevision")
    ]
    statements += [
        f"DROP FUNCTION {name}();"
        for name in ("plumbline_audit", "plumbline_append_only", "plumbline_period_start")
    ]
    return "\n".join(statements)


ROLES = (
    "technology-lead",
    "product-manager",
    "engineering-lead",
    "finance",
    "go-to-market",
    "ai-specialist",
    "executive",
    "administrator",
)


def create_groups_and_policy(apps: Any, schema_editor: Any) -> None:
    """The eight roles, and version 1 of the score policy: Plumbline's own preset at the default weights."""
    group = apps.get_model("auth", "Group")
    for name in ROLES:
        group.objects.get_or_create(name=name)
    apps.get_model("alignment", "ScorePolicy").objects.create(
        version=1,
        name="Plumbline",
        preset="plumbline",
        is_active=True,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        created_by_name="system:migrate",
    )


def remove_groups_and_policy(apps: Any, schema_editor: Any) -> None:
    """Take back what `create_groups_and_policy` made."""
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()
    apps.get_model("alignment", "ScorePolicy").objects.filter(version=1).delete()


class Migration(migrations.Migration):
    """Triggers, groups and the first policy."""

    dependencies = [
        ("alignment", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.RunSQL(_triggers(), _undo_triggers()),
        migrations.RunPython(create_groups_and_policy, remove_groups_and_policy),
    ]
