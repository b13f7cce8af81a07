import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0004_referrals_threads"),
        ("problems", "0003_mediation"),
    ]

    operations = [
        migrations.AddField(
            model_name="need",
            name="visit",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="problems.visit"
            ),
        ),
        migrations.AddField(
            model_name="pledge",
            name="later_on",
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name="pledge",
            constraint=models.CheckConstraint(
                condition=models.Q(("later_on", None), ("later_on__gt", models.F("due_on")), _connector="OR"),
                name="pledge_later",
            ),
        ),
    ]
