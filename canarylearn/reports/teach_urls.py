"""Addresses of whoever looks at what learners make of the questions."""

from django.urls import path

from canarylearn.reports import exchanging, inbox, item_views, log, table_views, why_views

app_name = "insight"

urlpatterns = [
    path("items/", table_views.index, name="items"),
    path("items.csv", table_views.export, name="export"),
    path("items/<slug:slug>/", item_views.item, name="item"),
    path("items/<slug:slug>/why/<slug:picked>/", why_views.why, name="why"),
    path("misconceptions/", why_views.misconceptions, name="misconceptions"),
    path("reports/", inbox.index, name="reports"),
    path("reports/<int:number>/", inbox.one, name="report"),
    path("exchange/", exchanging.index, name="exchange"),
    path("log/", log.index, name="log"),
]
