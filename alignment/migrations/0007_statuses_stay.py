"""The statuses of a key result stay when it is removed: past days go on saying what was said then."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The column stays what it is; its constraint goes."""

    dependencies = [("alignment", "0006_objective_tree")]

    operations = [
        migrations.AlterField(
            model_name="keyresultstatus",
            name="key_result",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="statuses",
                to="alignment.keyresult",
            ),
        ),
    ]
