"""项目 for member units: asking for help by a day, and one's own tasks."""
