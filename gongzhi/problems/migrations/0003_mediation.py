import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("problems", "0002_once"),
    ]

    operations = [
        migrations.CreateModel(
            name="Mediation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("times", models.PositiveSmallIntegerField()),
                ("outcome", models.CharField(max_length=8)),
                ("words", models.TextField()),
                ("seats", models.JSONField(default=list)),
                ("mediated_on", models.DateField()),
                (
                    "problem",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="problems.problem",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["agreed", "failed"])), name="mediation_outcome"
                    ),
                    models.UniqueConstraint(fields=("problem", "times"), name="mediation_once_a_time"),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="problem",
            index=models.Index(condition=models.Q(("kind", "dispute")), fields=["-id"], name="problem_disputes"),
        ),
    ]
