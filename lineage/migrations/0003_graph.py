# The graph is projected anew: ids by the order of the log, facets read from the log, columns as rows of their own.
# A table that SQLite makes anew loses its triggers, so they are taken off first and put back last.

import django.db.models.deletion
from django.db import migrations, models

from lineage.triggers import install, remove


def start_anew(apps, schema_editor):
    apps.get_model("lineage", "Position").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [("lineage", "0002_append_only")]

    operations = [
        migrations.RunPython(remove, install),
        migrations.DeleteModel("ColumnEdge"),
        migrations.DeleteModel("DatasetEdge"),
        migrations.DeleteModel("DatasetFacet"),
        migrations.DeleteModel("DatasetVersion"),
        migrations.DeleteModel("Derivation"),
        migrations.DeleteModel("Run"),
        migrations.DeleteModel("Job"),
        migrations.DeleteModel("DatasetColumn"),
        migrations.DeleteModel("Dataset"),
        migrations.CreateModel(
            name='ProducerKey',
            fields=[
                ('key_id', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('name', models.TextField(help_text='the producer, as the bureau calls it')),
                ('digest', models.CharField(max_length=64)),
                ('namespaces', models.JSONField(default=list, help_text='prefixes of namespaces it may write to; empty: all foreign')),
                ('reads_as', models.CharField(default='', help_text='account whose view it reads with; empty: none', max_length=150)),
                ('made_by', models.CharField(max_length=150)),
                ('made_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('revoked_by', models.CharField(default='', max_length=150)),
            ],
        ),
        migrations.CreateModel(
            name='Pruning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('before_us', models.BigIntegerField(help_text='events before this moment that state nothing still in force then')),
                ('by', models.CharField(max_length=150)),
                ('reason', models.TextField()),
                ('sequences', models.JSONField(help_text='pruned sequences as [first, last] ranges')),
                ('signed', models.JSONField(help_text='the act as a signed document')),
            ],
        ),
        migrations.CreateModel(
            name='RefusedEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('received_at', models.DateTimeField()),
                ('via', models.CharField(default='', max_length=32)),
                ('reason', models.TextField()),
                ('size', models.BigIntegerField(help_text='bytes of the whole event; ``body`` keeps at most the first 64 KiB')),
                ('sha256', models.CharField(max_length=64)),
                ('body', models.BinaryField()),
            ],
        ),
        migrations.AddField(
            model_name='event',
            name='via',
            field=models.CharField(default='', help_text='key id of the producer that sent it', max_length=32),
        ),
        migrations.AddField(
            model_name='position',
            name='generation',
            field=models.BigIntegerField(default=0, help_text='one more with each rebuild: readers load anew'),
        ),
        migrations.CreateModel(
            name='EdgeKind',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('type', models.CharField(max_length=16)),
                ('subtype', models.TextField(default='')),
                ('masking', models.BooleanField(help_text='null: unknown', null=True)),
                ('description', models.TextField(default='')),
            ],
        ),
        migrations.CreateModel(
            name='Dataset',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('namespace', models.TextField()),
                ('name', models.TextField()),
                ('title', models.TextField(default='')),
                ('first_seq', models.BigIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('namespace'), models.F('name'), name='lineage_dataset_once')],
            },
        ),
        migrations.CreateModel(
            name='DatasetColumn',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('name', models.TextField()),
                ('title', models.TextField(default='')),
                ('first_seq', models.BigIntegerField()),
                ('dataset', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='lineage.dataset')),
            ],
        ),
        migrations.CreateModel(
            name='Derivation',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('digest', models.CharField(max_length=64)),
                ('first_seq', models.BigIntegerField()),
                ('output', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='lineage.dataset')),
            ],
        ),
        migrations.CreateModel(
            name='DatasetEdge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('input', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='lineage.dataset')),
                ('derivation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='lineage.derivation')),
            ],
        ),
        migrations.CreateModel(
            name='ColumnEdge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('column', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='lineage.datasetcolumn')),
                ('input_column', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='lineage.datasetcolumn')),
                ('derivation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='lineage.derivation')),
                ('kind', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='lineage.edgekind')),
            ],
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('namespace', models.TextField()),
                ('name', models.TextField()),
                ('job_type', models.TextField(default='')),
                ('first_seq', models.BigIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('namespace'), models.F('name'), name='lineage_job_once')],
            },
        ),
        migrations.AddField(
            model_name='derivation',
            name='job',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='lineage.job'),
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('run_id', models.UUIDField(unique=True)),
                ('state', models.CharField(default='', help_text='eventType of the latest event', max_length=16)),
                ('state_us', models.BigIntegerField(default=0)),
                ('started_us', models.BigIntegerField(null=True)),
                ('ended_us', models.BigIntegerField(null=True)),
                ('parent_run_id', models.UUIDField(null=True)),
                ('error', models.TextField(default='')),
                ('stated', models.TextField(default='', help_text='JSON: inputs, outputs and edges its events named so far, by id')),
                ('first_seq', models.BigIntegerField()),
                ('last_seq', models.BigIntegerField()),
                ('job', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='lineage.job')),
            ],
        ),
        migrations.CreateModel(
            name='Mention',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('part', models.CharField(choices=[('input', '输入'), ('output', '输出'), ('itself', '数据集事件')], max_length=8)),
                ('place', models.PositiveIntegerField(help_text='position among the inputs or outputs of the event, from 0')),
                ('facets', models.TextField(default='', help_text='names of facets, one a line')),
                ('version', models.TextField(default='')),
                ('event_us', models.BigIntegerField()),
                ('seq', models.BigIntegerField()),
                ('dataset', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='lineage.dataset')),
                ('job', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='lineage.job')),
                ('run', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='lineage.run')),
            ],
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('change', models.CharField(choices=[('', '更新'), ('DROP', '删除'), ('RENAME', '更名')], default='', max_length=8)),
                ('version', models.TextField(db_index=True, default='')),
                ('rows', models.BigIntegerField(null=True)),
                ('event_us', models.BigIntegerField()),
                ('seq', models.BigIntegerField()),
                ('dataset', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='lineage.dataset')),
                ('derivation', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='lineage.derivation')),
                ('job', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='lineage.job')),
                ('run', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='lineage.run')),
            ],
        ),
        migrations.AddConstraint(
            model_name='datasetcolumn',
            constraint=models.UniqueConstraint(models.F('dataset'), models.F('name'), name='lineage_column_once'),
        ),
        migrations.AddIndex(
            model_name='mention',
            index=models.Index(fields=['dataset', 'event_us', 'seq'], name='lineage_mention_at'),
        ),
        migrations.AddIndex(
            model_name='statement',
            index=models.Index(fields=['dataset', 'event_us', 'seq'], name='lineage_statement_at'),
        ),
        migrations.RunPython(start_anew, migrations.RunPython.noop),
        migrations.RunPython(install, remove),
    ]
