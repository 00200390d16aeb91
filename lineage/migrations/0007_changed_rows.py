# Titles are ordered by event time and known to every process; statements of runs that failed after all are retracted.
# The graph is projected anew from the log.

from django.db import migrations, models

TABLES = (
    "ColumnEdge", "DatasetEdge", "Mention", "Statement", "Derivation", "EdgeKind", "Run", "Job", "DatasetColumn",
    "Dataset",
)


def start_anew(apps, schema_editor):
    for name in TABLES:
        apps.get_model("lineage", name).objects.all().delete()
    apps.get_model("lineage", "Position").objects.update(seq=0, generation=models.F("generation") + 1)


def _changed(model, is_indexed=True):
    told = {"db_index": True} if is_indexed else {}
    field = models.BigIntegerField(default=0, help_text="event that last changed this row", **told)
    return migrations.AddField(model, "changed_seq", field)


def _title(model):
    field = models.BigIntegerField(default=0, help_text="event time of the event that gave the title")
    return migrations.AddField(model, "title_us", field)


class Migration(migrations.Migration):

    dependencies = [("lineage", "0006_event_time")]

    operations = [
        migrations.RunPython(start_anew, migrations.RunPython.noop),
        migrations.AddField("dataset", "named_by_us", models.BooleanField(
            default=False, help_text="by the pipeline, or by who may write to its namespace")),
        _title("dataset"),
        _changed("dataset"),
        _title("datasetcolumn"),
        _changed("datasetcolumn", is_indexed=False),
        migrations.AddField("job", "type_us", models.BigIntegerField(
            default=0, help_text="event time of the event that gave the type")),
        _changed("job"),
        migrations.AlterField("datasetedge", "id", models.BigIntegerField(primary_key=True, serialize=False)),
        migrations.AlterField("columnedge", "id", models.BigIntegerField(primary_key=True, serialize=False)),
        migrations.AlterField("statement", "change", models.CharField(
            choices=[("", "更新"), ("DROP", "删除"), ("RENAME", "更名"), ("RETRACT", "撤回")], default="", max_length=8)),
    ]
