# An act of retention says up to which event the log was known on its day. Nullable, so that SQLite need not make the
# table anew, which would take its triggers away.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("lineage", "0008_event_home")]

    operations = [
        migrations.AddField(
            model_name='pruning',
            name='known_seq',
            field=models.BigIntegerField(help_text='last sequence received before; null: find it in the log', null=True),
        ),
    ]
