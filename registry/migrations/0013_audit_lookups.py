from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0012_address_count")]

    operations = [
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["object", "seq"], name="registry_audit_object"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["actor", "seq"], name="registry_audit_actor"),
        ),
    ]
