"""What a password must be, where Django's own words are not translated."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """At least so many characters; Django's Chinese catalogue lacks this sentence since 5.2."""

    def get_error_message(self) -> str:
        """The reason in the reader's language."""
        return _("密码太短了，至少要 %(least)d 个字符。") % {"least": self.min_length}
