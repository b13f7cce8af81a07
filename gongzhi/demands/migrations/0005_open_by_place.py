from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("demands", "0004_search_by_place")]

    operations = [
        migrations.AddIndex(
            model_name="demand",
            index=models.Index(
                condition=models.Q(("category__isnull", False), ("closed_at", None)),
                fields=["subdistrict", "community", "category", "-received_at", "-id"],
                name="demand_open_place",
            ),
        ),
    ]
