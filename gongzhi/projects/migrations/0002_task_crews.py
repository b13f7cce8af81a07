"""Several crews for a task; the one that a task had becomes the first of them."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def keep_crews(apps: Any, schema_editor: Any) -> None:
    """The crew of each task, with its hands."""
    tasks, crews = apps.get_model("projects", "Task"), apps.get_model("projects", "TaskCrew")
    rows = tasks.objects.exclude(crew=None).values_list("pk", "crew", "hands")
    crews.objects.bulk_create(crews(task_id=task, crew_id=crew, hands=hands) for task, crew, hands in rows)


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="TaskCrew",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hands", models.PositiveSmallIntegerField()),
                (
                    "crew",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="projects.crew"
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="projects.task"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("task", "crew"), name="task_crew_once"),
                    models.CheckConstraint(
                        condition=models.Q(("hands__gte", 1), ("hands__lte", 100)), name="task_crew_hands"
                    ),
                ]
            },
        ),
        migrations.RunPython(keep_crews, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="task", name="task_hands"),
        migrations.RemoveField(model_name="task", name="crew"),
        migrations.RemoveField(model_name="task", name="hands"),
    ]
