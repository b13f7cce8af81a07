from django.db import migrations

# The week of a moment, counted from 1970, as an index of lists holds it: "of these weeks" is then one look beside others.
WEEKS = """
CREATE FUNCTION gongzhi_weeks(at timestamptz) RETURNS integer[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY[floor(extract(epoch FROM at AT TIME ZONE 'UTC') / 604800)::integer];
"""


class Migration(migrations.Migration):
    dependencies = [("shared", "0006_pairs_and_places")]

    operations = [migrations.RunSQL(WEEKS, "DROP FUNCTION gongzhi_weeks(timestamptz)")]
