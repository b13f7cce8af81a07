import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

WEEKS = models.Func(
    models.F("received_at"),
    function="gongzhi_weeks",
    output_field=django.contrib.postgres.fields.ArrayField(models.IntegerField()),
)


class Migration(migrations.Migration):
    dependencies = [("demands", "0006_hot_rows"), ("shared", "0007_weeks")]

    operations = [
        migrations.RemoveIndex(model_name="demand", name="demand_search"),
        migrations.AddIndex(
            model_name="demand",
            index=django.contrib.postgres.indexes.GinIndex(WEEKS, models.F("search"), name="demand_search"),
        ),
        # How a search is done hangs on how common its words are, and how much each week holds.
        migrations.RunSQL("ANALYZE demands_demand", migrations.RunSQL.noop),
    ]
