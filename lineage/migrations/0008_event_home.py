# What DuckDB names in an event meant stays as it was when the event came, wherever SUYUAN_HOME lies later.

from django.db import migrations, models

from lineage.home_triggers import install, remove


def keep_present_home(apps, schema_editor):
    """Events of a log that was there before were understood under the home of today."""
    from config.settings import settings

    schema_editor.execute(
        "INSERT INTO lineage_eventhome (seq, home) SELECT seq, %s FROM lineage_event", [str(settings().home_path)]
    )


class Migration(migrations.Migration):

    dependencies = [('lineage', '0007_changed_rows')]

    operations = [
        migrations.CreateModel(
            name='EventHome',
            fields=[
                ('seq', models.BigIntegerField(primary_key=True, serialize=False)),
                ('home', models.TextField()),
            ],
        ),
        migrations.RunPython(keep_present_home, migrations.RunPython.noop),
        migrations.RunPython(install, remove),
    ]
