from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0005_desk")]

    operations = [
        migrations.AddField(
            model_name="need",
            name="most_offers",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.CheckConstraint(
                condition=models.Q(("most_offers", None), ("most_offers__gt", 0), _connector="OR"),
                name="need_parts",
            ),
        ),
    ]
