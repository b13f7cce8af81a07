from django.db import migrations

# PostgreSQL lets transactions with a NOTIFY commit only one after another, each waiting for the disk alone: with a
# flush of 3 ms that cost a third of the intakes a second. The worker looks every second instead. The trigger is switched off,
# not dropped, so that procrastinate's own migrations still find it.
TRIGGER = "TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1"


class Migration(migrations.Migration):
    dependencies = [
        ("shared", "0003_cheaper_pairs"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE procrastinate_jobs DISABLE {TRIGGER}", f"ALTER TABLE procrastinate_jobs ENABLE {TRIGGER}"
        )
    ]
