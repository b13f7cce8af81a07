"""Which link a member in their own right holds; tables and constraints only."""

from django.db import models


class MemberLink(models.Model):
    """Which of the links of a member in their own right opens their page; an earlier one opens nothing."""

    member = models.OneToOneField("neighbourhood.Membership", models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.member_id}: {self.number}"
