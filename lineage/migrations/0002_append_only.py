from django.db import migrations

from lineage.triggers import install, remove


class Migration(migrations.Migration):
    dependencies = [("lineage", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
