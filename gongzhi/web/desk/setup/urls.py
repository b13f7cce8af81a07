"""The addresses of the set-up pages."""

from django.urls import path

from gongzhi.web.desk.setup import imports

urlpatterns = [
    path("import/", imports.show_files, name="setup-imports"),
    path("import/<int:file_id>/", imports.show_file, name="setup-import"),
    path("import/<int:file_id>/take", imports.take, name="setup-import-take"),
    path("import/<int:file_id>/drop", imports.drop, name="setup-import-drop"),
    path("import/<int:file_id>/errors.csv", imports.download_errors, name="setup-import-errors"),
    path("import/<int:file_id>/progress", imports.show_progress, name="setup-import-progress"),
]
