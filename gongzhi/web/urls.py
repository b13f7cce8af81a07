"""The addresses of the pages, one file per audience."""

urlpatterns: list[object] = []
