# Prunings only grow, name the event that tells of them, and cover the events that may lose their body.

import django.db.models.deletion
from django.db import migrations, models

from lineage.pruning_triggers import install, remove


class Migration(migrations.Migration):

    dependencies = [("lineage", "0004_refused_events")]

    operations = [
        migrations.AddField(
            model_name='pruning',
            name='event_seq',
            field=models.BigIntegerField(default=0, help_text='the event of the log that tells of the act'),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name='PrunedEvent',
            fields=[
                ('seq', models.BigIntegerField(primary_key=True, serialize=False)),
                ('pruning', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lineage.pruning')),
            ],
        ),
        migrations.RunPython(install, remove),
    ]
