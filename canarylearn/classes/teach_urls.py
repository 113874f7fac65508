"""Addresses of whoever teaches a class."""

from django.urls import path

from canarylearn.classes import assigning, following, teaching, tests_taken

app_name = "teach"

urlpatterns = [
    path("", teaching.index, name="index"),
    path("<int:number>/", teaching.classroom, name="classroom"),
    path("<int:number>/settings/", teaching.settings, name="settings"),
    path("<int:number>/joining/", teaching.joining, name="joining"),
    path("<int:number>/teachers/", teaching.teachers, name="teachers"),
    path("<int:number>/teachers/<int:user>/remove/", teaching.remove_teacher, name="remove-teacher"),
    path("<int:number>/end/", teaching.end, name="end"),
    path("<int:number>/progress/", following.progress, name="progress"),
    path("<int:number>/export/", following.export, name="export"),
    path("<int:number>/members/<int:member>/", following.member, name="member"),
    path("<int:number>/members/<int:member>/remove/", following.remove_member, name="remove-member"),
    path("<int:number>/members/<int:member>/attempts/<int:attempt>/", following.replay, name="replay"),
    path("<int:number>/members/<int:member>/tests/<int:sitting>/", tests_taken.test, name="test"),
    path(
        "<int:number>/members/<int:member>/tests/<int:sitting>/<int:question>/",
        tests_taken.explained,
        name="test-question",
    ),
    path("<int:number>/assignments/new/", assigning.new_assignment, name="new-assignment"),
    path("<int:number>/assignments/<int:assignment>/", assigning.assignment, name="assignment"),
    path("<int:number>/assignments/<int:assignment>/edit/", assigning.edit_assignment, name="edit-assignment"),
    path("<int:number>/assignments/<int:assignment>/delete/", assigning.delete_assignment, name="delete-assignment"),
]
