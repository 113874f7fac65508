"""The address table of the site."""

from django.contrib import admin
from django.urls import include, path

from canarylearn.health import healthz
from canarylearn.learning import history, progress_page, views

urlpatterns = [
    path("", views.home, name="home"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("topics/<slug:topic>/", include("canarylearn.lessons.urls")),
    path("practice/", include("practice.urls")),
    path("quizzes/", include("quizzes.urls")),
    path("challenge/", include("quizzes.challenge.urls")),
    path("test/", include("quizzes.sittings.urls")),
    path("lab/", include("canarylearn.lab.urls")),
    path("project/", include("canarylearn.projects.urls")),
    path("review/", include("canarylearn.review.urls")),
    path("progress/", progress_page.index, name="progress"),
    path("attempts/", history.index, name="attempts"),
    path("attempts/<int:number>/", history.replay, name="replay"),
    path("report/", include("canarylearn.reports.urls")),
    path("search/", views.find, name="search"),
    path("how-answers-are-judged/", views.how_judged, name="how-judged"),
    path("classes/", include("canarylearn.classes.urls")),
    path("teach/", include("canarylearn.reports.teach_urls")),
    path("teach/", include("canarylearn.classes.teach_urls")),
    path("account/", include("canarylearn.accounts.urls")),
    path("healthz", healthz, name="healthz"),
    path("admin/", admin.site.urls),
]
