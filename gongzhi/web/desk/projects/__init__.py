"""项目 at the desk: appeals, projects with their plan, zones, funds, and what was installed."""
