from django.db import migrations

# The pairs with the places that a row lies in as terms beside them. No text holds the sign @: it is folded away.
AT = r"""
CREATE FUNCTION gongzhi_pairs_at(body text, community bigint, subdistrict bigint) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN gongzhi_pairs(body)
  || array_to_tsvector(array_remove(ARRAY['@' || community::text, '@' || subdistrict::text], NULL));
"""


class Migration(migrations.Migration):
    dependencies = [("shared", "0005_try_counts")]

    operations = [migrations.RunSQL(AT, "DROP FUNCTION gongzhi_pairs_at(text, bigint, bigint)")]
