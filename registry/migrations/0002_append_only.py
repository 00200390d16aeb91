from django.db import migrations

from registry.triggers import install, remove


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
