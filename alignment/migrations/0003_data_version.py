"""The data version: triggers that note each transaction that writes what pages show (alignment.data_version)."""

from django.db import migrations, models

WATCHED = (
    "alignment_budgetline",
    "alignment_company",
    "alignment_epic",
    "alignment_guardrail",
    "alignment_importbatch",
    "alignment_keyresult",
    "alignment_keyresultstatus",
    "alignment_keyresulttarget",
    "alignment_metric",
    "alignment_objective",
    "alignment_observation",
    "alignment_observationrevision",
    "alignment_score",
    "alignment_scorepolicy",
    "alignment_signal",
    "alignment_team",
    "alignment_theme",
    "alignment_user_groups",
    "alignment_valuestream",
    "auth_group",
)
"""Tables that pages show; a later table calls plumbline_watch('its_name') in its own migration. Jobs and people have
triggers of their own: a sweep that finds nothing and a sign-in change no page."""

# Noted once in a transaction; a row under this number that is not this transaction's own came with a restored database.
NOTE_FUNCTION = """
CREATE FUNCTION plumbline_note_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO public.alignment_datachange AS noted (transaction, weight, mark)
    VALUES (pg_current_xact_id()::text::bigint, 1, ((random() - 0.5) * 9007199254740992)::bigint)
    ON CONFLICT (transaction) DO UPDATE SET weight = noted.weight + 1, mark = noted.mark # EXCLUDED.mark
    WHERE noted.xmin::text <> (pg_current_xact_id()::xid)::text;
    RETURN NULL;
END $$;
"""

WATCH_FUNCTION = """
CREATE FUNCTION plumbline_watch(watched regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER data_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s '
                   'FOR EACH STATEMENT EXECUTE FUNCTION plumbline_note_change()', watched);
END $$;
"""

SPECIAL = """
CREATE TRIGGER data_changed AFTER INSERT OR UPDATE OR DELETE ON alignment_job
FOR EACH ROW EXECUTE FUNCTION plumbline_note_change();
CREATE TRIGGER data_changed AFTER INSERT OR DELETE OR UPDATE OF username, first_name, last_name, email,
display_name, team_id, is_active, is_staff, is_superuser ON alignment_user
FOR EACH STATEMENT EXECUTE FUNCTION plumbline_note_change();
"""
_FORWARD = "\n".join(
    [NOTE_FUNCTION, WATCH_FUNCTION, SPECIAL, *(f"SELECT plumbline_watch('{table}');" for table in WATCHED)]
)
_BACK = "\n".join(
    [
        *(f"DROP TRIGGER data_changed ON {t};" for t in (*WATCHED, "alignment_job", "alignment_user")),
        "DROP FUNCTION plumbline_watch(regclass);",
        "DROP FUNCTION plumbline_note_change();",
    ]
)


class Migration(migrations.Migration):
    """A row for each writing transaction."""

    dependencies = [("alignment", "0002_guards"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        migrations.CreateModel(
            name="DataChange",
            fields=[
                ("transaction", models.BigIntegerField(primary_key=True, serialize=False)),
                ("weight", models.BigIntegerField(default=1)),
                ("mark", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(_FORWARD, _BACK),
    ]
