import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0007_members"),
    ]

    operations = [
        migrations.CreateModel(
            name="MemberLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(default=1)),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="neighbourhood.membership",
                    ),
                ),
            ],
        ),
        migrations.AlterField(
            model_name="balancetask",
            name="unit",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="neighbourhood.memberunit",
            ),
        ),
        migrations.AddField(
            model_name="balancetask",
            name="member",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="neighbourhood.membership",
            ),
        ),
        migrations.AddConstraint(
            model_name="balancetask",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("member", None), ("unit__isnull", False)),
                    models.Q(("member__isnull", False), ("unit", None)),
                    _connector="OR",
                ),
                name="balance_task_whose",
            ),
        ),
        migrations.AddConstraint(
            model_name="balancetask",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "raised")), fields=("member",), name="balance_task_member"
            ),
        ),
    ]
