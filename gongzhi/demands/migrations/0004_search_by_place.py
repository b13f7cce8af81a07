import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.functions.text
from django.db import migrations, models

# A generated column cannot be changed: it goes with its index and comes anew, which writes the table once.
SEARCH = models.GeneratedField(
    db_persist=True,
    expression=models.Func(
        django.db.models.functions.text.Concat(
            "subject",
            models.Value("\x1f"),
            "body",
            models.Value("\x1f"),
            "place_words",
            output_field=models.TextField(),
        ),
        models.F("community"),
        models.F("subdistrict"),
        function="gongzhi_pairs_at",
        output_field=django.contrib.postgres.search.SearchVectorField(),
    ),
    output_field=django.contrib.postgres.search.SearchVectorField(),
)


class Migration(migrations.Migration):
    dependencies = [("demands", "0003_stated_closing"), ("shared", "0006_pairs_and_places")]

    operations = [
        migrations.RemoveIndex(model_name="demand", name="demand_search"),
        migrations.RemoveField(model_name="demand", name="search"),
        migrations.AddField(model_name="demand", name="search", field=SEARCH),
        migrations.AddIndex(
            model_name="demand",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="demand_search"),
        ),
        migrations.RunSQL(
            "ALTER TABLE demands_demand ALTER COLUMN search SET STATISTICS 3000",
            "ALTER TABLE demands_demand ALTER COLUMN search SET STATISTICS DEFAULT",
        ),
        # How a search is done hangs on how common its words are.
        migrations.RunSQL("ANALYZE demands_demand", migrations.RunSQL.noop),
    ]
