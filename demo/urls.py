"""Addresses of the demo's own pages."""

from django.urls import path

from demo import views

app_name = "demo"
urlpatterns = [
    path("", views.roles, name="roles"),
    path("be/<str:role>/", views.be, name="be"),
    path("mailbox/", views.mailbox, name="mailbox"),
]
