"""Addresses of whoever teaches a class."""

from django.urls import path

from canarylearn.classes import teaching

app_name = "teach"

urlpatterns = [
    path("", teaching.index, name="index"),
    path("<int:number>/", teaching.classroom, name="classroom"),
    path("<int:number>/settings/", teaching.settings, name="settings"),
    path("<int:number>/joining/", teaching.joining, name="joining"),
    path("<int:number>/teachers/", teaching.teachers, name="teachers"),
    path("<int:number>/teachers/<int:user>/remove/", teaching.remove_teacher, name="remove-teacher"),
    path("<int:number>/end/", teaching.end, name="end"),
    path("<int:number>/progress/", teaching.progress, name="progress"),
    path("<int:number>/export/", teaching.export, name="export"),
    path("<int:number>/members/<int:member>/", teaching.member, name="member"),
    path("<int:number>/members/<int:member>/remove/", teaching.remove_member, name="remove-member"),
    path("<int:number>/members/<int:member>/attempts/<int:attempt>/", teaching.replay, name="replay"),
    path("<int:number>/assignments/new/", teaching.new_assignment, name="new-assignment"),
    path("<int:number>/assignments/<int:assignment>/", teaching.assignment, name="assignment"),
    path("<int:number>/assignments/<int:assignment>/edit/", teaching.edit_assignment, name="edit-assignment"),
    path("<int:number>/assignments/<int:assignment>/delete/", teaching.delete_assignment, name="delete-assignment"),
]
